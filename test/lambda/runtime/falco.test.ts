import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import type { Alarm } from '../../../lambda/runtime/alarm';
import { readFalcoLine } from '../../../lambda/runtime/falco';
import { DEMO_CLUSTER } from '../kubernetes/audit-records';
import { falcoLine } from './agent-lines';

function alarmIn(fields: Readonly<Record<string, unknown>>, members: Readonly<Record<string, unknown>> = {}): Alarm {
  const read = readFalcoLine(falcoLine(fields, members), DEMO_CLUSTER, DEFAULT_KUBERNETES.runtimeRules);
  if (!('type' in read)) throw new Error(`no alarm: ${JSON.stringify(read)}`);
  return read;
}

test('the process, its pod and what started it', () => {
  expect(alarmIn({})).toMatchObject({
    agent: 'falco',
    rule: 'Drop and execute new binary in container',
    type: 'NewBinaryExecuted',
    node: 'ip-10-0-1-23.eu-west-1.compute.internal',
    namespace: 'default',
    pod: 'crypto',
    workload: null,
    container: 'crypto',
    image: 'docker.io/library/ubuntu:24.04',
    binary: '/usr/bin/curl',
    parent: 'bash',
    user: 'root',
    library: null,
    domain: null,
    failed: false,
    byRuntime: false,
  });
});

test.each([
  ['a host’s process is in no container', { 'container.id': 'host', 'container.name': 'host' }, { container: null }],
  ['a container without a name has its id', { 'container.name': null }, { container: '3f1c9a70b2de' }],
  ['a container without both is unknown', { 'container.name': '<NA>', 'container.id': null }, { container: null }],
  ['an image without a tag', { 'container.image.tag': '' }, { image: 'docker.io/library/ubuntu' }],
  ['a tag without an image', { 'container.image.repository': null }, { image: null }],
  ['a program without a path', { 'proc.exepath': '<NA>' }, { binary: 'curl' }],
  ['a program without a name either', { 'proc.exepath': null, 'proc.name': 7 }, { binary: null }],
  ['a failed execution', { 'evt.res': 'ENOENT' }, { failed: true }],
  ['an execution', { 'evt.res': 'SUCCESS' }, { failed: false }],
  ['a result that is a number', { 'evt.res': 0 }, { failed: false }],
  ['a result in small letters', { 'evt.res': 'enoent' }, { failed: false }],
  ['a result with more behind it', { 'evt.res': 'EACCES 13' }, { failed: false }],
])('%s', (_what, fields, expected) => {
  expect(alarmIn(fields)).toMatchObject(expected);
});

test('only of new libraries the file is kept, and only of mining the name', () => {
  const fields = { 'fd.name': '/tmp/x.so', 'evt.buffer': '..pool.example.org..' };
  expect(alarmIn(fields)).toMatchObject({ library: null, domain: null });
  expect(alarmIn(fields, { rule: 'credlock: new library loaded' })).toMatchObject({
    library: '/tmp/x.so',
    domain: null,
  });
  expect(alarmIn(fields, { rule: 'Known Cryptominer Process Executed' })).toMatchObject({
    library: null,
    domain: 'pool.example.org',
  });
});

test.each([
  ['memfd:runc_cloned:/proc/self/exe', 'runc', true],
  ['memfd:runc_cloned:/proc/self/exe', 'containerd-shim', true],
  ['memfd:runc_cloned:/proc/self/exe', 'runc:[1:CHILD]', true],
  ['memfd:runc_cloned:/proc/self/exe', 'bash', false],
  ['memfd:runc_cloned:/proc/self/exe', null, false],
  ['memfd:x', 'runc', false],
  [null, 'runc', false],
])('memory %s started by %s: of a container runtime is %s', (path, parent, byRuntime) => {
  const fields = { 'proc.exepath': path, 'proc.pname': parent };
  expect(alarmIn(fields, { rule: 'Fileless execution via memfd_create' }).byRuntime).toBe(byRuntime);
});

test('without fields there is an alarm that knows its rule and time', () => {
  expect(alarmIn({}, { output_fields: undefined, hostname: undefined })).toMatchObject({
    id: 'unknown/2026-09-01T10:00:00.682419669Z',
    node: null,
    pod: null,
    container: null,
    image: null,
    binary: null,
  });
});
