import { gzipSync } from 'node:zlib';
import { falcoLine, tetragonLine } from '../../lambda/runtime/agent-lines';
import { chapter, CONFIG, credlock, findingsOf, IP_RANGES, place, put, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

const ARN = 'arn:aws:eks:eu-west-1:111122223333:cluster/demo';
const json = (value: unknown): string => JSON.stringify(value);
const ALARMS = [falcoLine(), tetragonLine()].map(json);
const OTHERS = [
  json(falcoLine({}, { rule: 'Terminal shell in container' })),
  json(falcoLine({}, { rule: 'Falco internal: timeouts notification', source: 'internal' })),
  json(falcoLine({}, { source: 'k8s_audit' })),
];
const LINES = [...ALARMS, ...OTHERS];
const TYPES = ['FilelessExecution', 'NewBinaryExecuted'];

function payload(messages: readonly string[], logGroup: string): string {
  return json({
    messageType: 'DATA_MESSAGE',
    owner: '444455556666',
    logGroup,
    logStream: 'alarms',
    subscriptionFilters: ['credlock-kubernetes-eu-west-1'],
    logEvents: messages.map((message, id) => ({ id: String(id), timestamp: 1_788_256_800_000, message })),
  });
}

test('alarms are found beside text and other lines, which are counted by their reason', async () => {
  const file = put('alarms.log', ['Falco 0.44.0 (x86_64)', ...LINES].join('\n'));
  const { stdout, stderr, code } = await replay([file, '--cluster', ARN]);

  expect(stdout).toMatch(/2 findings[^]*new binary/);
  expect(stderr).toContain('Read 1 file, 0 records, 2 alarms of 1 cluster.');
  expect(stderr).toContain(
    'Left out: alarms of plugins of agents: 1; lines of agents whose rule makes no finding: 1; notices of agents about themselves: 1.',
  );
  expect(code).toBe(0);
});

test('all that Firehose wrote of the log group of an agent is its own, and of the cluster of the group', async () => {
  const [falco = '', tetragon = ''] = ALARMS;
  const claims = json(falcoLine({ cluster: 'other', account: '999988887777', region: 'us-east-1' }));
  const objects = [
    payload([falco, claims, 'Falco 0.44.0'], '/credlock/falco/demo'),
    payload([tetragon, '{"process_exec":{"process":'], '/credlock/tetragon/demo'),
  ];
  const file = put('firehose.gz', Buffer.concat(objects.map((one) => gzipSync(one))));
  const { stdout, stderr, code } = await replay([file, '--format', 'jsonl']);

  const findings = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(findings.map(({ type }) => type)).toEqual(TYPES);
  expect(findings[1]).toMatchObject({
    workload: { id: 'demo/default/Pod/crypto', account: '444455556666', region: null },
    sessions: [],
    origin: null,
  });
  expect(stderr).toContain('3 alarms of 1 cluster');
  expect(stderr).toContain('lines of agents that are no JSON: 1');
  expect(stderr).toContain('1 line of an agent could not be read (no JSON: 1)');
  expect(code).toBe(2);
});

test.each([
  [
    'of Falco, by falcosidekick’s custom fields',
    falcoLine({ cluster: 'shop', account: '444455556666', region: 'eu-north-1' }),
  ],
  ['of Tetragon', { ...tetragonLine(), cluster_name: 'shop' }],
])('a line %s names its cluster, also another than --cluster', async (_what, line) => {
  const [finding] = await findingsOf([put('a.jsonl', json(line)), '--cluster', ARN]);

  expect(finding?.workload?.attributes['cluster']).toBe('shop');
  expect(finding?.workload?.account).not.toBe('111122223333');
});

test('alarms, audit logs and CloudTrail are read in one run, on threads too, and kept in the state', async () => {
  const state = place('state');
  const alarms = [put('a.jsonl', ALARMS[0] ?? ''), put('b.jsonl', ALARMS[1] ?? '')];
  const args = ['--cluster', ARN, '--config', CONFIG, '--state', state, '--format', 'jsonl'];
  const first = await replay([chapter('03'), ...alarms, '--threads', '2', ...args]);
  const again = await replay([chapter('03'), ...args]);

  expect(first.stderr).toContain(', 2 alarms of 1 cluster.');
  expect(first.stdout).toContain('"NewBinaryExecuted"');
  expect(again.stdout).toBe(first.stdout);
});

test('--explain tells what decided', async () => {
  const file = put('a.jsonl', ALARMS.join('\n'));
  const { stdout } = await replay([file, '--cluster', ARN, '--explain', 'demo/default/Pod/crypto']);

  expect(stdout).toContain('Decided by the rule NewBinaryExecuted');
  expect(stdout).toContain('expected-image: docker.io/library/ubuntu is not one of runtimeImages');
  expect(stdout).toContain('container-runtime: /usr/bin/python3 does not start a container with it');
});

test('an alarm comes from no address, and is no call that gave its caller something', async () => {
  const { stdout } = await replay([put('a.jsonl', ALARMS.join('\n')), '--cluster', ARN, '--format', 'csv']);
  const [, first = ''] = stdout.split('\n');

  expect(first).toContain(',no address,');
  expect(first).not.toMatch(/many origins|change/);
});

test('without kubernetes among the workloads nothing is read of them', async () => {
  const config = put('credlock.json', json({ workloads: ['ec2-instance'] }));
  const { stderr, code } = await credlock([
    'replay',
    put('a.jsonl', LINES.join('\n')),
    '--ip-ranges',
    IP_RANGES,
    '--config',
    config,
  ]);

  expect(stderr).toContain(
    'it looks like alarms of Falco or Tetragon: give them to `credlock replay`, with "kubernetes"',
  );
  expect(stderr).not.toMatch(/\d alarm/);
  expect(code).toBe(2);
});

test('in the report alarms are among what was read', async () => {
  const { stdout } = await replay([put('a.jsonl', LINES.join('\n')), '--cluster', ARN, '--format', 'html']);

  expect(stdout).toContain('Alarms of Falco and Tetragon');
  expect(stdout).toContain('Notices of agents about themselves');
});
