import { gzipSync } from 'node:zlib';
import { auditNotice } from '../../lambda/kubernetes/audit-payloads';
import { auditRecord } from '../../lambda/kubernetes/audit-records';
import { BUCKETS, HUB, REGION } from '../../lambda/hub';
import { removeAll } from '../credlock-command';
import { startOperator, type Operator } from '../operator';

const CLUSTER = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';
const STREAM = 'kube-apiserver-audit-0123456789abcdef0123456789abcdef';
const TASK = 'exports/9e2c1b1a-0000-4000-8000-000000000001';
let operator: Operator;

beforeEach(async () => {
  operator = await startOperator();
  operator.outputs['AuditBucket'] = BUCKETS.audit;
  operator.hub.wire.s3.createBucket('exports-of-ana', { owner: HUB, region: REGION });
});

afterEach(() => operator.close());
afterAll(removeAll);

/** As an export task writes the lines of a stream. */
function exported(events: readonly object[], stream = STREAM, part = '000000'): void {
  const text = events.map((event) => `2026-09-01T10:00:02.000Z ${JSON.stringify(event)}\n`).join('');
  operator.hub.wire.s3.put('exports-of-ana', `${TASK}/${stream}/${part}.gz`, gzipSync(text));
}

function exec(at: number): object {
  return auditRecord({
    auditID: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    verb: 'create',
    requestURI: '/api/v1/namespaces/kube-system/pods/nginx/exec?command=sh',
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'kube-system', name: 'nginx' },
    responseStatus: { code: 101 },
  });
}

const backfill = (...args: string[]) =>
  operator.run(['backfill', '--audit-export', 's3://exports-of-ana/exports', '--cluster', CLUSTER, ...args]);

function written(): string[] {
  return operator.hub.wire.requests
    .filter(({ operation }) => operation === 'PutObject')
    .map(({ target }) => target.split('?')[0]?.split(`${BUCKETS.audit}/`)[1] ?? '');
}

test('an export of the log group is read by the detector as if CloudWatch Logs had sent it', async () => {
  exported([auditRecord(), exec(1)]);
  exported([exec(2)], STREAM, '000001');
  exported([exec(3)], 'authenticator-0123456789abcdef0123456789abcdef');
  const { code, stderr } = await backfill();
  expect(stderr).toContain('2 files of the audit log. 3 lines sent in 2 objects');
  expect(code).toBe(0);
  expect(written()).toHaveLength(2);
  for (const key of written()) await operator.hub.send(auditNotice(key, BUCKETS.audit), 'observeKubernetes');
  operator.hub.putSettings({ organizationAccounts: ['111122223333'] });
  await operator.hub.settle();
  expect(operator.hub.queue('quarantine').messages).toEqual([]);
  expect([...operator.hub.onBus().values()]).toMatchObject([
    { type: 'ExecInKubeSystemPod', calls: 2, workload: { account: '111122223333', region: 'eu-west-1' } },
  ]);
});

test('so is an export of an agent’s log group, whose streams have any name', async () => {
  const alarm = {
    hostname: 'node',
    output_fields: { 'container.id': '3f1c9a70b2de', 'k8s.ns.name': 'shop', 'k8s.pod.name': 'web', 'proc.name': 'x' },
    priority: 'Critical',
    rule: 'Drop and execute new binary in container',
    source: 'syscall',
    time: '2026-09-01T10:00:00.1Z',
  };
  exported([alarm], 'falcosidekick-logstream');
  const { code, stderr } = await backfill('--agent', 'falco');
  expect(stderr).toContain('1 file of the falco log. 1 line sent in 1 object');
  expect(code).toBe(0);
  operator.hub.putSettings({ organizationAccounts: ['111122223333'] });
  for (const key of written()) await operator.hub.send(auditNotice(key, BUCKETS.audit), 'observeKubernetes');
  await operator.hub.settle();
  expect(operator.hub.queue('quarantine').messages).toEqual([]);
  expect([...operator.hub.onBus().values()]).toMatchObject([
    { type: 'NewBinaryExecuted', workload: { account: '111122223333', region: 'eu-west-1' } },
  ]);
});

test('a dry run counts the files; a wrong address, cluster or deployment is told', async () => {
  exported([exec(1)]);
  expect((await backfill('--dry-run')).stderr).toContain('1 file of the audit log. Dry run: nothing was sent.');
  expect(written()).toEqual([]);
  const alone = await operator.run(['backfill', '--audit-export', 's3://exports-of-ana']);
  expect(alone.stderr).toContain('give --audit-export and --cluster together');
  const wrong = await operator.run(['backfill', '--audit-export', 'exports', '--cluster', CLUSTER]);
  expect(wrong.stderr).toContain('is not of the form s3://bucket/prefix');
  delete operator.outputs['AuditBucket'];
  expect((await backfill()).stderr).toContain('deploy with -c kubernetes=true');
});
