import { METRICS } from '../../lambda/environment';
import { BUCKETS, startHub, type Hub, type HubOptions } from './hub';
import { auditNotice, auditObject, auditPayload, type PayloadOf } from './kubernetes/audit-payloads';
import { auditRecord } from './kubernetes/audit-records';
import { call, HOME_ADDRESS, termination } from './records';

const CLUSTER_ACCOUNT = '111122223333';
const KEY = 'kubernetes/2026/09/01/10/credlock-kubernetes-1-2026-09-01-10-00-00-0a1b2c3d';
const STARTS_EXEC = {
  verb: 'create',
  requestURI: '/api/v1/namespaces/kube-system/pods/nginx/exec?command=sh&stdin=true',
  objectRef: { resource: 'pods', subresource: 'exec', namespace: 'kube-system', name: 'nginx' },
  responseStatus: { code: 101 },
};

let hub: Hub;

async function start(options: HubOptions = {}): Promise<void> {
  hub = await startHub({ ...options, settings: { organizationAccounts: [CLUSTER_ACCOUNT], ...options.settings } });
}

afterEach(() => hub.close());

let sequence = 0;

/** An exec into kube-system, each with an audit id of its own unless told. */
function exec(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  sequence += 1;
  return auditRecord({
    ...STARTS_EXEC,
    auditID: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    ...over,
  });
}

/** Puts an object and announces it. */
async function put(payloads: readonly object[] | Buffer, key = KEY): Promise<void> {
  hub.wire.s3.put(BUCKETS.audit, key, Buffer.isBuffer(payloads) ? payloads : auditObject(payloads));
  await hub.send(auditNotice(key, BUCKETS.audit), 'observeKubernetes');
}

/** Reads all objects and publishes what is found. */
async function settle(): Promise<string[]> {
  const again = await hub.drain('observeKubernetes');
  await hub.drain('publish');
  return again;
}

/** Reasons and details of what is in quarantine. */
function setAside(): string[] {
  return hub
    .queue('quarantine')
    .messages.map(({ attributes }) => `${attributes['reason']?.StringValue}: ${attributes['detail']?.StringValue}`);
}

function found(): string[] {
  return [...hub.onBus().values()].map(({ type, calls, events }) => `${type} ${calls ?? 'many'} of ${events.length}`);
}

test('an exec into a pod of kube-system becomes a finding, in Security Hub and on the bus', async () => {
  await start();
  await put([auditPayload([auditRecord(), exec()])]);
  expect(await settle()).toEqual([]);
  const [finding] = [...hub.onBus().values()];
  expect(finding).toMatchObject({
    type: 'ExecInKubeSystemPod',
    severity: 'MEDIUM',
    status: 'ACTIVE',
    workload: { account: CLUSTER_ACCOUNT, region: 'eu-west-1' },
    events: [{ source: 'kubernetes', name: 'create pods/exec' }],
  });
  expect(hub.imported().map(({ type, state }) => `${type} ${state}`)).toEqual(['ExecInKubeSystemPod ACTIVE']);
  expect(hub.counted(METRICS.auditEventsRead)).toBe(2);
  expect(hub.counted(METRICS.auditActs)).toBe(1);
});

test('the same object read again, by a second container or after one died, changes nothing', async () => {
  await start({ containers: 2 });
  await put([auditPayload([exec()])]);
  await settle();
  const before = [...hub.onBus().values()];
  for (let time = 0; time < 3; time += 1) await put([auditPayload([exec({ auditID: before[0]?.events[0]?.id })])]);
  hub.restart();
  await settle();
  expect([...hub.onBus().values()]).toEqual(before);
  expect(hub.wire.securityHub.findingsOf('999988887777', 'eu-central-1')).toHaveLength(1);
});

test('both stages of a request are one act, whichever comes first', async () => {
  await start();
  const begun = exec({ stage: 'ResponseStarted' });
  await put([auditPayload([{ ...begun, stage: 'ResponseComplete' }])]);
  await settle();
  await put([auditPayload([begun])], `${KEY}-later`);
  await settle();
  expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
});

test('requests of one caller and hour are one finding, which grows object by object', async () => {
  await start();
  for (let object = 0; object < 3; object += 1) {
    await put([auditPayload([exec(), exec()])], `${KEY}-${object}`);
    await settle();
  }
  expect(found()).toEqual(['ExecInKubeSystemPod 6 of 6']);
  expect(hub.imported()).toHaveLength(1);
});

