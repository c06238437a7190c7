import { severityOf } from '../../detection/findings/finding-types';
import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import { field, record, text } from '../../detection/model/json-field';
import type { Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { isImageOfAws, isListedImage } from '../aws-images';
import { hostPath, isRuntimeSocket, isSensitivePath } from '../host-paths';
import { readManifest } from '../patch-operations';
import { containerText, readPodTemplate, workloadResource, type HostMount, type PodContainer } from '../pod-templates';
import { isStored } from '../request';
import { byImage, workloadFinding, workloadText } from '../workload-finding';

/** Containers that may write to sensitive paths of the node, and volumes of such paths. */
export function sensitiveMount(event: AuditEvent, settings: KubernetesSettings): readonly Found[] {
  if (event.object?.resource === 'persistentvolumes') return isStored(event) ? ofVolume(event, settings) : [];
  const template = workloadResource(event) && isStored(event) ? readPodTemplate(event) : null;
  if (!template) return [];
  const containers = template.containers.filter((one) => sensitiveIn(one, settings).length > 0);
  return byImage(containers.filter(({ image }) => !isExpected(image, settings))).map(([image, same]) => {
    const mounts = same.flatMap((container) => sensitiveIn(container, settings).map((mount) => ({ container, mount })));
    const paths = [...new Set(mounts.map(({ mount }) => mount.path))].sort();
    const where = workloadText(template);
    return workloadFinding(event, template, image, {
      type: 'ContainerWithSensitiveMount',
      severity: severityFor(paths),
      title: `${paths.join(', ')} of the node mounted in ${where}: ${image}`,
      done: `mounted ${paths.join(', ')} of the node in a container of image ${image} of ${where}`,
      attributes: {
        container: same.map(({ name }) => name ?? '').join(', '),
        path: paths.join(', '),
        mounts: mounts.map(({ mount }) => `${mount.path}:${mount.at}`).join(', '),
      },
      evidence: mounts.map(
        ({ container, mount }) => `${mount.path} of the node is at ${mount.at} of ${containerText(container)}.`,
      ),
      ruledOut: [
        ...readOnlyRuledOut(mounts.map(({ mount }) => mount)),
        { explanation: 'expected-image', because: `${image} is no image of AWS’s and not one of mountImages` },
      ],
    });
  });
}

function isExpected(image: string | null, { mountImages }: KubernetesSettings): boolean {
  return image !== null && (isImageOfAws(image) || isListedImage(image, mountImages));
}

/** A socket serves those who may only read it too. */
function sensitiveIn({ mounts }: PodContainer, { sensitivePaths }: KubernetesSettings): HostMount[] {
  return mounts.filter(
    ({ path, readOnly }) => (!readOnly || isRuntimeSocket(path)) && isSensitivePath(path, sensitivePaths),
  );
}

function severityFor(paths: readonly string[]): Found['severity'] {
  return severityOf('ContainerWithSensitiveMount', !paths.some((path) => path === '/' || isRuntimeSocket(path)));
}

function readOnlyRuledOut(mounts: readonly HostMount[]): Found['ruledOut'] {
  const because = mounts.some(({ readOnly }) => !readOnly)
    ? 'the mount is writable'
    : 'the mount is read-only, but a socket can be used all the same';
  return [{ explanation: 'read-only-mount', because }];
}

/** Pods name only a claim on it. */
function ofVolume(event: AuditEvent, { sensitivePaths }: KubernetesSettings): Found[] {
  const { object, status } = event;
  const stored = readManifest(event.manifest);
  const spec = record(stored, 'spec');
  const given = text(field(spec, 'hostPath'), 'path') ?? text(field(spec, 'local'), 'path');
  const path = given === null ? null : hostPath(given);
  if (!object || object.subresource !== null || path === null || !isSensitivePath(path, sensitivePaths)) return [];
  const name = object.name ?? text(record(stored, 'metadata'), 'name');
  return [
    {
      type: 'ContainerWithSensitiveMount',
      severity: severityFor([path]),
      what: `PersistentVolume/${name ?? ''}`,
      object: { kind: 'PersistentVolume', namespace: null, name },
      title: `${path} of the node offered to pods as PersistentVolume ${name ?? 'of unknown name'}`,
      done: `offered ${path} of the node to pods as PersistentVolume ${name ?? 'of unknown name'}`,
      attributes: { path },
      evidence: [`The volume’s ${field(spec, 'hostPath') === undefined ? 'local' : 'hostPath'} is ${path}.`],
      ruledOut: [{ explanation: 'refused-request', because: `the API server answered with ${status}` }],
    },
  ];
}
