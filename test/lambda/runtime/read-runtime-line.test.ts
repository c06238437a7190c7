import { DEFAULT_KUBERNETES } from '../../../lambda/detection/model/kubernetes-settings';
import type { KubernetesAct } from '../../../lambda/kubernetes/act';
import { ActSet } from '../../../lambda/kubernetes/act-set';
import { composeActs, type ActContext } from '../../../lambda/kubernetes/compose-acts';
import { UNKNOWN_CLUSTER } from '../../../lambda/kubernetes/cluster';
import { actsOf } from '../../../lambda/kubernetes/rules';
import { readRuntimeLine, type RuntimeReading } from '../../../lambda/runtime/read-runtime-line';
import { auditEvent, DEMO_CLUSTER } from '../kubernetes/audit-records';
import { falcoLine, tetragonLine, tetragonProcess } from './agent-lines';

const CONTEXT: ActContext = { ownerOf: () => ({ ownership: 'unknown', account: null, region: null, why: '' }) };
const falco = (line: unknown, cluster = DEMO_CLUSTER): RuntimeReading =>
  readRuntimeLine(line, cluster, 'falco', DEFAULT_KUBERNETES);
const tetragon = (line: unknown, cluster = DEMO_CLUSTER): RuntimeReading =>
  readRuntimeLine(line, cluster, 'tetragon', DEFAULT_KUBERNETES);

function actIn(read: RuntimeReading): KubernetesAct {
  const [act] = 'acts' in read ? read.acts : [];
  if (!act) throw new Error(`no act: ${JSON.stringify(read)}`);
  return act;
}

describe('what is no alarm', () => {
  test.each([
    [
      'a notice of Falco',
      () => falco(falcoLine({}, { rule: 'Falco internal: timeouts notification' })),
      'internal-notice',
    ],
    ['a line of Falco about itself', () => falco(falcoLine({}, { source: 'internal' })), 'internal-notice'],
    ['a rule that is not mapped', () => falco(falcoLine({}, { rule: 'Terminal shell in container' })), 'unmapped-rule'],
    ['a plugin’s alarm', () => falco(falcoLine({}, { source: 'aws_cloudtrail' })), 'other-source'],
    ['text', () => falco('Thu Sep  1 10:00:00 2026: Falco version: 0.44.0'), 'plain-text'],
    ['text in Fluent Bit’s wrapper', () => falco({ log: 'Falco initialized', stream: 'stderr' }), 'plain-text'],
    [
      'an execution of a file',
      () => tetragon({ process_exec: { process: tetragonProcess('/bin/sh') } }),
      'unmapped-rule',
    ],
    [
      'the end of a process',
      () => tetragon({ process_exit: { process: tetragonProcess('/bin/sh') } }),
      'unmapped-rule',
    ],
    [
      'an event without a policy',
      () => tetragon({ process_kprobe: { process: tetragonProcess('/bin/sh') } }),
      'unmapped-rule',
    ],
    ['a throttled cgroup', () => tetragon({ process_throttle: { type: 'THROTTLE_START' } }), 'internal-notice'],
    ['lost events', () => tetragon({ rate_limit_info: { number_of_dropped_process_events: '12' } }), 'internal-notice'],
    ['a test of Tetragon', () => tetragon({ test: {} }), 'internal-notice'],
  ])('%s', (_what, read, notAnAlarm) => {
    expect(read()).toEqual({ notAnAlarm });
  });

  test.each([
    ['a line that was cut', () => falco(JSON.stringify(falcoLine()).slice(0, 200)), 'no JSON'],
    ['a list', () => falco([falcoLine()]), 'no JSON object'],
    ['a number', () => falco('17'), 'no JSON object'],
    ['nothing', () => falco(undefined), 'no JSON object'],
    ['no rule', () => falco(falcoLine({}, { rule: '' })), 'no rule'],
    ['no time', () => falco(falcoLine({}, { time: 'soon' })), 'no time'],
    ['another agent’s line', () => tetragon(falcoLine()), 'no event of Tetragon'],
    ['a process without a time', () => tetragon({ ...tetragonLine({ start_time: null }), time: null }), 'no time'],
  ])('%s is a fault', (_what, read, fault) => {
    expect(read()).toEqual({ fault });
  });
});

