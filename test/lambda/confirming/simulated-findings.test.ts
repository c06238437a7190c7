import { METRICS } from '../../../lambda/environment';
import { HUB, startHub, type Hub } from '../hub';
import { eventOf } from '../../../trail-writer/event';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP } from '../records';

const THEFT = [
  call('11:00', HOME_ADDRESS, { account: HUB }),
  call('11:58', AWAY_ADDRESS, { account: HUB, name: 'ListBuckets', source: 's3.amazonaws.com' }),
];
const SAMPLE = { source: 'credlock.simulation', account: HUB };
const SAMPLE_ID = `credlock/sample/aws/${HUB}/ec2-instance/${INSTANCE}/public/${AWAY_ADDRESS}`;

let hub: Hub;

async function start(settings: object = {}): Promise<void> {
  hub = await startHub({ settings });
}

afterEach(() => hub.close());

async function simulate(records: readonly object[] = THEFT): Promise<void> {
  for (const record of records) await hub.send(eventOf(record, SAMPLE));
}

/** What was written into the table, and where. */
function partitions(): string[] {
  const writes = hub.wire.requests.filter(({ operation }) => ['PutItem', 'UpdateItem'].includes(operation));
  return writes.flatMap(({ body }) => /"pk":\{"S":"([^"]*)"/.exec(body)?.[1] ?? []);
}

describe('a sample theft', () => {
  test('is delivered to all sinks, marked as a sample, without waiting', async () => {
    await start();
    await simulate();
    for (const name of ['observe', 'confirm', 'publish'] as const) expect(await hub.drain(name)).toEqual([]);
    expect(hub.imported()).toMatchObject([{ id: SAMPLE_ID, state: 'ACTIVE', type: 'OutsideAWS' }]);
    const [asff] = hub.wire.securityHub.findingsOf(HUB, 'eu-central-1');
    expect(asff).toMatchObject({
      Sample: true,
      Title: expect.stringMatching(/^\[Sample\] Credentials of EC2 instance/),
    });
    expect(hub.onBus().get(SAMPLE_ID)).toMatchObject({
      sample: true,
      incidentId: `credlock/sample/incident/aws/${HUB}/ec2-instance/${INSTANCE}`,
      description: expect.stringContaining('nothing happened'),
    });
    const [mail] = hub.wire.sns.messages;
    expect(mail?.subject).toMatch(/^credlock sample HIGH OutsideAWS/);
    expect(hub.counted(METRICS.samplesRead)).toBe(2);
    expect(hub.counted(METRICS.recordsRead)).toBe(0);
  });

  test('leaves nothing in real partitions, no account and no heartbeat', async () => {
    await start();
    await simulate();
    await hub.settle();
    expect(partitions().length).toBeGreaterThan(5);
    expect(partitions().filter((pk) => !pk.startsWith('SIM#'))).toEqual([]);
    expect(await hub.rejudge()).toEqual({ open: 0, asked: 0 });
  });

  test('is reported whatever the settings are for real ones', async () => {
    await start({
      mode: 'learn',
      trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }],
      suppressions: [{ account: HUB, reason: 'all', owner: 'me', expires: '2030-01-01' }],
      workloads: ['ecs-task'],
      holdMinutes: 15,
    });
    await simulate();
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ id: SAMPLE_ID, state: 'ACTIVE' }]);
    expect(hub.wire.sns.messages).toHaveLength(1);
  });

  test('of calls from home alone is nothing', async () => {
    await start();
    await simulate(THEFT.slice(0, 1));
    await hub.settle();
    expect(hub.imported()).toEqual([]);
    expect(hub.counted(METRICS.samplesRead)).toBe(1);
  });

  test('proves nothing about the real instance of that name, and is proven by nothing of it', async () => {
    await start();
    await simulate(THEFT.slice(0, 1));
    await hub.sendEvents(THEFT.slice(1));
    await hub.settle();
    const sampled = hub.imported();
    await hub.close();
    await start();
    await hub.sendEvents(THEFT.slice(1));
    await hub.settle();
    expect(sampled).toEqual(hub.imported());
  });

  test('and the real one are two findings, each with its own life', async () => {
    await start();
    await simulate();
    await hub.sendEvents(THEFT);
    await hub.settle();
    const real = SAMPLE_ID.replace('sample/', '');
    expect(
      hub
        .imported()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([real, SAMPLE_ID]);
    expect(hub.onBus().get(real)).toMatchObject({ sample: false, title: expect.stringMatching(/^Credentials of/) });
    hub.putSettings({ trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }] });
    hub.clock.advance(61_000);
    await hub.rejudge();
    await hub.settle();
    expect(new Map(hub.imported().map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        [real, 'ARCHIVED'],
        [SAMPLE_ID, 'ACTIVE'],
      ]),
    );
  });

  test('is retried where its facts could not be stored, and is reported then', async () => {
    await start();
    hub.wire.fail(
      { service: 'dynamodb', operation: 'UpdateItem', where: ({ body }) => body.includes('SIM#workload#') },
      { kind: 'throttle', times: 1 },
    );
    await simulate();
    expect(await hub.drain('observe')).not.toEqual([]);
    hub.clock.advance(61_000);
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ id: SAMPLE_ID }]);
  });
});

describe('what only claims to be a sample', () => {
  test.each([
    ['a real record of a member under that source', eventOf(call('11:58', AWAY_ADDRESS), SAMPLE)],
    ['a member’s own sample', eventOf(call('11:58', AWAY_ADDRESS), { ...SAMPLE, account: SHOP })],
    ['a sample of the hub’s that a member sent', eventOf(THEFT[1], { ...SAMPLE, account: SHOP })],
  ])('is quarantined: %s', async (_what, event) => {
    await start();
    await hub.send(event);
    await hub.settle();
    const reasons = hub.queue('quarantine').messages.map(({ attributes }) => attributes['reason']?.StringValue);
    expect(reasons).toEqual(['not-the-recipient']);
    expect(partitions()).toEqual([]);
    expect(hub.imported()).toEqual([]);
  });

  test('holds up nothing: real thefts of the same batch are reported', async () => {
    await start();
    await hub.send(eventOf(call('11:58', AWAY_ADDRESS), SAMPLE));
    await simulate();
    await hub.sendEvents(THEFT);
    await hub.settle();
    expect(hub.imported()).toHaveLength(2);
  });
});
