import fc from 'fast-check';
import { DEFAULT_KUBERNETES } from '../../lambda/detection/model/kubernetes-settings';
import { UNKNOWN_CLUSTER } from '../../lambda/kubernetes/cluster';
import { composeActs } from '../../lambda/kubernetes/compose-acts';
import { readAuditEvent } from '../../lambda/kubernetes/read-audit-event';
import { actsOf } from '../../lambda/kubernetes/rules';
import { runs } from './property-runs';

const RESOURCES = [
  'pods',
  'deployments',
  'cronjobs',
  'rolebindings',
  'clusterrolebindings',
  'services',
  'persistentvolumes',
  'nodes',
];
const KEYS = [
  'kind',
  'metadata',
  'name',
  'namespace',
  'labels',
  'annotations',
  'ownerReferences',
  'controller',
  'spec',
  'template',
  'jobTemplate',
  'containers',
  'initContainers',
  'ephemeralContainers',
  'image',
  'securityContext',
  'privileged',
  'volumes',
  'volumeMounts',
  'hostPath',
  'path',
  'readOnly',
  'subPath',
  'subjects',
  'roleRef',
  'type',
  'loadBalancerSourceRanges',
  'local',
  'op',
  'value',
];
const TEXTS = [
  'system:anonymous',
  'default',
  'User',
  'ServiceAccount',
  'cluster-admin',
  'LoadBalancer',
  '/etc',
  '/',
  'nginx',
  'ReplicaSet',
  'add',
  '/spec/containers/0',
  'kubernetes-dashboard',
  '',
];

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 8, depthSize: 'large' },
    fc.oneof(fc.constantFrom(...TEXTS), fc.boolean(), fc.constant(null), fc.integer()),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('json'), { maxKeys: 6 }),
  ),
}));

test('manifests of any shape are judged without an error', () => {
  let acts = 0;
  fc.assert(
    fc.property(
      fc.record({
        resource: fc.constantFrom(...RESOURCES),
        verb: fc.constantFrom('create', 'update', 'patch', 'delete', 'get'),
        username: fc.constantFrom('ana', 'system:anonymous', 'system:serviceaccount:kube-system:replicaset-controller'),
        subresource: fc.constantFrom(undefined, 'exec', 'proxy', 'ephemeralcontainers', 'status'),
        requestObject: json,
        responseObject: json,
      }),
      ({ resource, verb, username, subresource, requestObject, responseObject }) => {
        const event = readAuditEvent(
          {
            auditID: 'a',
            stage: 'ResponseComplete',
            verb,
            user: { username },
            objectRef: { resource, namespace: 'kube-system', name: 'web', ...(subresource && { subresource }) },
            responseStatus: { code: 200 },
            requestReceivedTimestamp: '2026-09-01T10:00:00.000000Z',
            requestObject,
            responseObject,
          },
          UNKNOWN_CLUSTER,
        );
        if (event === null || 'fault' in event) throw new Error('no event');
        for (const act of actsOf(event, DEFAULT_KUBERNETES)) {
          acts += 1;
          composeActs([act], {
            ownerOf: () => ({ ownership: 'unknown', account: null, region: null, why: 'the owner is not known' }),
          });
        }
      },
    ),
    runs(2_000),
  );
  expect(acts).toBeGreaterThan(500);
});
