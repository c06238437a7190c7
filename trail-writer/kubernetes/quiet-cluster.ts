import type { Random } from '../random';
import { AuditWriter, HOUR, MINUTE, STORED, type Event, type Period } from './audit-writer';
import {
  administrator,
  anonymous,
  clusterNode,
  controller,
  controlPlane,
  kubelet,
  podCaller,
  type ClusterNode,
} from './callers';
import { deployed, installed, SCHEDULER } from './installations';
import { AGENTS } from './pod-specs';
import { workingPods } from './working-pods';

export interface QuietCluster extends Period {
  readonly nodes: number;
  /** Between two renewals of a node's lease; 10 in reality. */
  readonly leaseSeconds: number;
  /** Requests of scanners of the internet to the public endpoint. */
  readonly scans: number;
  /** New versions of applications. */
  readonly deploys: number;
  /** Pods that call the API server. @default 0 */
  readonly pods?: number;
}

const PERSON = administrator(
  'Admin',
  'ana@example.com',
  '192.0.2.20',
  'kubectl/v1.33.4 (linux/amd64) kubernetes/0000000',
);
const SCANNED = ['/', '/api', '/api/v1/secrets', '/api/v1/pods', '/version', '/openapi/v2', '/metrics', '/login.jsp'];

/** The audit log of an ordinary cluster: nothing in it is to be reported. Ordered by kind of activity, not by time. */
export function* quietCluster(cluster: QuietCluster, random: Random): Generator<Event> {
  const writer = new AuditWriter(cluster, random);
  const nodes = Array.from({ length: cluster.nodes }, (_, at) => clusterNode(at));
  for (const agent of AGENTS) yield* installed(agent, nodes, writer);
  for (let at = 0; at < cluster.deploys; at += 1) yield* deployed(at, nodes, writer);
  for (const node of nodes) yield* heartbeats(node, cluster, writer);
  yield* workingPods(cluster.pods ?? 0, nodes, cluster, writer);
  yield* systemCalls(cluster, writer);
  yield* people(cluster, writer);
  yield* strangers(cluster, writer);
}

/** A node renews its lease, reports its status, and asks for its pods' tokens. */
function* heartbeats(
  node: ClusterNode,
  { from, hours, leaseSeconds }: QuietCluster,
  writer: AuditWriter,
): Generator<Event> {
  const caller = kubelet(node);
  const lease = { apiGroup: 'coordination.k8s.io', namespace: 'kube-node-lease', resource: 'leases', name: node.name };
  const until = from + hours * HOUR;
  for (let time = from + writer.random.below(10_000); time < until; time += leaseSeconds * 1_000)
    yield writer.call(caller, 'update', lease, { time });
  const status = { resource: 'nodes', name: node.name, subresource: 'status' };
  const sent = {
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: node.address }],
    },
  };
  for (let time = from; time < until; time += 5 * MINUTE)
    yield writer.call(caller, 'patch', status, { level: 'Request', time, sent });
  for (let time = from; time < until; time += 48 * MINUTE)
    yield writer.call(
      caller,
      'create',
      { namespace: 'shop', resource: 'serviceaccounts', name: 'shop-1', subresource: 'token' },
      { time, status: 201 },
    );
}

/** Controllers watch, agents list, addons are compared, and leaders are elected. */
function* systemCalls({ hours }: QuietCluster, writer: AuditWriter): Generator<Event> {
  const metrics = controlPlane('eks:k8s-metrics', 'eks-k8s-metrics/v0.0.0 (linux/amd64) kubernetes/$Format');
  const datadog = podCaller(
    { namespace: 'datadog', account: 'datadog-agent', pod: 'datadog-agent-x' },
    '10.0.128.9',
    'datadog-agent/7.68.2',
  );
  const garbage = controller('generic-garbage-collector');
  const bindings = {
    apiGroup: 'rbac.authorization.k8s.io',
    resource: 'clusterrolebindings',
    name: 'system:public-info-viewer',
  };
  const publicInfo = {
    kind: 'ClusterRoleBinding',
    metadata: { name: bindings.name },
    roleRef: { apiGroup: bindings.apiGroup, kind: 'ClusterRole', name: bindings.name },
    subjects: ['system:authenticated', 'system:unauthenticated'].map((name) => ({ kind: 'Group', name })),
  };
  const apiServer = controlPlane('system:apiserver', 'kube-apiserver/v1.33.3 (linux/amd64) kubernetes/0000000');
  yield writer.call(apiServer, 'update', bindings, { ...STORED, sent: publicInfo, stored: publicInfo });
  for (let round = 0; round < hours * 60; round += 1) {
    const time = writer.at(round / (hours * 60));
    for (const stage of ['ResponseStarted', 'ResponseComplete'] as const)
      yield writer.call(
        garbage,
        'watch',
        { namespace: 'shop', resource: 'pods' },
        { time, stage, level: 'Request', query: '?watch=true' },
      );
    yield writer.call(
      metrics,
      'list',
      { apiGroup: 'apps', namespace: 'kube-system', resource: 'deployments' },
      { time, level: 'Request' },
    );
    yield writer.call(
      datadog,
      'get',
      { namespace: 'datadog', resource: 'configmaps', name: 'datadog-leader' },
      { time },
    );
    yield writer.call(
      SCHEDULER,
      'update',
      { apiGroup: 'coordination.k8s.io', namespace: 'kube-system', resource: 'leases', name: 'kube-scheduler' },
      { time },
    );
  }
}

/** Administrators look at pods and logs, and open a shell in one of the shop's. */
function* people({ hours }: QuietCluster, writer: AuditWriter): Generator<Event> {
  for (let at = 0; at < hours * 10; at += 1) {
    yield writer.call(
      PERSON,
      'list',
      { namespace: 'kube-system', resource: 'pods' },
      { level: 'Request', query: '?limit=500' },
    );
    yield writer.call(
      PERSON,
      'get',
      { namespace: 'kube-system', resource: 'pods', name: 'aws-node-abcde', subresource: 'log' },
      { level: 'Request', query: '?follow=true' },
    );
  }
  const shell = { namespace: 'shop', resource: 'pods', name: 'shop-1-abcde', subresource: 'exec' };
  const query = '?command=sh&container=shop-1&stdin=true&stdout=true&tty=true';
  const session = { auditId: writer.random.uuid(), time: writer.at(), level: 'Request', status: 101, query } as const;
  yield writer.call(PERSON, 'get', shell, { ...session, stage: 'ResponseStarted' });
  yield writer.call(PERSON, 'get', shell, { ...session, took: 10 * MINUTE });
}

/** Load balancers and kubelets ask for health, scanners of the internet for anything, which is refused. */
function* strangers({ hours, scans }: QuietCluster, writer: AuditWriter): Generator<Event> {
  const reason =
    'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"';
  for (let at = 0; at < hours * 360; at += 1) {
    yield writer.event({
      caller: anonymous('10.0.0.250', 'ELB-HealthChecker/2.0'),
      verb: 'get',
      uri: '/readyz',
      reason,
    });
    yield writer.event({
      caller: anonymous('10.0.254.7', 'kube-probe/1.33+'),
      verb: 'get',
      uri: '/livez?exclude=kms-provider-0',
      reason,
    });
  }
  for (let at = 0; at < scans; at += 1) {
    const caller = anonymous(`203.0.113.${writer.random.below(250)}`, 'python-requests/2.32.4');
    const uri = writer.random.pick(SCANNED);
    const allowed = uri === '/version' ? { status: 200, reason } : { status: writer.random.pick([401, 403]) };
    yield writer.event({ caller, verb: 'get', uri, ...allowed });
  }
}
