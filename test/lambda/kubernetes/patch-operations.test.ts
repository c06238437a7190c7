import { readManifest } from '../../../lambda/kubernetes/patch-operations';

const add = (path: string, value: unknown, op = 'add') => ({ op, path, value });

test.each<[string, unknown, unknown]>([
  ['a manifest', { spec: { type: 'LoadBalancer' } }, { spec: { type: 'LoadBalancer' } }],
  ['nothing', null, null],
  ['no operations', [], {}],
  ['a member', [add('/spec/type', 'LoadBalancer', 'replace')], { spec: { type: 'LoadBalancer' } }],
  ['an item of a list', [add('/subjects/0', { kind: 'User' })], { subjects: [{ kind: 'User' }] }],
  ['the end of a list', [add('/subjects/-', { kind: 'Group' })], { subjects: [{ kind: 'Group' }] }],
  ['several', [add('/subjects/-', 1), add('/subjects/-', 2), add('/roleRef', {})], { subjects: [1, 2], roleRef: {} }],
  ['an escaped name', [add('/metadata/annotations/a~1b~0c', 'x')], { metadata: { annotations: { 'a/b~c': 'x' } } }],
  ['the whole', [add('', { kind: 'Pod' })], { kind: 'Pod' }],
  ['a removal', [{ op: 'remove', path: '/subjects/0' }], {}],
  ['a test', [add('/spec/type', 'LoadBalancer', 'test')], {}],
  ['no operation', [null, 7, { op: 'add' }, { path: '/spec' }], {}],
])('%s', (_what, manifest, read) => {
  expect(readManifest(manifest)).toEqual(read);
});

test('a prototype cannot be set by a patch', () => {
  const read = readManifest([add('/__proto__/polluted', true)]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(read).toBeDefined();
});
