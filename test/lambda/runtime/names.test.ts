import { podWorkload } from '../../../lambda/runtime/pod-workload';
import { runtimeLogGroup } from '../../../lambda/runtime/runtime-log-group';

test.each([
  ['crypto', 'crypto'],
  ['web-6f87496b94-qdlh8', 'web'],
  ['web-api-5d4f8c7b9-xk2zt', 'web-api'],
  ['agent-x7k2p', 'agent'],
  ['backup-29761560-bk7xz', 'backup'],
  ['backup-2976-bk7xz', 'backup-2976'],
  ['redis-0', 'redis'],
  ['redis-12345', 'redis-12345'],
  ['tool-apple', 'tool-apple'],
  ['web-abcdefgh-qdlh8', 'web-abcdefgh'],
  ['-6f87496b94-qdlh8', '-6f87496b94'],
  ['qdlh8', 'qdlh8'],
  ['', ''],
])('pod %s is of workload %s', (pod, workload) => {
  expect(podWorkload(pod)).toBe(workload);
});

test.each([
  ['/credlock/falco/demo', { agent: 'falco', cluster: 'demo' }],
  ['/credlock/tetragon/Demo_1-x', { agent: 'tetragon', cluster: 'Demo_1-x' }],
  [`/credlock/falco/${'x'.repeat(100)}`, { agent: 'falco', cluster: 'x'.repeat(100) }],
  [`/credlock/falco/${'x'.repeat(101)}`, null],
  ['/credlock/falco/', null],
  ['/credlock/falco/-x', null],
  ['/credlock/falco/demo/x', null],
  ['/credlock/tracee/demo', null],
  ['x/credlock/falco/demo', null],
  ['', null],
])('log group %s', (group, expected) => {
  expect(runtimeLogGroup(group)).toEqual(expected);
});
