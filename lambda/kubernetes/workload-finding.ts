import { imageText } from '../detection/model/image-name';
import { objectName, type Found } from './act';
import type { AuditEvent } from './audit-event';
import type { PodContainer, PodTemplate } from './pod-templates';

const NO_IMAGE = 'an unknown image';

/** Containers by their registry and repository, in the order of the manifest. */
export function byImage(containers: readonly PodContainer[]): [image: string, containers: readonly PodContainer[]][] {
  const groups = new Map<string, PodContainer[]>();
  for (const container of containers) {
    const image = container.image === null ? NO_IMAGE : imageText(container.image);
    const same = groups.get(image);
    if (same) same.push(container);
    else groups.set(image, [container]);
  }
  return [...groups];
}

/** `Deployment shop/web` */
export function workloadText({ workload }: Pick<PodTemplate, 'workload'>): string {
  return `${workload.kind ?? 'object'} ${objectName(workload)}`;
}

/** A finding on one image of a workload: revisions of the workload and tags of the image share it. */
export function workloadFinding(
  { status, manifestFrom }: AuditEvent,
  { workload }: PodTemplate,
  image: string,
  rest: Omit<Found, 'what' | 'object'>,
): Found {
  return {
    ...rest,
    what: `${workload.namespace ?? ''}/${workload.kind ?? ''}/${workload.name ?? ''}/${image}`,
    object: workload,
    attributes: { ...rest.attributes, image: image === NO_IMAGE ? null : image },
    evidence: [
      ...rest.evidence,
      ...(manifestFrom === 'request' ? ['Only the request is in the record, not what was stored.'] : []),
    ],
    ruledOut: [{ explanation: 'refused-request', because: `the API server answered with ${status}` }, ...rest.ruledOut],
  };
}
