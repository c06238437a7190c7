import { gzipSync } from 'node:zlib';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { auditEvent } from '../../../trail-writer/kubernetes/audit-event';
import { administrator, anonymous } from '../../../trail-writer/kubernetes/callers';
import { quietCluster } from '../../../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../../../trail-writer/random';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';
import { chapter, CONFIG, credlock, findingsOf, linesOf, place, put, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

const ARN = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';
const AT = Date.parse('2026-09-01T10:00:00Z');
const ANA = administrator('Admin', 'ana@example.com', '192.0.2.20', 'kubectl/v1.33.4');
const POD = { resource: 'pods', namespace: 'kube-system', name: 'nginx', apiVersion: 'v1' };
const EXEC = auditEvent({
  auditId: 'a-exec',
  time: AT,
  caller: ANA,
  verb: 'get',
  uri: '/api/v1/namespaces/kube-system/pods/nginx/exec?command=sh',
  object: { ...POD, subresource: 'exec' },
  status: 101,
});
const RECEIVED = { ...EXEC, stage: 'RequestReceived', responseStatus: undefined };
const ANONYMOUS = auditEvent({
  auditId: 'a-anonymous',
  time: AT + 60_000,
  caller: anonymous('203.0.113.9', 'curl/8.7.1'),
  verb: 'list',
  uri: '/api/v1/namespaces/shop/pods',
  object: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
});
const PRIVILEGED = auditEvent({
  auditId: 'a-privileged',
  time: AT + 120_000,
  caller: ANA,
  verb: 'create',
  uri: '/api/v1/namespaces/shop/pods',
  object: { ...POD, namespace: 'shop' },
  status: 201,
  level: 'RequestResponse',
  // What users write neither hides the event nor makes a record.
  sent: { eventName: 'ListBuckets', userIdentity: {}, Records: [sessionCall('forged')] },
  stored: {
    kind: 'Pod',
    metadata: { name: 'nginx', namespace: 'shop' },
    spec: {
      containers: [
        { name: 'a', image: 'nginx' },
        { name: 'b', image: 'nginx', securityContext: { privileged: true } },
      ],
    },
  },
});
const TYPES = ['ExecInKubeSystemPod', 'SuccessfulAnonymousAccess', 'PrivilegedContainer'];
const json = (value: unknown): string => JSON.stringify(value);
const LINES = [RECEIVED, EXEC, ANONYMOUS, PRIVILEGED].map(json);
const STREAM = 'kube-apiserver-audit-0123456789abcdef0123456789abcdef';
const payload = (messages: readonly string[], logStream = STREAM): string =>
  json({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/demo/cluster',
    logStream,
    subscriptionFilters: ['credlock'],
    logEvents: messages.map((message, id) => ({ id: String(id), timestamp: AT, message })),
  });

const SHAPES: Readonly<Record<string, string | Buffer>> = {
  'lines.jsonl': LINES.join('\n'),
  'list.json': `[${LINES.join(',')}]`,
  'webhook.json': `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${LINES.join(',')}]}`,
  'export/000000.gz': gzipSync(LINES.map((line) => `2026-09-01T10:00:02.500Z ${line}`).join('\n')),
  'firehose.gz': gzipSync(LINES.map((line) => payload([line])).join('')),
  'events.json': json({ events: LINES.map((message) => ({ logStreamName: STREAM, timestamp: AT, message })) }),
  'insights.json': json({
    results: LINES.map((value) => [
      { field: '@timestamp', value: '2026-09-01 10:00:02.500' },
      { field: '@message', value },
      { field: '@ptr', value: 'x' },
    ]),
  }),
};

test.each(Object.keys(SHAPES))('the findings in %s', async (name) => {
  const findings = await findingsOf([put(name, SHAPES[name] ?? ''), '--cluster', ARN]);

  expect(findings.map(({ type }) => type)).toEqual(TYPES);
  expect(findings[0]?.workload?.id).toMatch(/^demo/);
  expect(findings[0]?.sessions[0]?.arn).toBe('arn:aws:sts::111122223333:assumed-role/Admin/ana@example.com');
});

test('the wrapper of a subscription names the cluster', async () => {
  const [finding] = await findingsOf([put('firehose', payload(LINES))]);

  expect(finding?.workload).toMatchObject({ account: '111122223333', region: null, attributes: { cluster: 'demo' } });
});

test('CloudTrail and audit logs are read in one run, in any number of folders', async () => {
  const folder = dirname(put('audit/a.jsonl', LINES.slice(0, 2).join('\n')));
  writeFileSync(join(folder, 'b.json.gz'), gzipSync(`[${LINES.slice(2).join(',')}]`));
  const { stdout, stderr, code } = await replay([chapter('03'), folder, '--cluster', ARN, '--config', CONFIG]);

  expect(stderr).toContain(', 3 audit events of 1 cluster (1 earlier stage of requests passed over).');
  expect(stderr).toMatch(/Judged \d+ workload/);
  expect(stdout).toMatch(/4 findings/);
  expect(code).toBe(0);
});

test('an audit log alone says nothing of workloads that were not judged', async () => {
  const { stderr, code } = await replay([put('a.jsonl', LINES.join('\n'))]);

  expect(stderr).toContain('Read 1 file, 0 records, 3 audit events of 1 cluster');
  expect(stderr).not.toContain('udged');
  expect(code).toBe(0);
});

test('lines that cannot be read are counted with the reason, and the exit code says so', async () => {
  const cut = json(EXEC).slice(0, json(EXEC).indexOf('"objectRef"'));
  const file = put(
    'a.jsonl',
    [cut, json({ ...EXEC, requestReceivedTimestamp: 'soon', stageTimestamp: 0 }), json(EXEC)].join('\n'),
  );
  const { stderr, code } = await replay([file, '--format', 'jsonl']);

  expect(stderr).toContain('2 lines of an audit log could not be read (cut before the object: 1, no time: 1)');
  expect(stderr).toContain('1 audit event of 1 cluster');
  expect(code).toBe(2);
});

test('a manifest that was cut is reported by what stands before it', async () => {
  const line = json({ ...PRIVILEGED, requestObject: undefined });
  const cut = `${line.slice(0, line.indexOf('"responseObject"') + 60)}[Truncated...]`;

  const findings = await findingsOf([put('a.jsonl', [cut, json(ANONYMOUS)].join('\n')), '--cluster', ARN]);

  expect(findings.map(({ type, firstSeen }) => [type, firstSeen])).toEqual([
    ['SuccessfulAnonymousAccess', '2026-09-01T10:01:00Z'],
    ['UnreadableManifest', '2026-09-01T10:01:00Z'],
  ]);
});

test('an event without a time counts as logged with the line before', async () => {
  const untimed = { ...PRIVILEGED, requestReceivedTimestamp: undefined, stageTimestamp: undefined };

  const [finding] = await findingsOf([put('a.jsonl', [json(RECEIVED), json(untimed)].join('\n')), '--cluster', ARN]);

  expect([finding?.type, finding?.firstSeen]).toEqual(['PrivilegedContainer', '2026-09-01T10:00:00Z']);
});

test('lines of other logs of the control plane are passed over', async () => {
  const other = payload(
    ['time="2026-09-01T10:00:00Z" msg="access granted"'],
    'authenticator-0123456789abcdef0123456789abcdef',
  );
  const { stderr, code } = await replay([put('firehose', `${other}${payload(LINES)}`)]);

  expect(stderr).toContain(
    '3 audit events of 1 cluster (1 earlier stage of requests passed over, 1 line of other logs passed over)',
  );
  expect(code).toBe(0);
});

test('--cluster is refused if it is no ARN of a cluster', async () => {
  const { stderr, code } = await credlock(['replay', '.', '--cluster', 'demo']);

  expect(stderr).toContain('"demo" is no ARN of a cluster, like arn:aws:eks:eu-west-1:111122223333:cluster/demo');
  expect(code).toBe(1);
});

test('without kubernetes among the workloads audit logs are not read', async () => {
  const config = put('credlock.json', json({ workloads: ['ec2-instance'] }));
  const { stdout, stderr, code } = await replay([
    put('a.jsonl', json(ANONYMOUS)),
    '--config',
    config,
    '--format',
    'jsonl',
  ]);

  expect(stderr).toContain(
    'it looks like an audit log of Kubernetes: give the log itself to `credlock replay`, with "kubernetes"',
  );
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
});

describe('--explain', () => {
  const file = (): string => put('a.jsonl', LINES.join('\n'));
  const explained = async (asked: string): Promise<string> =>
    (await replay([file(), '--cluster', ARN, '--explain', asked])).stdout;

  test('tells the rule, what decided, what was ruled out and what to do', async () => {
    const text = await explained('demo/shop/Pod/nginx');

    expect(text).toContain(
      'Decided by the rule PrivilegedContainer\n  securityContext.privileged of container b is true.',
    );
    expect(text).toContain('Ruled out:');
    expect(text).toContain('Next steps');
    expect(text).not.toContain('ExecInKubeSystemPod');
  });

  test.each([
    [ARN, TYPES],
    ['shop/nginx', ['PrivilegedContainer']],
    ['demo', TYPES],
    ['arn:aws:sts::111122223333:assumed-role/Admin/ana@example.com', ['ExecInKubeSystemPod', 'PrivilegedContainer']],
  ])('%s', async (asked, types) => {
    const text = await explained(asked);

    expect([...text.matchAll(/Decided by the rule (\w+)/g)].map(([, type]) => type)).toEqual(types);
  });
});

test('--state: in parts, in any order, the last run prints what one run over all prints', async () => {
  const whole = put('whole.jsonl', LINES.join('\n'));
  const parts = LINES.map((line, at) => put(`${at}.jsonl`, line));
  const once = await replay([whole, '--cluster', ARN, '--format', 'jsonl']);

  for (const order of [parts, parts.toReversed(), [...parts, ...parts]]) {
    const state = place('facts.gz');
    let last = '';
    for (const part of order)
      last = (await replay([part, '--cluster', ARN, '--format', 'jsonl', '--state', state])).stdout;
    expect(linesOf(last)).toEqual(linesOf(once.stdout));
  }
  expect(linesOf(once.stdout).length).toBe(3);
});

test('several threads find what one finds', async () => {
  const folder = place('audit');
  mkdirSync(folder, { recursive: true });
  const day = { nodes: 4, from: AT, hours: 1, leaseSeconds: 60, scans: 20, deploys: 40 };
  const quiet = [...quietCluster(day, seededRandom(1))].map(json);
  for (let at = 0; at < 6; at += 1) {
    const lines = quiet.map((line) => line.replace(/"auditID":"[^"]{4}/, `"auditID":"${at}aaa`));
    writeFileSync(join(folder, `${at}.jsonl`), [...lines, LINES[at % LINES.length]].join('\n'));
  }
  const [one, several] = await Promise.all(
    ['1', '3'].map((threads) => replay([folder, '--cluster', ARN, '--format', 'jsonl', '--threads', threads])),
  );

  expect(several?.stdout).toBe(one?.stdout);
  expect(several?.stderr).toBe(one?.stderr);
  expect(linesOf(one?.stdout ?? '').length).toBe(3);
});

test('the report says how much of audit logs was read', async () => {
  const out = place('report.html');
  await replay([put('a.jsonl', LINES.join('\n')), '--cluster', ARN, '--format', 'html', '--out', out]);
  const page = readFileSync(out, 'utf8');

  expect(page).toContain('Read 3 audit events of 1 cluster in 1 file, 2026-09-01 10:00 to 2026-09-01 10:00 UTC.');
  expect(page).toContain('<h1 id="summary-heading">3 findings</h1>');
  expect(page).toContain('Audit events: stages of requests that add nothing to the others');
  expect(page).not.toContain('Nothing was judged');
});

test.each(['table', 'asff', 'ocsf', 'csv'])('--format %s shows the findings', async (format) => {
  const { stdout, code } = await replay([put('a.jsonl', LINES.join('\n')), '--cluster', ARN, '--format', format]);

  expect(stdout).toMatch(/Exec/);
  expect(stdout).toMatch(/Privileged/);
  expect(code).toBe(0);
});
