import { severityOf } from '../../detection/findings/finding-types';
import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import type { Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { isImageOfAws, isListedImage } from '../aws-images';
import { isRuntimeSocket } from '../host-paths';
import {
  containerText,
  readPodTemplate,
  workloadResource,
  type PodContainer,
  type PodTemplate,
} from '../pod-templates';
import { isStored } from '../request';
import { byImage, workloadFinding, workloadText } from '../workload-finding';

/** Containers that may do on the node whatever root may. */
export function privilegedContainer(event: AuditEvent, settings: KubernetesSettings): Found[] {
  const template = workloadResource(event) && isStored(event) ? readPodTemplate(event) : null;
  if (!template) return [];
  const privileged = template.containers.filter(({ privilege }) => privilege !== null);
  const reported = privileged.filter(({ image }) => !isExpected(image, settings));
  return byImage(reported).map(([image, containers]) => {
    const aggravation = aggravationOf(containers, template);
    const where = workloadText(template);
    return workloadFinding(event, template, image, {
      type: 'PrivilegedContainer',
      severity: severityOf('PrivilegedContainer', aggravation === null),
      title: `privileged container in ${where}: ${image}`,
      done: `put a privileged container of image ${image} into ${where}`,
      attributes: { container: containers.map(({ name }) => name ?? '').join(', '), privileged: 'true' },
      evidence: [
        ...containers.map((one) => `${shownBy(one)} of ${containerText(one)} is true.`),
        ...(aggravation === null ? [] : [aggravation]),
      ],
      ruledOut: [
        { explanation: 'expected-image', because: `${image} is no image of AWS’s and not one of privilegedImages` },
      ],
    });
  });
}

function isExpected(image: string | null, { privilegedImages }: KubernetesSettings): boolean {
  return image !== null && (isImageOfAws(image) || isListedImage(image, privilegedImages));
}

function shownBy({ privilege }: PodContainer): string {
  return privilege === 'hostProcess' ? 'securityContext.windowsOptions.hostProcess' : 'securityContext.privileged';
}

/** A second privilege, with which a single command is enough to leave the container. */
function aggravationOf(containers: readonly PodContainer[], { hostPid }: PodTemplate): string | null {
  if (hostPid) return 'hostPID is true: it sees the processes of the node.';
  const mounts = containers.flatMap((one) => one.mounts);
  const taken = mounts.find(({ path, readOnly }) => isRuntimeSocket(path) || (path === '/' && !readOnly));
  return taken ? `It has ${taken.path} of the node at ${taken.at}.` : null;
}