test('what is kept of a line of Falco', () => {
  const { evidence, attributes, ...act } = actIn(falco(falcoLine({ 'proc.cmdline': 'curl -u a:hunter2 x' })));

  expect(act).toMatchObject({
    type: 'NewBinaryExecuted',
    severity: 'MEDIUM',
    object: { kind: 'Pod', namespace: 'default', name: 'crypto' },
    title: 'new binary /usr/bin/curl in pod default/crypto',
    time: Date.parse('2026-09-01T10:00:00.682Z'),
    auditId: 'ip-10-0-1-23.eu-west-1.compute.internal/2026-09-01T10:00:00.682419669Z',
    caller: null,
    agent: 'falco',
    source: null,
    name: 'Drop and execute new binary in container',
    target: 'default/crypto',
  });
  expect(attributes).toEqual({
    pod: 'crypto',
    container: 'crypto',
    image: 'docker.io/library/ubuntu',
    binary: '/usr/bin/curl',
    node: 'ip-10-0-1-23.eu-west-1.compute.internal',
    rule: 'Drop and execute new binary in container',
  });
  expect(evidence[1]).toBe(
    'The process ran in container crypto of image docker.io/library/ubuntu:24.04 on node ip-10-0-1-23.eu-west-1.compute.internal as user root, started by bash.',
  );
  expect(evidence[2]).toMatch(/^Lines of an agent are claims/);
});

test('the id that falcosidekick gives a line is that of the record', () => {
  expect(actIn(falco(falcoLine({}, { uuid: 'ec834826' }))).auditId).toBe('ec834826');
});

test('the same alarm has the same key however it comes, and another one has another', () => {
  const line = JSON.stringify(falcoLine());
  const keys = [
    falco(line),
    falco(`2026-09-01T10:00:01.5Z stdout F ${line}`),
    falco({ log: line, stream: 'stdout' }),
    falco({ log: '…', log_processed: falcoLine() }),
    falco(falcoLine({}, { uuid: 'ec834826' })),
    falco(falcoLine({}, { time: '2026-09-01T10:00:00.682419670Z' })),
    falco(falcoLine({ 'proc.pid': 52_699 })),
    falco(falcoLine({ 'container.id': '000000000000' })),
    falco(falcoLine({}, { hostname: 'other' })),
  ].map((read) => actIn(read).key);

  expect(new Set(keys.slice(0, 5)).size).toBe(1);
  expect(new Set(keys.slice(4)).size).toBe(5);
});

test('numbers beyond 2^53 and beyond all doubles are read', () => {
  const line = JSON.stringify(falcoLine({ a: 1 })).replace(
    '"a":1',
    `"a":18446744073670260079,"b":1${'0'.repeat(5_000)},"c":-1e999`,
  );
  expect(actIn(falco(line)).type).toBe('NewBinaryExecuted');
});

test('paths are cut at 256 characters, control characters are escapes, tokens are replaced', () => {
  const path = (given: string): string | undefined =>
    actIn(falco(falcoLine({ 'proc.exepath': given }))).attributes['binary'];

  expect(path(`/${'x'.repeat(5_000)}`)).toMatch(/^\/x{254}…$/);
  expect(path('/tmp/\u001b]0;x\u0007\u202e\n')).toBe('/tmp/\\u001b]0;x\\u0007\\u202e\\u000a');
  expect(path('/tmp/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln')).toBe('/tmp/[removed]');
  expect(path(`/${'x'.repeat(253)}😀x`)).toBe(`/${'x'.repeat(253)}…`);
  expect(path('')).toBe('curl');
});

test('no command line, argument, environment or output is kept', () => {
  const secret = 'hunter2';
  const lines = [
    falco(
      falcoLine(
        {
          'proc.cmdline': secret,
          'proc.exe': secret,
          'proc.args': secret,
          'proc.env': secret,
          'proc.cwd': secret,
          'proc.pcmdline': secret,
        },
        { output: secret, tags: [secret], rule: 'credlock: mining domain in a command line' },
      ),
    ),
    tetragon(tetragonLine({ arguments: secret, cwd: secret, environment_variables: [{ key: secret, value: secret }] })),
  ];
  for (const read of lines) {
    expect(JSON.stringify(actIn(read))).not.toContain(secret);
    expect(JSON.stringify(composeActs([actIn(read)], CONTEXT))).not.toContain(secret);
  }
});

describe('the domain of a mining pool', () => {
  const domain = (fields: Readonly<Record<string, unknown>>): string | undefined =>
    actIn(falco(falcoLine(fields, { rule: 'credlock: mining domain asked for' }))).attributes['domain'];

  test.each([
    [
      'in the bytes of a query',
      { 'evt.buffer': '.C..........US-east.hub.miningpoolhub.com.....' },
      'us-east.hub.miningpoolhub.com',
    ],
    [
      'in raw bytes of a query',
      { 'evt.buffer': '\u0001\u0002\u0001\u0000\u0004pool\u0005xmrig\u0003com\u0000\u0000\u0001' },
      undefined,
    ],
    ['in a URL', { 'proc.cmdline': 'curl -s http://pool.example.org:12026/x' }, 'pool.example.org'],
    [
      'in a URL with what signs in',
      { 'proc.cmdline': 'curl https://ana:hunter2@pool.example.org' },
      'pool.example.org',
    ],
    [
      'in a URL of a miner',
      { 'proc.cmdline': 'x -o stratum+tcp://xmr.pool.example.org:3333 -u wallet' },
      'xmr.pool.example.org',
    ],
    ['only as an address', { 'proc.cmdline': 'curl http://192.0.2.7/x.com' }, undefined],
    ['only as a path', { 'proc.cmdline': 'cat /etc/pool.example.org' }, undefined],
    ['in no field', {}, undefined],
    ['in no text', { 'evt.buffer': 7, 'proc.cmdline': ['http://pool.example.org'] }, undefined],
  ])('%s', (_where, fields, expected) => {
    expect(domain(fields)).toBe(expected);
  });

  test('is searched in linear time', () => {
    const begin = performance.now();
    for (const piece of ['a.', 'a-', '.', '://', '://a@', '://a.', 'x'])
      domain({ 'evt.buffer': piece.repeat(50_000), 'proc.cmdline': piece.repeat(50_000) });
    expect(performance.now() - begin).toBeLessThan(2_000);
  });
});

