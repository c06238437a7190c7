import { HOUR, MINUTE, STORED, type AuditWriter, type Event, type Period } from './audit-writer';
import { kubelet, podCaller, tokenId, type ClusterNode, type PodIdentity } from './callers';
import { SCHEDULER } from './installations';
import { uuidFor } from '../ids';

/** A kubelet renews a token when four fifths of its hour are over. */
const RENEWED_EVERY = 48 * MINUTE;
const CALLS_AN_HOUR = 4;

interface WorkingPod extends PodIdentity {
  readonly uid: string;
  readonly on: ClusterNode;
  readonly address: string;
}

/** One in ten has the network of its node. */
function workingPod(at: number, nodes: readonly ClusterNode[]): WorkingPod | null {
  const on = nodes[at % nodes.length];
  if (!on) return null;
  const pod = `worker-${at}`;
  const own = `100.64.${Math.floor(at / 250)}.${1 + (at % 250)}`;
  const address = at % 10 === 0 ? on.address : own;
  return { namespace: 'shop', account: 'worker', pod, uid: uuidFor(`pod ${pod}`), node: on.name, on, address };
}

/** Pods are bound to nodes, have their tokens renewed, and call the API server with them. */
export function* workingPods(
  count: number,
  nodes: readonly ClusterNode[],
  { from, hours }: Period,
  writer: AuditWriter,
): Generator<Event> {
  for (let at = 0; at < count; at += 1) {
    const pod = workingPod(at, nodes);
    if (!pod) return;
    const start = from + writer.random.below(10 * MINUTE);
    yield* started(pod, start, writer);
    for (let renewal = 0; start + renewal * RENEWED_EVERY < from + hours * HOUR; renewal += 1)
      yield* period(pod, renewal, start + renewal * RENEWED_EVERY, writer);
  }
}

function* started(pod: WorkingPod, time: number, writer: AuditWriter): Generator<Event> {
  const path = { namespace: pod.namespace, resource: 'pods', name: pod.pod };
  const metadata = { name: pod.pod, namespace: pod.namespace, uid: pod.uid };
  const binding = { kind: 'Binding', apiVersion: 'v1', metadata, target: { kind: 'Node', name: pod.on.name } };
  yield writer.call(
    SCHEDULER,
    'create',
    { ...path, subresource: 'binding' },
    { ...STORED, time, status: 201, sent: binding },
  );
  const status = { phase: 'Running', podIP: pod.address, podIPs: [{ ip: pod.address }], hostIP: pod.on.address };
  yield writer.call(
    kubelet(pod.on),
    'patch',
    { ...path, subresource: 'status' },
    { level: 'Request', time: time + 4_000, sent: { metadata: { uid: pod.uid }, status } },
  );
}

/** From one renewal of the token to the next; an old client may use the token before for a while. */
function* period(pod: WorkingPod, renewal: number, time: number, writer: AuditWriter): Generator<Event> {
  const account = { namespace: pod.namespace, resource: 'serviceaccounts', name: pod.account, subresource: 'token' };
  const annotations = { 'authentication.kubernetes.io/issued-credential-id': tokenId({ ...pod, renewal }) };
  yield writer.call(kubelet(pod.on), 'create', account, { time, status: 201, annotations });
  for (let call = 0; call < CALLS_AN_HOUR; call += 1) {
    const isOld = renewal > 0 && writer.random.chance(0.1);
    const caller = podCaller({ ...pod, renewal: isOld ? renewal - 1 : renewal }, pod.address, 'worker/v1');
    const leader = { apiGroup: 'coordination.k8s.io', namespace: pod.namespace, resource: 'leases', name: 'worker' };
    yield writer.call(caller, 'update', leader, { time: time + 5_000 + writer.random.below(RENEWED_EVERY - 5_000) });
  }
}