test('of more requests than a finding shows, the earliest and the latest are kept, in any order of the objects', async () => {
  await start();
  const at = (second: number): string => new Date(Date.parse('2026-09-01T10:00:00Z') + second * 1_000).toISOString();
  const lines = Array.from({ length: 600 }, (_, second) => exec({ requestReceivedTimestamp: at(second) }));
  const parts = [lines.slice(300, 450), lines.slice(150, 300), lines.slice(450), lines.slice(0, 150)];
  for (const [part, some] of parts.entries()) {
    await put([auditPayload(some)], `${KEY}-${part}`);
    await settle();
  }
  const [finding] = [...hub.onBus().values()];
  expect(finding).toMatchObject({
    firstSeen: at(0).replace('.000', ''),
    lastSeen: at(599).replace('.000', ''),
    calls: null,
  });
  expect(finding?.events.map(({ time }) => time)).toEqual(
    Array.from({ length: 200 }, (_, second) => at(second).replace('.000', '')),
  );
  const stored = hub.wire.requests.filter(
    ({ service, operation }) => service === 'dynamodb' && operation === 'PutItem',
  );
  expect(stored.length).toBeLessThan(700);
});

describe('a payload is accepted', () => {
  test.each<[string, PayloadOf, string]>([
    ['of an account that is not watched', { owner: '444455556666' }, 'owner-not-watched: '],
    ['of no account', { owner: 'nobody' }, 'owner-not-watched: '],
    ['of another log group', { logGroup: '/aws/lambda/shop' }, 'not-an-audit-log: '],
    ['of a group that only ends like a cluster’s', { logGroup: '/mine/aws/eks/demo/cluster' }, 'not-an-audit-log: '],
    ['of a stream that anyone may have made', { logStream: 'kube-apiserver-audit-mine' }, 'not-an-audit-log: '],
    ['by another subscription', { subscriptionFilters: ['theirs'] }, 'not-an-audit-log: '],
    ['of another type', { messageType: 'OTHER' }, 'not-an-audit-log: '],
  ])('only by its place: not %s', async (_what, over, reason) => {
    await start();
    await put([auditPayload([exec()], over), auditPayload([exec()], over), auditPayload([exec()])]);
    expect(await settle()).toEqual([]);
    expect(setAside()).toEqual([expect.stringContaining(`${reason}${KEY}: `)]);
    expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
  });

  test('of an account that sends events, where none are listed', async () => {
    await start({ settings: { organizationAccounts: [] } });
    await put([auditPayload([exec()])]);
    await settle();
    expect(setAside()).toEqual([expect.stringContaining('owner-not-watched')]);
    await hub.sendEvents([termination('09:59')]);
    await hub.drain('observe');
    await put([auditPayload([exec()])]);
    await settle();
    expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
  });

  test.each<[string, object]>([
    ['a control message', { messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logGroup: '', logStream: '' }],
    ['a line of the authenticator', { logStream: 'authenticator-0123456789abcdef0123456789abcdef' }],
    ['a line of the API server', { logStream: 'kube-apiserver-0123456789abcdef0123456789abcdef' }],
  ])('and %s is passed over', async (_what, over) => {
    await start();
    await put([auditPayload([exec()], over)]);
    expect(await settle()).toEqual([]);
    expect([setAside(), found()]).toEqual([[], []]);
  });
});

describe('a message is accepted', () => {
  test.each<[string, object | string, string]>([
    ['from another service', auditNotice(KEY, BUCKETS.audit, { source: 'mine' }), 'source-not-aws'],
    ['from another account', auditNotice(KEY, BUCKETS.audit, { account: '444455556666' }), 'not-the-audit-bucket'],
    ['about another bucket', auditNotice(KEY, 'mine'), 'not-the-audit-bucket'],
    ['about another prefix', auditNotice('undelivered/1', BUCKETS.audit), 'not-the-audit-bucket'],
    ['about something else', { 'detail-type': 'Object Deleted' }, 'not-understood'],
    ['that is no JSON', 'none', 'not-json'],
    ['about an object that is gone', auditNotice(`${KEY}-gone`, BUCKETS.audit), 'object-gone'],
  ])('not one %s', async (_what, message, reason) => {
    await start();
    await hub.send(message, 'observeKubernetes');
    expect(await settle()).toEqual([]);
    expect(setAside()).toEqual([expect.stringContaining(reason)]);
  });
});

