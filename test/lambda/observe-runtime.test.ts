import { METRICS } from '../../lambda/environment';
import { BUCKETS, startHub, type Hub, type HubOptions } from './hub';
import { auditNotice, auditObject, auditPayload, type PayloadOf } from './kubernetes/audit-payloads';

const ACCOUNT = '111122223333';
const KEY = 'kubernetes/2026/09/01/10/credlock-kubernetes-1-2026-09-01-10-00-00-0a1b2c3d';
const FALCO: PayloadOf = { logGroup: '/credlock/falco/demo', logStream: 'falcosidekick-logstream' };
const TETRAGON: PayloadOf = { logGroup: '/credlock/tetragon/demo', logStream: 'ip-10-0-1-23.tetragon' };

let hub: Hub;

async function start(options: HubOptions = {}): Promise<void> {
  hub = await startHub({ ...options, settings: { organizationAccounts: [ACCOUNT], ...options.settings } });
}

afterEach(() => hub.close());

const FIELDS = {
  'container.id': '3f1c9a70b2de',
  'container.image.repository': 'docker.io/library/ubuntu',
  'k8s.ns.name': 'default',
  'k8s.pod.name': 'crypto',
  'proc.exepath': '/usr/bin/curl',
  'proc.name': 'curl',
};

/** A line of falcosidekick about a binary that is not of its image. */
function falcoLine(over: Readonly<Record<string, unknown>> = {}, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    hostname: 'ip-10-0-1-23.eu-west-1.compute.internal',
    output: 'Executing binary not part of base image',
    output_fields: { ...FIELDS, ...fields },
    priority: 'Critical',
    rule: 'Drop and execute new binary in container',
    source: 'syscall',
    time: '2026-09-01T10:00:00.682419669Z',
    ...over,
  };
}

/** A line of Tetragon about a program without a file. */
const TETRAGON_LINE = {
  process_exec: {
    process: {
      exec_id: 'ZGVtbzoxOjE=',
      binary: '/proc/self/fd/3',
      pod: { namespace: 'shop', name: 'web', container: { name: 'web', image: { name: 'docker.io/library/nginx:1' } } },
      binary_properties: { file: { inode: { number: '45021', links: 0 } } },
    },
    parent: { binary: '/bin/bash' },
  },
  node_name: 'ip-10-0-1-23.eu-west-1.compute.internal',
  time: '2026-09-01T10:00:00.1Z',
};

async function read(...payloads: readonly object[]): Promise<void> {
  hub.wire.s3.put(BUCKETS.audit, KEY, auditObject(payloads));
  await hub.send(auditNotice(KEY, BUCKETS.audit), 'observeKubernetes');
  expect(await hub.drain('observeKubernetes')).toEqual([]);
  await hub.drain('publish');
}

function found(): string[] {
  return [...hub.onBus().values()].map(({ type, workload }) => `${type} ${workload?.id} ${workload?.account}`);
}

function setAside(): string[] {
  return hub
    .queue('quarantine')
    .messages.map(({ attributes }) => `${attributes['reason']?.StringValue}: ${attributes['detail']?.StringValue}`);
}

