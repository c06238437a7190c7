import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import { actsOf } from '../../../lambda/kubernetes/rules';
import { composeActs } from '../../../lambda/kubernetes/compose-acts';
import { auditEvent } from './audit-records';

const LONG = 'x'.repeat(4_000);

/** An event in which all texts that its sender chooses are as long as they are read. */
function longest(resource: string, responseObject: object, more: Readonly<Record<string, unknown>> = {}) {
  return auditEvent({
    auditID: LONG,
    verb: 'create',
    user: {
      username: LONG,
      groups: [LONG],
      extra: { arn: [`arn:aws:sts::111122223333:assumed-role/${LONG}`], accessKeyId: [LONG] },
    },
    impersonatedUser: { username: LONG },
    sourceIPs: [...Array.from({ length: 30 }, () => LONG), '192.0.2.66'],
    userAgent: LONG,
    objectRef: { resource, namespace: 'kube-system', name: LONG },
    responseStatus: { code: 201 },
    responseObject,
    ...more,
  });
}

const CONTAINERS = Array.from({ length: 50 }, (_, at) => ({
  name: `${LONG}${at}`,
  image: `registry.example/${LONG}`,
  securityContext: { privileged: true },
  volumeMounts: [{ name: 'host', mountPath: `/${LONG}` }],
}));
const POD = {
  kind: 'Pod',
  metadata: { name: LONG },
  spec: { containers: CONTAINERS, volumes: [{ name: 'host', hostPath: { path: `/etc/${LONG}` } }], hostPID: true },
};
const ANYONE = Array.from({ length: 50 }, () => ({ kind: 'User', name: 'system:anonymous' }));
const BINDING = {
  kind: 'RoleBinding',
  subjects: [...ANYONE, { kind: 'ServiceAccount', name: 'default', namespace: LONG }],
  roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
};
const SERVICE = {
  kind: 'Service',
  metadata: { labels: { app: 'kubeflow' } },
  spec: { type: 'LoadBalancer', loadBalancerClass: LONG, loadBalancerSourceRanges: [LONG, LONG, LONG] },
};

test.each([
  ['a pod', longest('pods', POD), 2],
  ['a binding', longest('rolebindings', BINDING), 2],
  ['a service', longest('services', SERVICE), 1],
  [
    'a command',
    longest(
      'pods',
      {},
      {
        objectRef: { resource: 'pods', subresource: 'exec', namespace: 'kube-system', name: LONG },
        requestURI: `/api/v1/x?command=${LONG}&container=${LONG}`,
        responseStatus: { code: 101 },
      },
    ),
    1,
  ],
  ['an anonymous request', longest('pods', {}, { user: { username: 'system:anonymous' }, requestURI: `/${LONG}` }), 1],
  ['a manifest that is missing', longest('pods', {}, { annotations: { 'audit.k8s.io/truncated': 'true' } }), 1],
])('acts on %s have at most 8,000 characters, and their findings Security Hub’s texts', (_what, event, count) => {
  const acts = actsOf(event, DEFAULT_KUBERNETES);
  expect(acts).toHaveLength(count);
  for (const act of acts) {
    expect(JSON.stringify(act).length).toBeLessThanOrEqual(8_000);
    const finding = composeActs([act], {
      ownerOf: () => ({ ownership: 'unknown', account: null, region: null, why: 'the owner is not known' }),
    });
    expect(finding?.title.length).toBeLessThanOrEqual(256);
    expect(finding?.description.length).toBeLessThanOrEqual(1_000);
  }
});

test('the group of an act fits into a key of the table, whatever characters an image has', () => {
  const image = `registry.example/${'山😀'.repeat(500)}`;
  const pod = {
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { containers: [{ image, securityContext: { privileged: true } }] },
  };
  const [act] = actsOf(longest('pods', pod), DEFAULT_KUBERNETES);
  expect(act?.group).toMatch(/^[ -~]+\\u5c71\\ud83d\\ude00[ -~]+…$/);
  expect(Buffer.byteLength(act?.group ?? '')).toBeLessThan(1_024);
});
