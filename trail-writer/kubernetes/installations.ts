import { STORED, type AuditWriter, type Event } from './audit-writer';
import { addonManager, administrator, controller, controlPlane, kubelet, type ClusterNode } from './callers';
import { applicationSpec, type Agent } from './pod-specs';

const PIPELINE = administrator('shop-deploy', 'pipeline', '192.0.2.10', 'Helm/3.18.4');
export const SCHEDULER = controlPlane(
  'system:kube-scheduler',
  'kube-scheduler/v1.33.3 (linux/amd64) kubernetes/0000000/scheduler',
);

/** An agent comes to each node. */
export function* installed(
  { namespace, name, installer, spec }: Agent,
  nodes: readonly ClusterNode[],
  writer: AuditWriter,
): Generator<Event> {
  const time = writer.at(0.01);
  const path = { apiGroup: 'apps', namespace, resource: 'daemonsets', name };
  const template = { metadata: { labels: { app: name } }, spec };
  const daemonSet = {
    kind: 'DaemonSet',
    apiVersion: 'apps/v1',
    metadata: { name, namespace, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    spec: { selector: { matchLabels: { app: name } }, template },
  };
  const stored = { ...daemonSet, metadata: { ...daemonSet.metadata, uid: writer.random.uuid() } };
  const patched = { ...STORED, time, sent: daemonSet, stored };
  if (installer === null)
    yield writer.call(addonManager(), 'patch', path, { ...patched, query: '?fieldManager=eks&force=true' });
  else yield writer.call(PIPELINE, 'create', path, { ...patched, status: 201 });
  for (const node of nodes)
    yield* startedPod({ namespace, owner: { kind: 'DaemonSet', name }, spec, node, time }, writer);
}

interface NewPod {
  readonly namespace: string;
  readonly owner: { readonly kind: 'DaemonSet' | 'ReplicaSet'; readonly name: string };
  readonly spec: object;
  readonly node: ClusterNode;
  readonly time: number;
}

/** A controller creates it, the scheduler binds it, and the kubelet reports it. */
function* startedPod({ namespace, owner, spec, node, time }: NewPod, writer: AuditWriter): Generator<Event> {
  const name = `${owner.name}-${writer.random.hex(5)}`;
  const path = { namespace, resource: 'pods', name };
  const metadata = {
    generateName: `${owner.name}-`,
    labels: { app: owner.name },
    ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: writer.random.uuid(), controller: true }],
  };
  const sent = { kind: 'Pod', apiVersion: 'v1', metadata, spec };
  const stored = { ...sent, metadata: { ...metadata, name, namespace, uid: writer.random.uuid() } };
  const by = controller(owner.kind === 'DaemonSet' ? 'daemon-set-controller' : 'replicaset-controller');
  yield writer.call(by, 'create', path, { ...STORED, time: time + 500, status: 201, sent, stored });
  const target = { kind: 'Node', name: node.name };
  const binding = { kind: 'Binding', apiVersion: 'v1', metadata: { name, namespace }, target };
  yield writer.call(
    SCHEDULER,
    'create',
    { ...path, subresource: 'binding' },
    { ...STORED, time: time + 600, status: 201, sent: binding },
  );
  const patch = { status: { phase: 'Running', podIP: `10.0.128.${writer.random.below(250)}`, hostIP: node.address } };
  yield writer.call(
    kubelet(node),
    'patch',
    { ...path, subresource: 'status' },
    { level: 'Request', time: time + 5_000, sent: patch },
  );
}

/** A pipeline deploys a new version of an application. */
export function* deployed(at: number, nodes: readonly ClusterNode[], writer: AuditWriter): Generator<Event> {
  const app = `shop-${at % 12}`;
  const spec = applicationSpec(app, at);
  const time = writer.at();
  const template = { metadata: { labels: { app } }, spec };
  const deployment = {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: app, namespace: 'shop' },
    spec: { template },
  };
  const path = { apiGroup: 'apps', namespace: 'shop', resource: 'deployments', name: app };
  yield writer.call(PIPELINE, 'patch', path, { ...STORED, time, sent: { spec: { template } }, stored: deployment });
  const set = `${app}-${writer.random.hex(9)}`;
  const replicas = {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: { name: set, namespace: 'shop' },
    spec: { template },
  };
  const setPath = { apiGroup: 'apps', namespace: 'shop', resource: 'replicasets', name: set };
  yield writer.call(controller('deployment-controller'), 'create', setPath, {
    ...STORED,
    time: time + 200,
    status: 201,
    sent: replicas,
    stored: replicas,
  });
  for (let pod = 0; pod < 3; pod += 1)
    yield* startedPod(
      { namespace: 'shop', owner: { kind: 'ReplicaSet', name: set }, spec, node: writer.random.pick(nodes), time },
      writer,
    );
  const service = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: app, namespace: 'shop' },
    spec: { type: 'LoadBalancer', selector: { app } },
  };
  yield writer.call(
    PIPELINE,
    'patch',
    { namespace: 'shop', resource: 'services', name: app },
    { ...STORED, time, sent: { spec: {} }, stored: service },
  );
}
