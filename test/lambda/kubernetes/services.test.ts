import { admitsTheWorld, exposureOf, readLoadBalancer } from '../../../lambda/kubernetes/services';

const SERVICE = { resource: 'services', subresource: null, apiGroup: null, namespace: 'shop', name: 'web', uid: null };

function balancer(spec: object = {}, annotations: Record<string, string> = {}) {
  const named = Object.entries(annotations).map(([key, value]) => [`service.beta.kubernetes.io/${key}`, value]);
  const manifest = { metadata: { annotations: Object.fromEntries(named) }, spec: { type: 'LoadBalancer', ...spec } };
  const service = readLoadBalancer({ object: SERVICE, manifest });
  if (!service) throw new Error('no load balancer');
  return service;
}

const CONTROLLER = { loadBalancerClass: 'service.k8s.aws/nlb' };

test.each([
  [{}, {}, false],
  [{}, { 'aws-load-balancer-internal': 'true' }, true],
  [{}, { 'aws-load-balancer-internal': '0.0.0.0/0' }, true],
  [{}, { 'aws-load-balancer-internal': 'false' }, false],
  // The cloud controller does not read the scheme.
  [{}, { 'aws-load-balancer-scheme': 'internal' }, false],
  [{}, { 'aws-load-balancer-type': 'nlb' }, false],
  [{}, { 'aws-load-balancer-type': 'external' }, true],
  [{}, { 'aws-load-balancer-type': 'nlb-ip', 'aws-load-balancer-scheme': 'internet-facing' }, false],
  [CONTROLLER, {}, true],
  [CONTROLLER, { 'aws-load-balancer-scheme': 'internet-facing' }, false],
  [CONTROLLER, { 'aws-load-balancer-internal': 'false' }, false],
  [CONTROLLER, { 'aws-load-balancer-internal': 'false', 'aws-load-balancer-scheme': 'internal' }, true],
  [{ loadBalancerClass: 'eks.amazonaws.com/nlb' }, {}, true],
  [{ loadBalancerClass: 'example.com/edge' }, { 'aws-load-balancer-internal': 'true' }, false],
])('%j with annotations %j is internal: %s', (spec, annotations, internal) => {
  expect(exposureOf(balancer(spec, annotations)).internal).toBe(internal);
});

test.each([
  [[], true],
  [['0.0.0.0/0'], true],
  [['203.0.113.0/24', '::/0'], true],
  [['0.0.0.0/1', '128.0.0.0/1'], true],
  [['10.0.0.0/8'], false],
  [['203.0.113.0/24'], false],
  [['203.0.113.7'], false],
  [['203.0.113.0/x'], true],
])('source ranges %j admit the world: %s', (loadBalancerSourceRanges, world) => {
  expect(admitsTheWorld(balancer({ loadBalancerSourceRanges }))).toBe(world);
});

test('source ranges in an annotation count where the Service names none', () => {
  const annotations = { 'load-balancer-source-ranges': ' 203.0.113.0/24, 198.51.100.0/24 ' };
  expect(balancer({}, annotations).sourceRanges).toEqual(['203.0.113.0/24', '198.51.100.0/24']);
  expect(balancer({ loadBalancerSourceRanges: ['0.0.0.0/0'] }, annotations).sourceRanges).toEqual(['0.0.0.0/0']);
});

test('services of other types, and other objects, are no load balancers', () => {
  const manifest = { spec: { type: 'LoadBalancer' } };
  expect(readLoadBalancer({ object: SERVICE, manifest: { spec: { type: 'NodePort' } } })).toBeNull();
  expect(readLoadBalancer({ object: SERVICE, manifest: null })).toBeNull();
  expect(readLoadBalancer({ object: { ...SERVICE, subresource: 'status' }, manifest })).toBeNull();
  expect(readLoadBalancer({ object: { ...SERVICE, apiGroup: 'serving.knative.dev' }, manifest })).toBeNull();
  expect(readLoadBalancer({ object: { ...SERVICE, resource: 'pods' }, manifest })).toBeNull();
});
