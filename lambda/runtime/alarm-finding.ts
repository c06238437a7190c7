import { isoTime } from '../detection/model/event-time';
import { imageText } from '../detection/model/image-name';
import type { KubernetesSettings } from '../detection/model/kubernetes-settings';
import type { RuledOut } from '../detection/model/finding';
import { severityOf } from '../detection/findings/finding-types';
import { objectName, WHOLE_CLUSTER, type ActObject, type Found } from '../kubernetes/act';
import { isListedImage } from '../kubernetes/aws-images';
import type { Alarm } from './alarm';
import { podWorkload } from './pod-workload';

/** Decides one type of finding; null where the alarm is expected. */
export type RuntimeRule = (alarm: Alarm, settings: KubernetesSettings) => Found | null;

interface AlarmParts {
  /** A binary or library; the alarms of a workload and day about one subject make one finding. Empty: all of them. */
  readonly subject: string;
  /** Before "in pod shop/web". */
  readonly title: string;
  /** Between "Falco saw" and "in pod shop/web". */
  readonly saw: string;
  readonly evidence: readonly string[];
  readonly ruledOut: readonly RuledOut[];
}

/** A finding on one workload. */
export function alarmFinding(alarm: Alarm, { subject, title, saw, evidence, ruledOut }: AlarmParts): Found {
  const { type, time, pod, container, image, binary, library, domain, node, rule, namespace } = alarm;
  const object = objectOf(alarm);
  const where = placeText(object);
  return {
    type,
    severity: severityOf(type),
    what: [namespace ?? '', workloadName(alarm), withoutNumbers(subject), isoTime(time).slice(0, 10)].join('/'),
    object,
    title: `${title} in ${where}`,
    done: `saw ${saw} in ${where}`,
    attributes: {
      pod,
      container,
      image: image === null ? null : imageText(image),
      binary,
      library,
      domain,
      node,
      instance: INSTANCE.exec(node ?? '')?.[1] ?? null,
      rule,
    },
    evidence: [
      ...evidence,
      processText(alarm),
      'Lines of an agent are claims: what may write to its log group, such as the node, can invent them and leave them out.',
    ],
    ruledOut,
  };
}

/** Images whose containers may run what is not part of them. */
export function isExpectedImage({ image }: Alarm, { runtimeImages }: KubernetesSettings): boolean {
  return image !== null && isListedImage(image, runtimeImages);
}

export function unexpectedImage({ image }: Alarm): RuledOut {
  const because = image === null ? 'the alarm names no image' : `${imageText(image)} is not one of runtimeImages`;
  return { explanation: 'expected-image', because };
}

/** A node that is named by the id of its instance: `i-0123456789abcdef0.eu-west-1.compute.internal`. */
const INSTANCE = /^(i-[0-9a-f]{8,17})(?:\.|$)/;

function objectOf({ namespace, pod, container, node }: Alarm): ActObject {
  if (pod !== null) return { kind: 'Pod', namespace, name: pod };
  if (container !== null) return { kind: 'Container', namespace: null, name: container };
  return node === null ? WHOLE_CLUSTER : { kind: 'Node', namespace: null, name: node };
}

function placeText(object: ActObject): string {
  return object.kind === null ? 'the cluster' : `${object.kind.toLowerCase()} ${objectName(object)}`;
}

function workloadName({ workload, pod, container, node }: Alarm): string {
  return workload ?? (pod === null ? (container ?? node ?? '') : podWorkload(pod));
}

/** Builds and temporary files have numbers in their names. */
function withoutNumbers(path: string): string {
  return path.replaceAll(/\d+/g, '#');
}

function processText({ container, image, node, user, parent }: Alarm): string {
  const parts = [
    container === null ? 'outside of any container' : `in container ${container}`,
    ...(image === null ? [] : [`of image ${image}`]),
    ...(node === null ? [] : [`on node ${node}`]),
    ...(user === null ? [] : [`as user ${user}`]),
  ];
  return `The process ran ${parts.join(' ')}${parent === null ? '' : `, started by ${parent}`}.`;
}