test('alarms of both agents become findings, in Security Hub and on the bus, of the cluster that their log group names', async () => {
  await start();
  await read(auditPayload([falcoLine()], FALCO), auditPayload([TETRAGON_LINE], TETRAGON));
  expect(found().sort()).toEqual([
    expect.stringMatching(/^FilelessExecution .*demo.*shop.*web 111122223333$/),
    expect.stringMatching(/^NewBinaryExecuted .*demo.*default.*crypto 111122223333$/),
  ]);
  expect(hub.imported().map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(hub.counted(METRICS.runtimeLinesRead)).toBe(2);
  expect(hub.counted(METRICS.auditEventsRead)).toBe(0);
  expect(hub.counted(METRICS.auditActs, { type: 'NewBinaryExecuted' })).toBe(1);
});

test('a program that a shell starts is named, not the shell', async () => {
  await start();
  const { process } = TETRAGON_LINE.process_exec;
  const args = [{ linux_binprm_arg: { path: '/opt/xmrig' } }];
  const line = {
    ...TETRAGON_LINE,
    process_kprobe: { process: { ...process, binary: '/bin/bash' }, args, policy_name: 'credlock-miner' },
  };
  await read(auditPayload([{ ...line, process_exec: undefined }], TETRAGON));
  const [finding] = [...hub.onBus().values()];
  expect(finding?.workload?.attributes).toMatchObject({ binary: '/opt/xmrig', rule: 'credlock-miner' });
});

test('a line cannot name another account or cluster than its log group’s', async () => {
  await start();
  const claims = { cluster: 'prod', account: '444455556666', region: 'us-east-1' };
  await read(auditPayload([falcoLine({}, claims)], FALCO));
  expect(found()).toEqual([expect.stringMatching(/demo.* 111122223333$/)]);
});

test('a program that restarts for hours is one finding, and the table keeps few of its alarms', async () => {
  await start();
  const at = (second: number): string => new Date(Date.parse('2026-09-01T10:00:00Z') + second * 1_000).toISOString();
  await read(
    ...[0, 1, 2].map((part) =>
      auditPayload(
        Array.from({ length: 400 }, (_, n) => falcoLine({ time: at(part * 400 + n) })),
        FALCO,
      ),
    ),
  );
  expect(found()).toHaveLength(1);
  const stored = hub.wire.requests.filter(({ operation }) => operation === 'PutItem');
  expect(stored.length).toBeLessThan(300);
});

test('what is no alarm is counted by its reason, and nothing is quarantined', async () => {
  await start();
  const lines = [
    falcoLine({ rule: 'Falco internal: syscall event drop', source: 'internal' }),
    falcoLine({ rule: 'Terminal shell in container' }),
    falcoLine({ source: 'k8s_audit' }),
    'Falco initialized with configuration file /etc/falco/falco.yaml',
  ];
  await read(auditPayload(lines, FALCO));
  expect([found(), setAside()]).toEqual([[], []]);
  for (const reason of ['internal-notice', 'unmapped-rule', 'other-source', 'plain-text'])
    expect(hub.counted(METRICS.auditEventsSkipped, { reason })).toBe(1);
});

test('a line that was cut, that has no time or one of the future is quarantined without its text, and the others are read', async () => {
  await start();
  const cut = JSON.stringify(falcoLine({ output: 'secret' })).slice(0, 150);
  await read(
    auditPayload([cut, falcoLine({ time: 'none' }), falcoLine({ time: '2099-01-01T00:00:00Z' }), falcoLine()], FALCO),
  );
  expect(found()).toHaveLength(1);
  expect(setAside().map((line) => line.replace(/: .*: /, ' … '))).toEqual([
    'alarm-unreadable … no JSON',
    'alarm-unreadable … no time',
    expect.stringMatching(/^record-in-the-future/),
  ]);
  expect(JSON.stringify(hub.queue('quarantine').messages)).not.toContain('secret');
});

test.each<[string, PayloadOf]>([
  ['of an account that is not watched', { ...FALCO, owner: '444455556666' }],
  ['of another group', { ...FALCO, logGroup: '/credlock/falco/demo/other' }],
  ['of another agent', { ...FALCO, logGroup: '/credlock/other/demo' }],
  ['by another subscription', { ...FALCO, subscriptionFilters: ['theirs'] }],
])('alarms %s are not read', async (_what, over) => {
  await start();
  await read(auditPayload([falcoLine()], over));
  expect(found()).toEqual([]);
  expect(setAside()).toEqual([expect.stringMatching(/^(?:owner-not-watched|not-an-audit-log): /)]);
});

test('expected images and rules that the settings leave out raise nothing', async () => {
  const kubernetes = { runtimeImages: ['docker.io/library/ubuntu'] };
  await start({ settings: { kubernetes } });
  await read(auditPayload([falcoLine()], FALCO));
  expect(found()).toEqual([]);
});
