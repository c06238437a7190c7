import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import { hostPath, isRuntimeSocket, isSensitivePath } from '../../../lambda/kubernetes/host-paths';

test.each([
  ['/', '/'],
  ['', '/'],
  ['/etc/', '/etc'],
  ['//etc/.//x/..', '/etc'],
  ['/../../etc', '/etc'],
  ['/var/run', '/run'],
  ['/var/run/docker.sock', '/run/docker.sock'],
  ['/var/runner', '/var/runner'],
  ['/proc/1/root', '/'],
  ['/proc/1/root/etc', '/etc'],
  ['/proc/self/cwd/proc/2/root/var/run/x', '/run/x'],
  ['/proc/1/rooted', '/proc/1/rooted'],
  ['/proc/1/task/7/root/etc', '/etc'],
])('%s is %s', (path, plain) => {
  expect(hostPath(path)).toBe(plain);
});

test.each([
  '/',
  '/etc',
  '/etc/cron.d',
  '/root/.ssh',
  '/home/ec2-user',
  '/run',
  '/run/containerd',
  '/var',
  '/var/lib',
  '/opt',
  '/usr',
  '/var/lib/kubelet/pki',
  '/proc',
  '/sys',
  '/proc/sys/kernel/core_pattern',
  '/usr/lib/systemd/system',
  '/usr/local/bin',
  '/usr/bin/containerd',
  '/opt/cni/bin/aws-cni',
  '/dev',
])('%s is sensitive', (path) => {
  expect(isSensitivePath(path, DEFAULT_KUBERNETES.sensitivePaths)).toBe(true);
});

test.each([
  '/var/log',
  '/etc/hosts',
  '/etc/localtime',
  '/dev/fuse',
  '/sys/fs/bpf',
  '/var/lib/docker/containers',
  '/lib/modules',
  '/mnt',
  '/opt/app',
  '/etcd',
  '/run/udev',
])('%s is not sensitive', (path) => {
  expect(isSensitivePath(path, DEFAULT_KUBERNETES.sensitivePaths)).toBe(false);
});

test('an exception is for its path alone, with /* for all below it too, and patterns are read in any spelling', () => {
  expect(isSensitivePath('/etc/hosts/x', DEFAULT_KUBERNETES.sensitivePaths)).toBe(true);
  expect(isSensitivePath('/etc/app/x', ['/etc/*', '!/etc/app/*'])).toBe(false);
  expect(isSensitivePath('/etc', ['/etc/*', '!/etc/app/*'])).toBe(true);
  expect(isSensitivePath('/run/agent', ['/var/run/agent/'])).toBe(true);
  expect(isSensitivePath('/anything', ['/*'])).toBe(true);
  expect(isSensitivePath('/anything', [])).toBe(false);
});

test('sockets of container runtimes are known in one spelling, and are sensitive by default', () => {
  expect(isRuntimeSocket(hostPath('/var/run/containerd/containerd.sock'))).toBe(true);
  expect(isRuntimeSocket('/run/containerd')).toBe(false);
  expect(isSensitivePath('/run/docker.sock', DEFAULT_KUBERNETES.sensitivePaths)).toBe(true);
});
