import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import type { Alarm } from '../../../lambda/runtime/alarm';
import { readTetragonLine } from '../../../lambda/runtime/tetragon';
import { DEMO_CLUSTER } from '../kubernetes/audit-records';
import { tetragonLine, tetragonProcess } from './agent-lines';

const RULES = { ...DEFAULT_KUBERNETES.runtimeRules, process_loader: 'NewLibraryLoaded' } as const;

function alarmIn(line: Readonly<Record<string, unknown>>): Alarm {
  const read = readTetragonLine(line, DEMO_CLUSTER, RULES);
  if (!('type' in read)) throw new Error(`no alarm: ${JSON.stringify(read)}`);
  return read;
}

const ofPolicy = (policy: string, args: unknown, binary = '/usr/bin/bash'): Record<string, unknown> => ({
  process: tetragonProcess(binary),
  parent: tetragonProcess('/usr/bin/sshd'),
  policy_name: policy,
  args,
});

test('an execution without a file: the process, its pod and what started it', () => {
  expect(alarmIn(tetragonLine({ user: { name: 'www-data' } }))).toMatchObject({
    agent: 'tetragon',
    rule: 'process_exec',
    type: 'FilelessExecution',
    id: 'aXAtMTAtMC0xLTIzOjEzNTQ4Njc0MzIxMzczOjUyNjk5',
    time: Date.parse('2026-09-01T10:00:00.700Z'),
    node: 'ip-10-0-1-23.eu-west-1.compute.internal',
    namespace: 'default',
    pod: 'crypto',
    workload: 'crypto',
    container: 'crypto',
    image: 'docker.io/library/ubuntu:24.04',
    binary: '/proc/self/fd/3',
    parent: '/usr/bin/python3',
    user: 'www-data',
    library: null,
    domain: null,
    failed: false,
    byRuntime: false,
  });
});

test('without a pod the container’s id stands for its name, without a time that of the process for its own', () => {
  const { process_exec: event } = tetragonLine({ pod: undefined, docker: '551e161c47d8', exec_id: undefined });
  expect(alarmIn({ process_exec: event })).toMatchObject({
    id: 'unknown/2026-09-01T10:00:00.127597580Z',
    time: Date.parse('2026-09-01T10:00:00.127Z'),
    node: null,
    pod: null,
    workload: null,
    container: '551e161c47d8',
    image: null,
  });
});

test.each(['process_kprobe', 'process_tracepoint', 'process_uprobe', 'process_usdt', 'process_lsm'])(
  'an event %s is what its policy makes of it',
  (kind) => {
    const line = { [kind]: ofPolicy('credlock-miner', []), time: '2026-09-01T10:00:00Z' };
    expect(alarmIn(line)).toMatchObject({ type: 'CryptoMining', rule: 'credlock-miner', binary: '/usr/bin/bash' });
    expect(readTetragonLine({ ...line, [kind]: ofPolicy('other', []) }, DEMO_CLUSTER, RULES)).toEqual({
      notAnAlarm: 'unmapped-rule',
    });
  },
);

test.each([
  ['credlock-new-binary', [{ linux_binprm_arg: { path: '/tmp/x' } }], ['/tmp/x', '/usr/bin/bash', null]],
  ['credlock-new-binary', [{ int_arg: 4 }, { file_arg: { path: '/tmp/x' } }], ['/tmp/x', '/usr/bin/bash', null]],
  ['credlock-new-binary', [{ path_arg: { path: '/tmp/y' } }], ['/tmp/y', '/usr/bin/bash', null]],
  ['credlock-new-binary', 'none', ['/usr/bin/bash', '/usr/bin/sshd', null]],
  ['credlock-new-library', [{ file_arg: { path: '/x.so' } }, 5], ['/usr/bin/bash', '/usr/bin/sshd', '/x.so']],
  ['credlock-new-library', [null, 7], ['/usr/bin/bash', '/usr/bin/sshd', null]],
  ['credlock-miner', [{ linux_binprm_arg: { path: '/opt/xmrig' } }], ['/opt/xmrig', '/usr/bin/bash', null]],
  ['credlock-miner', [{ file_arg: { path: '/opt/pools' } }], ['/usr/bin/bash', '/usr/bin/sshd', null]],
])('%s with %j: the program, what started it, and the library are %j', (policy, args, files) => {
  const { binary, parent, library } = alarmIn({
    process_kprobe: ofPolicy(policy, args),
    time: '2026-09-01T10:00:00Z',
  });
  expect([binary, parent, library]).toEqual(files);
});

test('a loaded library is that of the event', () => {
  const event = { process: tetragonProcess('/usr/sbin/nginx'), path: '/usr/lib/x.so', buildid: 'Bh4=' };
  expect(alarmIn({ process_loader: event, time: '2026-09-01T10:00:00Z' })).toMatchObject({
    type: 'NewLibraryLoaded',
    rule: 'process_loader',
    binary: '/usr/sbin/nginx',
    library: '/usr/lib/x.so',
    parent: null,
  });
});

describe('the start of a container', () => {
  const isStart = (binary: string, parent: object, more: Readonly<Record<string, unknown>> = {}): boolean => {
    const line = tetragonLine({ binary, ...more });
    return alarmIn({ ...line, process_exec: { ...(line['process_exec'] as object), parent } }).byRuntime;
  };
  const runc = { binary: '/usr/bin/runc' };

  test.each([
    ['/proc/self/fd/6', { arguments: 'init' }],
    ['/proc/self/fd/6', {}],
    ['/proc/self/exe', { arguments: 'init' }],
    ['/usr/bin/runc', {}],
    ['/memfd:runc_cloned:/proc/self/exe (deleted)', {}],
    ['/memfd:runc_cloned:/proc/self/exe', {}],
    ['memfd:runc_cloned:/proc/self/exe', {}],
  ])('%s %j', (binary, more) => {
    for (const parent of ['/usr/bin/runc', '/usr/bin/containerd-shim-runc-v2', '/usr/bin/crun', '/usr/bin/conmon'])
      expect(isStart(binary, { binary: parent }, more)).toBe(true);
  });

  test.each([
    ['by a process of a pod', '/proc/self/fd/6', tetragonProcess('/usr/bin/runc'), {}],
    ['by another program', '/proc/self/fd/6', { binary: '/usr/bin/sshd' }, {}],
    ['by nothing known', '/proc/self/fd/6', {}, {}],
    ['with other arguments', '/proc/self/fd/6', runc, { arguments: 'init --x' }],
    ['of another descriptor', '/proc/self/fd/x', runc, {}],
    ['of a descriptor elsewhere', '/tmp/proc/self/fd/6', runc, {}],
    ['of another memory', '/memfd:x', runc, {}],
    ['of memory called almost so', '/memfd:runc_cloned:/proc/self/exe2', runc, {}],
    ['of a program called almost so', '/tmp/xrunc', runc, {}],
  ])('is not an execution %s', (_what, binary, parent, more) => {
    expect(isStart(binary, parent, more)).toBe(false);
  });
});