describe('the cluster', () => {
  const CLAIM = { cluster: 'shop', account: '444455556666', region: 'eu-north-1' };

  test('of the log group counts, whatever the line claims', () => {
    expect(actIn(falco(falcoLine(CLAIM))).cluster).toEqual(DEMO_CLUSTER);
    expect(actIn(tetragon({ ...tetragonLine(), cluster_name: 'shop' })).cluster).toEqual(DEMO_CLUSTER);
  });

  test('that nothing else names is the one that the line claims', () => {
    const cluster = { partition: 'aws', account: '444455556666', region: 'eu-north-1', name: 'shop' };
    expect(actIn(falco(falcoLine(CLAIM), UNKNOWN_CLUSTER)).cluster).toEqual(cluster);
    expect(actIn(falco(falcoLine({ ...CLAIM, region: 'eu north', account: '4' }), UNKNOWN_CLUSTER)).cluster).toEqual({
      ...cluster,
      account: null,
      region: null,
    });
    expect(actIn(falco(falcoLine({ ...CLAIM, cluster: '../x' }), UNKNOWN_CLUSTER)).cluster).toEqual(UNKNOWN_CLUSTER);
    expect(actIn(tetragon({ ...tetragonLine(), cluster_name: 'shop' }, UNKNOWN_CLUSTER)).cluster.name).toBe('shop');
  });
});

test('a command run in a pod and a binary dropped in it are one incident', () => {
  const event = auditEvent({
    verb: 'get',
    requestURI: '/api/v1/namespaces/kube-system/pods/nginx/exec?command=sh',
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'kube-system', name: 'nginx' },
    responseStatus: { code: 101 },
  });
  const dropped = actIn(falco(falcoLine({ 'k8s.ns.name': 'kube-system', 'k8s.pod.name': 'nginx' })));
  const incidents = [actsOf(event, DEFAULT_KUBERNETES), [dropped]].map(
    (acts) => composeActs(acts, CONTEXT)?.incidentId,
  );

  expect(incidents[0]).toMatch(/kube-system\/nginx$/);
  expect(incidents[1]).toBe(incidents[0]);
});

test('a miner that restarts 10,000 times is one finding', () => {
  const acts = new ActSet();
  for (let at = 0; at < 10_000; at += 1) {
    const time = new Date(Date.parse('2026-09-01T00:00:00Z') + at * 8_000).toISOString();
    acts.add(
      actIn(falco(falcoLine({ 'container.id': String(at) }, { rule: 'Known Cryptominer Process Executed', time }))),
    );
  }
  const [group = [], ...others] = [...acts.groups()];

  expect(others).toEqual([]);
  expect(group).toHaveLength(202);
  expect(composeActs(group, CONTEXT)).toMatchObject({
    type: 'CryptoMining',
    severity: 'HIGH',
    firstSeen: '2026-09-01T00:00:00Z',
    lastSeen: '2026-09-01T22:13:12Z',
    calls: null,
    callsAtLeast: 200,
    description: expect.stringContaining('More than 200 alarms belong to it') as string,
  });
});

test('an act has at most 8,000 characters, and its group fits into a key of the table', () => {
  const long = '山'.repeat(5_000);
  const names = ['container.name', 'container.image.repository', 'container.image.tag', 'k8s.ns.name', 'k8s.pod.name'];
  const more = ['proc.exepath', 'proc.pname', 'user.name', 'fd.name', 'container.id', 'proc.pid'];
  const fields = Object.fromEntries([...names, ...more].map((name) => [name, long]));
  for (const rule of Object.keys(DEFAULT_KUBERNETES.runtimeRules).filter((name) => !name.startsWith('process'))) {
    const act = actIn(falco(falcoLine(fields, { rule, hostname: long, uuid: long, time: '2026-09-01T10:00:00Z' })));
    expect(JSON.stringify(act).length).toBeLessThanOrEqual(8_000);
    expect(Buffer.byteLength(act.group)).toBeLessThan(1_024);
    expect(composeActs([act], CONTEXT)?.title.length).toBeLessThanOrEqual(256);
  }
});