describe('an object', () => {
  test('with broken lines is read without them; each is named, without its text, and many are counted', async () => {
    await start();
    const broken = Array.from({ length: 30 }, (_, at) => `{"kind":"Secret ${at}`);
    await put([auditPayload([...broken, exec()])]);
    expect(await settle()).toEqual([]);
    expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
    expect(setAside()).toHaveLength(10);
    expect(setAside()[0]).toMatch(/^audit-event-unreadable: .*: log event 3+0: no JSON$/);
    expect(JSON.stringify(hub.queue('quarantine').messages)).not.toContain('Secret');
    expect(hub.counted(METRICS.auditEventsSkipped, { reason: 'audit-event-unreadable' })).toBe(30);
  });

  test('with events of the future is read without them', async () => {
    await start();
    await put([auditPayload([exec({ requestReceivedTimestamp: '2099-01-01T00:00:00Z' }), exec()])]);
    await settle();
    expect(setAside()).toEqual([expect.stringContaining('record-in-the-future')]);
    expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
  });

  test.each<[string, (whole: Buffer) => Buffer]>([
    ['that breaks off', (whole) => whole.subarray(0, whole.length - 40)],
    ['that ends in something else', (whole) => Buffer.concat([whole, Buffer.from('?')])],
  ])('%s is read up to there and quarantined', async (_what, change) => {
    await start();
    await put(change(auditObject([auditPayload([exec()]), auditPayload([exec({ user: { username: 'eve' } })])])));
    expect(await settle()).toEqual([]);
    expect(setAside()).toEqual([expect.stringContaining(`object-unreadable: ${KEY}: `)]);
    expect(found()[0]).toBe('ExecInKubeSystemPod 1 of 1');
  });

  test('as JSON without compression, with and without lines between, is read as well', async () => {
    await start();
    const texts = [auditPayload([exec()]), auditPayload([exec()])].map((payload) => JSON.stringify(payload));
    await put(Buffer.from(texts.join('')));
    await put(Buffer.from(`${texts.join('\n')}\n`), `${KEY}-lines`);
    expect(await settle()).toEqual([]);
    expect(found()).toEqual(['ExecInKubeSystemPod 2 of 2']);
  });

  test('that broke off on its way is read again, and is not quarantined', async () => {
    await start();
    await put([auditPayload(Array.from({ length: 2_000 }, () => exec()))]);
    hub.wire.fail({ service: 's3', where: ({ target }) => target.includes('kubernetes') }, { kind: 'drop-midway' });
    await settle();
    hub.clock.advance(61_000);
    expect(await settle()).toEqual([]);
    expect(setAside()).toEqual([]);
    expect(found()).toEqual(['ExecInKubeSystemPod many of 200']);
  });

  test('whose acts cannot be stored is read again', async () => {
    await start();
    await put([auditPayload([exec()])]);
    hub.wire.fail({ service: 'dynamodb', operation: 'PutItem' }, { kind: 'throttle' });
    expect(await settle()).toHaveLength(1);
    hub.clock.advance(61_000);
    expect(await settle()).toEqual([]);
    expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
  });
});

test('a suppression archives a finding that was open, and keeps others closed', async () => {
  await start();
  await put([auditPayload([exec()])]);
  await settle();
  const hidden = { cluster: 'demo', reason: 'drill', owner: 'ana', expires: '2027-01-01' };
  hub.putSettings({ organizationAccounts: [CLUSTER_ACCOUNT], suppressions: [hidden] });
  hub.clock.advance(120_000);
  await put([auditPayload([exec()])], `${KEY}-later`);
  await settle();
  expect(hub.imported().map(({ state }) => state)).toEqual(['ARCHIVED']);
});

test('nothing is read where the settings leave out clusters', async () => {
  await start({ settings: { workloads: ['ec2-instance'] } });
  await put([auditPayload([exec()])]);
  expect(await settle()).toEqual([]);
  expect([setAside(), found()]).toEqual([[], []]);
  expect(hub.counted(METRICS.messagesIgnored, { reason: 'kubernetes-not-wanted' })).toBe(1);
});

test('names of any length and alphabet are stored', async () => {
  await start();
  const username = 'ü'.repeat(500);
  await put([auditPayload([exec({ user: { username, groups: [] } })])]);
  expect(await settle()).toEqual([]);
  expect(found()).toEqual(['ExecInKubeSystemPod 1 of 1']);
  expect(hub.imported().map(({ id }) => id.length <= 512)).toEqual([true]);
});

