import { uuidFor } from '../../../../trail-writer/ids';
import {
  auditEvent,
  objectOf,
  pathOf,
  type AuditCaller,
  type AuditRequest,
} from '../../../../trail-writer/kubernetes/audit-event';
import {
  clusterNode,
  controller,
  controlPlane,
  kubelet,
  podCaller,
  type ClusterNode,
  type PodIdentity,
} from '../../../../trail-writer/kubernetes/callers';

export type Line = Readonly<Record<string, unknown>>;

export const START = Date.parse('2026-09-01T10:00:00Z');
const AGENT = 'shop/v1 (linux/amd64) kubernetes/0000000';

export interface TestPod extends Required<Pick<PodIdentity, 'namespace' | 'account' | 'pod' | 'uid' | 'node'>> {
  readonly on: ClusterNode;
  readonly address: string;
}

/** The `at`-th pod of the shop, on the `on`-th node. */
export function testPod(at: number, on = at): TestPod {
  const pod = `web-${at}`;
  const node = clusterNode(on);
  const address = `10.0.128.${10 + at}`;
  return { namespace: 'shop', account: 'web', pod, uid: uuidFor(`pod ${pod}`), node: node.name, on: node, address };
}

let lines = 0;

/** Minutes after `START`. */
export function line(minute: number, request: Omit<AuditRequest, 'auditId' | 'time'>): Line {
  lines += 1;
  return auditEvent({ auditId: uuidFor(`audit line ${lines}`), time: START + minute * 60_000, ...request });
}

/** A pod lists secrets, or a copy of its token does so at another address. */
export function used(
  pod: TestPod,
  minute: number,
  address = pod.address,
  more: Partial<AuditRequest> & { readonly identity?: Partial<PodIdentity> } = {},
): Line {
  const { identity, ...request } = more;
  const path = { namespace: pod.namespace, resource: 'secrets' };
  const caller = podCaller({ ...pod, ...identity }, address, AGENT);
  return line(minute, { caller, verb: 'list', uri: pathOf(path), object: objectOf(path), ...request });
}

/** A kubelet renews its lease. */
export function heartbeat(node: ClusterNode, minute: number, address = node.address): Line {
  const path = {
    apiGroup: 'coordination.k8s.io',
    namespace: 'kube-node-lease',
    resource: 'leases',
    name: node.name,
  };
  return line(minute, { caller: kubeletAt(node, address), verb: 'update', uri: pathOf(path), object: objectOf(path) });
}

/** A kubelet states the addresses of a pod. */
export function podStatus(pod: TestPod, minute: number, addresses = [pod.address], from = pod.on.address): Line {
  const path = { namespace: pod.namespace, resource: 'pods', name: pod.pod, subresource: 'status' };
  const [podIP] = addresses;
  const sent = {
    metadata: { uid: pod.uid },
    status: { phase: 'Running', podIP, podIPs: addresses.map((ip) => ({ ip })), hostIP: pod.on.address },
  };
  const caller = kubeletAt(pod.on, from);
  return line(minute, { caller, verb: 'patch', uri: pathOf(path), object: objectOf(path), level: 'Request', sent });
}

export function nodeStatus(node: ClusterNode, minute: number, addresses = [node.address], from = node.address): Line {
  const path = { resource: 'nodes', name: node.name, subresource: 'status' };
  const sent = { status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) } };
  const caller = kubeletAt(node, from);
  return line(minute, { caller, verb: 'patch', uri: pathOf(path), object: objectOf(path), level: 'Request', sent });
}

export function kubeletAt(node: ClusterNode, address: string): AuditCaller {
  return { ...kubelet(node), address };
}

export function registered(node: ClusterNode, minute: number): Line {
  const path = { resource: 'nodes', name: node.name };
  const stored = {
    kind: 'Node',
    metadata: { name: node.name },
    spec: { providerID: `aws:///eu-west-1a/${node.instance}` },
  };
  const answer = { level: 'RequestResponse', status: 201, sent: stored, stored } as const;
  return line(minute, {
    caller: kubelet(node),
    verb: 'create',
    uri: '/api/v1/nodes',
    object: objectOf(path),
    ...answer,
  });
}

/** The scheduler binds a pod to its node. */
export function bound(pod: TestPod, minute: number): Line {
  const path = { namespace: pod.namespace, resource: 'pods', name: pod.pod, subresource: 'binding' };
  const sent = {
    kind: 'Binding',
    metadata: { name: pod.pod, namespace: pod.namespace, uid: pod.uid },
    target: { kind: 'Node', name: pod.node },
  };
  return line(minute, {
    caller: controlPlane('system:kube-scheduler', 'kube-scheduler/v1.33.3'),
    verb: 'create',
    uri: pathOf(path),
    object: objectOf(path),
    level: 'RequestResponse',
    status: 201,
    sent,
  });
}

const ENDPOINT_CONTROLLER: AuditCaller = {
  ...controller('endpoint-controller'),
  extra: { 'authentication.kubernetes.io/credential-id': ['JTI=0e8a2c5b-4a1d-4b57-9b62-3f0c6d1e7a94'] },
};

/** The endpoints of a Service, by their controller unless somebody else is named. */
export function endpoints(pods: readonly TestPod[], minute: number, caller = ENDPOINT_CONTROLLER): Line {
  const path = { namespace: 'shop', resource: 'endpoints', name: 'web' };
  const stored = {
    kind: 'Endpoints',
    metadata: { name: 'web', namespace: 'shop' },
    subsets: [
      {
        addresses: pods.map(({ address, node, pod, namespace, uid }) => ({
          ip: address,
          nodeName: node,
          targetRef: { kind: 'Pod', namespace, name: pod, uid },
        })),
      },
    ],
  };
  return line(minute, {
    caller,
    verb: 'update',
    uri: pathOf(path),
    object: objectOf(path),
    level: 'RequestResponse',
    sent: stored,
    stored,
  });
}

/** A node removes a pod that has ended. */
export function removed(pod: TestPod, minute: number, more: Partial<AuditRequest> = {}): Line {
  const path = { namespace: pod.namespace, resource: 'pods', name: pod.pod };
  const stored = {
    kind: 'Pod',
    metadata: { name: pod.pod, namespace: pod.namespace, uid: pod.uid },
    spec: { nodeName: pod.node },
    status: { podIP: pod.address, podIPs: [{ ip: pod.address }] },
  };
  const request = { verb: 'delete', uri: pathOf(path), object: objectOf(path), level: 'RequestResponse' } as const;
  return line(minute, { caller: kubelet(pod.on), ...request, stored, ...more });
}

/** Somebody requests a token for a service account. */
export function tokenRequested(
  by: AuditCaller,
  minute: number,
  { credential, account }: { readonly credential: string; readonly account: string },
): Line {
  const [namespace = '', name = ''] = account.split('/');
  const path = { namespace, resource: 'serviceaccounts', name, subresource: 'token' };
  return line(minute, {
    caller: by,
    verb: 'create',
    uri: pathOf(path),
    object: objectOf(path),
    status: 201,
    annotations: { 'authentication.kubernetes.io/issued-credential-id': credential },
  });
}
