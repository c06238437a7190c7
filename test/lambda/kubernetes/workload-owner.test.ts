import { workloadOf, type Made } from '../../../lambda/kubernetes/workload-owner';

const NOW = Date.parse('2026-09-01T10:00:00Z');
const MINUTE = NOW / 60_000;

function owned(kind: string, name: string, more: Partial<Made> = {}, labels: Record<string, string> = {}) {
  const { namespace, ...workload } = workloadOf({
    object: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    metadata: {
      labels,
      ownerReferences: [
        { kind: 'Other', name: 'x' },
        { kind, name, controller: true },
      ],
    },
    time: NOW,
    byController: true,
    ...more,
  });
  expect(namespace).toBe('shop');
  return `${workload.kind ?? ''}/${workload.name ?? ''}`;
}

const HASH = { 'pod-template-hash': '6dfd8b84dc' };

test.each([
  ['ReplicaSet', 'web-6dfd8b84dc', HASH, 'Deployment/web'],
  ['ReplicaSet', 'web-6dfd8b84dc', {}, 'ReplicaSet/web-6dfd8b84dc'],
  ['ReplicaSet', 'web', HASH, 'ReplicaSet/web'],
  ['ReplicaSet', 'web-6dfd8b84dc', { 'rollouts-pod-template-hash': '6dfd8b84dc' }, 'Rollout/web'],
  ['StatefulSet', 'web', {}, 'StatefulSet/web'],
  ['DaemonSet', 'agent', {}, 'DaemonSet/agent'],
  ['SparkApplication', 'etl', {}, 'SparkApplication/etl'],
  ['Node', 'ip-10-0-1-20', {}, 'Pod/web-1'],
  ['Job', 'import', {}, 'Job/import'],
  ['Job', 'import-20260901', {}, 'Job/import-20260901'],
  ['Job', `backup-${MINUTE}`, {}, 'CronJob/backup'],
  ['Job', `backup-${MINUTE - 8 * 1_440 + 1}`, {}, 'CronJob/backup'],
  ['Job', `backup-${MINUTE - 8 * 1_440}`, {}, `Job/backup-${MINUTE - 8 * 1_440}`],
  ['Job', `backup-${MINUTE + 1_440}`, {}, `Job/backup-${MINUTE + 1_440}`],
])('a pod of %s %s with labels %j belongs to %s', (kind, name, labels, workload) => {
  expect(owned(kind, name, {}, labels)).toBe(workload);
});

test('an owner that a person names is not followed', () => {
  expect(owned('StatefulSet', 'web', { byController: false })).toBe('Pod/web-1');
});

test('workloads that operators own are workloads by themselves; ReplicaSets and scheduled Jobs are not', () => {
  const of = (kind: string, name: string): Partial<Made> => ({ object: { kind, namespace: 'shop', name } });
  expect(owned('Database', 'orders', of('Deployment', 'orders'))).toBe('Deployment/orders');
  expect(owned('Deployment', 'web', of('ReplicaSet', 'web-6dfd8b84dc'))).toBe('Deployment/web');
  expect(owned('CronJob', 'backup', of('Job', 'backup-1'))).toBe('CronJob/backup');
  expect(owned('Workflow', 'etl', of('Job', 'etl-1'))).toBe('Job/etl-1');
});

test('an object whose name the API server is to generate has the beginning of it', () => {
  const object = { kind: 'Pod', namespace: 'shop', name: null };
  const made = { object, metadata: { generateName: 'runner-' }, time: NOW, byController: true };
  expect(workloadOf(made)).toEqual({ kind: 'Pod', namespace: 'shop', name: 'runner' });
  expect(workloadOf({ ...made, metadata: null })).toEqual(object);
});