describe('requests of AWS sessions', () => {
  const NODE = 'i-0c1a5b2d3e4f50617';
  const HOME = '10.0.1.5';

  function asNode(time: string, source: string): Record<string, unknown> {
    sequence += 1;
    return auditRecord({
      auditID: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
      verb: 'list',
      requestURI: '/api/v1/namespaces/shop/secrets',
      objectRef: { resource: 'secrets', namespace: 'shop', apiVersion: 'v1' },
      user: {
        username: 'system:node:ip-10-0-1-5.eu-west-1.compute.internal',
        groups: ['system:nodes', 'system:authenticated'],
        extra: {
          accessKeyId: ['ASIAEXAMPLENODE00001'],
          arn: [`arn:aws:sts::${CLUSTER_ACCOUNT}:assumed-role/demo-node/${NODE}`],
          sessionName: [NODE],
        },
      },
      sourceIPs: [source],
      requestReceivedTimestamp: `2026-09-01T${time}.000000Z`,
      stageTimestamp: `2026-09-01T${time}.100000Z`,
    });
  }

  async function confirmed(): Promise<string[]> {
    await settle();
    await hub.drain('confirm');
    await hub.drain('publish');
    return [...hub.onBus().values()].map(
      ({ type, severity, status, title }) => `${severity} ${type} ${status}: ${title}`,
    );
  }

  test('show a node’s credentials outside AWS, which CloudTrail never does', async () => {
    await start();
    await put([auditPayload([asNode('09:00:00', HOME), asNode('09:30:00', '192.0.2.77')])]);
    expect(await confirmed()).toEqual([
      `HIGH OutsideAWS ACTIVE: Credentials of EC2 instance ${NODE} used outside AWS: 192.0.2.77 at cluster demo`,
    ]);
    expect(hub.counted(METRICS.suspicionsRequested)).toBe(1);
  });

  test('of the node’s own are quiet, and repeated ones are not stored again', async () => {
    await start();
    await put([auditPayload([asNode('09:00:00', HOME), asNode('09:30:00', HOME)])]);
    expect(await confirmed()).toEqual([]);
    const judged = hub.counted(METRICS.workloadsJudged);
    await put([auditPayload([asNode('09:40:00', HOME), asNode('09:50:00', HOME)])], `${KEY}-2`);
    expect(await confirmed()).toEqual([]);
    // One of the session, and the address that the node had.
    expect(hub.counted(METRICS.facts)).toBe(2);
    expect(hub.counted(METRICS.workloadsJudged)).toBe(judged);
  });

  test('and records of CloudTrail are judged together, whichever comes first', async () => {
    await start();
    await put([auditPayload([asNode('09:30:00', '192.0.2.77')])]);
    await settle();
    await hub.sendEvents([call('09:00', HOME_ADDRESS, { instance: NODE, accessKeyId: 'ASIAEXAMPLENODE00001' })]);
    await hub.drain('observe');
    expect(await confirmed()).toHaveLength(1);
    const [finding] = [...hub.onBus().values()];
    expect(finding?.lock).toMatchObject([{ origin: { kind: 'public', ip: HOME_ADDRESS } }]);
  });

  test('among what simulate put into the bucket are not judged, and hide no real ones', async () => {
    await start();
    const lines = [asNode('09:00:00', HOME), asNode('09:30:00', '192.0.2.77')];
    await put([auditPayload(lines, { owner: '999988887777' })], 'kubernetes/simulation/mine');
    expect(await confirmed()).toEqual([]);
    expect(hub.counted(METRICS.suspicionsRequested)).toBe(0);
    await put([auditPayload(lines)]);
    expect(await confirmed()).toHaveLength(1);
  });

  test('come again, and once only, where the request to confirm could not be sent', async () => {
    await start();
    hub.wire.fail({ service: 'sqs', operation: 'SendMessageBatch' }, { kind: 'throttle' });
    await put([auditPayload([asNode('09:00:00', HOME), asNode('09:30:00', '192.0.2.77')])]);
    expect(await settle()).not.toEqual([]);
    hub.clock.advance(61_000);
    expect(await confirmed()).toHaveLength(1);
    expect(hub.counted(METRICS.suspicionsRequested)).toBe(1);
  });
});
