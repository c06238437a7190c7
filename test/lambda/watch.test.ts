import { METRICS } from '../../lambda/environment';
import { HUB, REGION, startHub, type Hub, type HubOptions } from './hub';
import { spreadOf } from '../../lambda/watching/shards';
import { eventOf } from '../../trail-writer/event';
import { call, HOME_ADDRESS, SHOP, termination } from './records';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OTHER = '444455556666';

let hub: Hub;

async function start(options: HubOptions = {}): Promise<void> {
  hub = await startHub(options);
}

afterEach(() => hub.close());

function lines(message: string): object[] {
  return hub.logged.filter((line) => line.message === message).map(({ details }) => details);
}

describe('canaries', () => {
  const SENT = { sent: 1, refused: 0, missing: 0 };

  /** What CloudTrail writes of the last canary of a place. */
  function canaryReceived(account: string, region: string): object {
    const [time] = new Date(hub.clock.now()).toISOString().split('.');
    return {
      ...termination('12:00', 'i-0a11ce00000000001', account),
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      awsRegion: region,
      eventTime: `${time}Z`,
      eventID: `canary-${account}-${hub.clock.now()}`,
      requestParameters: { roleSessionName: 'credlock-canary' },
      responseElements: null,
    };
  }

  function assumed(): string[] {
    return hub.wire.requests
      .filter(({ operation }) => operation === 'AssumeRole')
      .map(({ region, input }) => `${region} ${(input as { RoleArn: string }).RoleArn}`);
  }

  test('are sent in the hub’s account and Region, and where an event of it arrived', async () => {
    await start();
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
    expect(assumed()).toEqual([`${REGION} arn:aws:iam::${HUB}:role/credlock-canary`]);
    await hub.sendEvents([{ ...termination('11:50', 'i-0a11ce00000000001', HUB), awsRegion: 'us-east-1' }]);
    await hub.drain('observe');
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 2 });
    expect(assumed().at(-1)).toBe(`us-east-1 arn:aws:iam::${HUB}:role/credlock-canary`);
    expect(hub.counted(METRICS.canariesSent)).toBe(3);
  });

  test('are sent to members through the verification role, and not without one', async () => {
    await start({ variables: { verificationRole: 'credlock-verification' } });
    hub.wire.sts.createRole('credlock-verification', { account: SHOP, trusts: [HUB] });
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 2 });
    expect(assumed()).toContain(`eu-west-1 arn:aws:iam::${SHOP}:role/credlock-verification`);
    await hub.close();
    await start();
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
  });

  test('that arrive are not missing', async () => {
    await start();
    for (let round = 0; round < 5; round += 1) {
      expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
      await hub.sendEvents([canaryReceived(HUB, REGION)]);
      expect(await hub.drain('observe')).toEqual([]);
      hub.clock.advance(15 * MINUTE);
    }
    expect(hub.counted(METRICS.canariesMissing)).toBe(0);
  });

  test('that do not arrive for half an hour are missing, with where and since when, until one does', async () => {
    await start();
    await hub.watch({ task: 'canary' });
    hub.clock.advance(15 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
    hub.clock.advance(15 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, missing: 1 });
    expect(lines('canary missing')).toEqual([{ account: HUB, region: REGION, since: '2026-09-01T12:00:00Z' }]);
    expect(hub.counted(METRICS.canariesMissing)).toBe(1);
    await hub.sendEvents([canaryReceived(HUB, REGION)]);
    await hub.drain('observe');
    hub.clock.advance(15 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
  });

  test('of which one was lost are not missing where the next arrived', async () => {
    await start();
    await hub.watch({ task: 'canary' });
    hub.clock.advance(15 * MINUTE);
    await hub.watch({ task: 'canary' });
    await hub.sendEvents([canaryReceived(HUB, REGION)]);
    await hub.drain('observe');
    hub.clock.advance(20 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
  });

  test('from another Region or account do not stand for one that did not arrive', async () => {
    await start();
    await hub.watch({ task: 'canary' });
    await hub.sendEvents([canaryReceived(HUB, 'us-east-1'), canaryReceived(SHOP, REGION)]);
    await hub.drain('observe');
    hub.clock.advance(30 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toMatchObject({ missing: 1 });
  });

  test('that cannot be sent are reported as refused, not as missing: an account that left took the role along', async () => {
    await start({ variables: { verificationRole: 'credlock-verification' } });
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
    for (let round = 0; round < 4; round += 1) {
      expect(await hub.watch({ task: 'canary' })).toMatchObject({ sent: 1, refused: 1 });
      await hub.sendEvents([canaryReceived(HUB, REGION)]);
      await hub.drain('observe');
      hub.clock.advance(15 * MINUTE);
    }
    expect(hub.counted(METRICS.canariesRefused)).toBe(4);
    expect(hub.counted(METRICS.canariesMissing)).toBe(0);
    expect(lines('canary could not be sent')[0]).toMatchObject({
      account: SHOP,
      region: 'eu-west-1',
      reason: expect.stringContaining('not authorized'),
    });
  });

  test('may do nothing', async () => {
    await start();
    await hub.watch({ task: 'canary' });
    const [request] = hub.wire.requests.filter(({ operation }) => operation === 'AssumeRole');
    const { Policy: policy = '' } = (request?.input ?? {}) as { Policy?: string };
    expect(JSON.parse(policy)).toMatchObject({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
  });

  test('that can be sent no longer are missing: deleting the role does not hide it', async () => {
    await start();
    hub.wire.sts.createRole('credlock-canary', { account: HUB, trusts: [HUB] });
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
    await hub.sendEvents([canaryReceived(HUB, REGION)]);
    await hub.drain('observe');
    hub.wire.sts.createRole('credlock-canary', { account: HUB, trusts: [] });
    const rounds: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      hub.clock.advance(15 * MINUTE);
      rounds.push(await hub.watch({ task: 'canary' }));
    }
    const REFUSED = { sent: 0, refused: 1, missing: 0 };
    expect(rounds).toEqual([REFUSED, REFUSED, { ...REFUSED, missing: 1 }, { ...REFUSED, missing: 1 }]);
    expect(hub.counted(METRICS.canariesMissing)).toBe(2);
    hub.wire.sts.createRole('credlock-canary', { account: HUB, trusts: [HUB] });
    await hub.watch({ task: 'canary' });
    await hub.sendEvents([canaryReceived(HUB, REGION)]);
    await hub.drain('observe');
    hub.clock.advance(15 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
  });

  test('are sent wherever members should forward from, with events or without, so that a Region without rules is found', async () => {
    await start({
      variables: { verificationRole: 'credlock-verification', regions: 'eu-west-1,us-east-1' },
      settings: { organizationAccounts: [HUB, OTHER] },
    });
    for (const account of [SHOP, OTHER]) hub.wire.sts.createRole('credlock-verification', { account, trusts: [HUB] });
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 5 });
    expect(assumed().filter((line) => line.includes(HUB))).toHaveLength(1);
    await hub.sendEvents([
      canaryReceived(HUB, REGION),
      ...[SHOP, OTHER].map((account) => canaryReceived(account, 'eu-west-1')),
      canaryReceived(SHOP, 'us-east-1'),
    ]);
    await hub.drain('observe');
    hub.clock.advance(30 * MINUTE);
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 5, missing: 1 });
    expect(lines('canary missing')).toEqual([expect.objectContaining({ account: OTHER, region: 'us-east-1' })]);
  });

  test('are sent by the queue, in parts, where they are many', async () => {
    const { accounts, variables, settings } = manyPlaces();
    await start({ variables, settings, maxAttempts: 3 });
    for (const account of accounts) hub.wire.sts.createRole('credlock-verification', { account, trusts: [HUB] });
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 0 });
    expect(hub.queue('watch').messages).toHaveLength(2);
    expect(assumed()).toEqual([]);
    hub.clock.advance(10 * MINUTE);
    expect(await hub.drain('watch')).toEqual([]);
    expect(hub.counted(METRICS.canariesSent)).toBe(1 + accounts.length * 5);
    expect(new Set(assumed()).size).toBe(1 + accounts.length * 5);
  });

  test('are not sent where no events arrived for a week, nor at all without a role', async () => {
    await start({ variables: { verificationRole: 'credlock-verification', canaryRole: '' } });
    hub.wire.sts.createRole('credlock-verification', { account: SHOP, trusts: [HUB] });
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
    expect(await hub.watch({ task: 'canary' })).toEqual(SENT);
    hub.clock.advance(7 * 24 * HOUR);
    expect(await hub.watch({ task: 'canary' })).toEqual({ ...SENT, sent: 0 });
  });
});

/** 51 accounts in five Regions: more than one part of a round. */
function manyPlaces(): { accounts: string[]; variables: NonNullable<HubOptions['variables']>; settings: object } {
  const accounts = Array.from({ length: 51 }, (_, at) => String(400_000_000_000 + at));
  const regions = Array.from({ length: 5 }, (_, at) => `eu-west-${at + 1}`).join(',');
  const variables = {
    verificationRole: 'credlock-verification',
    regions,
    rules: 'credlock-ec2-instance,credlock-network',
  };
  return { accounts, variables, settings: { organizationAccounts: accounts } };
}

describe('the hourly check', () => {
  test('counts and logs sources that used to send events and no longer do', async () => {
    await start();
    for (let hour = 0; hour < 26; hour += 1) {
      const now = new Date(hub.clock.now()).toISOString().replace('.000', '');
      const records = [SHOP, OTHER].map((account, at) => ({
        ...termination('12:00', `i-0a11ce0000000000${at}`, account),
        eventTime: now,
      }));
      await hub.sendEvents(hour < 25 ? records : records.slice(1));
      await hub.drain('observe');
      hub.clock.advance(HOUR);
    }
    expect(await hub.watch({ task: 'check' })).toEqual({ sources: 0, kinds: 0, rules: 0 });
    hub.clock.advance(22.5 * HOUR);
    expect(await hub.watch({ task: 'check' })).toEqual({ sources: 1, kinds: 0, rules: 0 });
    expect(lines('no events from source')).toEqual([
      { account: SHOP, region: 'eu-west-1', kind: 'any', last: '2026-09-02T12:00:00Z', hours: 24 },
    ]);
    expect(hub.counted(METRICS.sourcesWithoutEvents)).toBe(1);
  });

  test('reports address ranges that are out of date', async () => {
    await start();
    hub.clock.advance(Date.parse('2026-08-05T00:00:00Z') - hub.clock.now());
    await hub.watch({ task: 'check' });
    const before = hub.counted(METRICS.ipRangesStale);
    await hub.close();
    await start({ ipRanges: false });
    await hub.watch({ task: 'check' });
    expect([before, hub.counted(METRICS.ipRangesStale)]).toEqual([0, 1]);
  });
});

describe('rules', () => {
  const NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  const HERE = { account: HUB, region: REGION };
  const THERE = { account: SHOP, region: 'eu-west-1' };
  const rulesOn = (bus: string, where: typeof HERE) => hub.wire.eventBridge.rulesOn(bus, where);

  /** All rules exist, in the hub and in one member. */
  async function deployed(): Promise<void> {
    await start({
      variables: {
        verificationRole: 'credlock-verification',
        rules: 'credlock-ec2-instance,credlock-tampering',
        hubRules: 'credlock-ec2-instance,credlock-hub/credlock-observe',
      },
    });
    hub.wire.eventBridge.createBus('credlock-hub', HERE);
    hub.wire.sts.createRole('credlock-verification', { account: SHOP, trusts: [HUB] });
    rulesOn('default', HERE).push(
      { Name: 'credlock-ec2-instance', State: NEEDED },
      { Name: 'credlock-daily', State: 'ENABLED', ScheduleExpression: 'rate(1 day)' },
    );
    rulesOn('credlock-hub', HERE).push({ Name: 'credlock-observe', State: NEEDED });
    rulesOn('default', THERE).push(
      { Name: 'credlock-ec2-instance', State: NEEDED },
      { Name: 'credlock-tampering', State: 'ENABLED' },
      { Name: 'nightly', State: 'DISABLED' },
    );
    await hub.sendEvents([termination('11:50')]);
    await hub.drain('observe');
  }

  const look = () => hub.watch({ task: 'check' });
  const figures = () => [METRICS.rulesMissing, METRICS.rulesUnchecked].map((name) => hub.counted(name));

  test('that all exist are not reported; the session that reads them may do nothing else', async () => {
    await deployed();
    expect(await look()).toMatchObject({ rules: 0 });
    expect(figures()).toEqual([0, 0]);
    const asked = hub.wire.requests.filter(({ operation }) => operation === 'ListTargetsByRule');
    expect(asked).toHaveLength(4);
    expect(JSON.stringify(asked.map(({ input }) => input))).not.toContain('daily');
    expect(hub.counted(METRICS.watchRounds, { task: 'check' })).toBe(1);
    const policies = hub.wire.requests
      .filter(({ operation }) => operation === 'AssumeRole')
      .map(({ input }) => (input as { Policy?: string }).Policy ?? '');
    expect(policies.map((policy) => JSON.parse(policy) as object)).toMatchObject([
      { Statement: [{ Effect: 'Allow', Action: ['events:ListRules', 'events:ListTargetsByRule'] }] },
    ]);
  });

  test.each([
    ['deleted', () => void rulesOn('default', THERE).splice(1, 1), 'credlock-tampering', 'it is not there'],
    [
      'disabled',
      () => void rulesOn('default', THERE).splice(0, 1, { Name: 'credlock-ec2-instance', State: 'DISABLED' }),
      'credlock-ec2-instance',
      'it is disabled',
    ],
    [
      'not matching read-only calls',
      () => void rulesOn('default', THERE).splice(0, 1, { Name: 'credlock-ec2-instance', State: 'ENABLED' }),
      'credlock-ec2-instance',
      'its state is ENABLED: no read-only calls',
    ],
    [
      'without targets',
      () => hub.wire.eventBridge.cutOff('default', THERE, 'credlock-tampering'),
      'credlock-tampering',
      'it has no targets',
    ],
  ])('of a member that are %s are reported', async (_how, harm, rule, fault) => {
    await deployed();
    harm();
    expect(await look()).toMatchObject({ rules: 1 });
    expect(lines('rule missing')).toEqual([{ ...THERE, bus: 'default', rule, fault }]);
    expect(figures()).toEqual([1, 0]);
  });

  test('of the hub are checked on their buses', async () => {
    await deployed();
    rulesOn('credlock-hub', HERE).length = 0;
    rulesOn('default', HERE).length = 0;
    await look();
    expect(lines('rule missing')).toMatchObject([
      { ...HERE, bus: 'default', rule: 'credlock-ec2-instance' },
      { ...HERE, bus: 'credlock-hub', rule: 'credlock-observe' },
    ]);
  });

  test('of many members are checked by the queue, with the targets of a part of them in each hour', async () => {
    const { accounts, variables, settings } = manyPlaces();
    await start({ variables, settings, maxAttempts: 3 });
    for (const account of accounts) hub.wire.sts.createRole('credlock-verification', { account, trusts: [HUB] });
    for (const account of accounts)
      for (const region of variables.regions?.split(',') ?? [])
        rulesOn('default', { account, region }).push({ Name: 'credlock-ec2-instance', State: NEEDED });
    const listed = (operation: string): number =>
      hub.wire.requests.filter((request) => request.operation === operation).length;
    expect(await look()).toMatchObject({ rules: 0 });
    const hour = Math.floor(hub.clock.now() / HOUR) % 24;
    hub.clock.advance(10 * MINUTE);
    expect(await hub.drain('watch')).toEqual([]);
    // `credlock-network` is missing everywhere.
    expect(figures()).toEqual([255, 0]);
    expect(listed('ListRules')).toBe(255);
    const onTurn = accounts.filter((account) => spreadOf(account) % 24 === hour);
    expect(listed('ListTargetsByRule')).toBe(onTurn.length * 5);
    expect(onTurn.length).toBeLessThan(10);
  });

  test('that cannot be read are reported as such', async () => {
    await deployed();
    hub.wire.sts.createRole('credlock-verification', { account: SHOP, trusts: [] });
    await look();
    expect(figures()).toEqual([0, 1]);
    expect(lines('rules not checked')).toMatchObject([
      { ...THERE, bus: 'default', reason: expect.stringContaining('not authorized') },
    ]);
  });
});

test.each([[{ task: 'silence' }], [{}], [null], ['canary']])('%j is no task', async (event) => {
  await start();
  await expect(hub.watch(event)).rejects.toThrow('task must be "canary", "check" or "subscribe", got ');
});

describe('tampering', () => {
  const PERSON = {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${SHOP}:assumed-role/admin/ada`,
    accountId: SHOP,
    accessKeyId: 'ASIAADA',
  };
  const disable = (time: string, change: object = {}): Record<string, unknown> => ({
    ...call(time, '203.0.113.9', { source: 'events.amazonaws.com', name: 'DisableRule' }),
    userIdentity: PERSON,
    requestParameters: { name: 'credlock-ec2-instance' },
    ...change,
  });
  const told = () => [...hub.onBus().values()].map(({ severity, title, calls }) => ({ severity, title, calls }));

  async function tell(...records: object[]): Promise<void> {
    for (const record of records) await hub.send(eventOf(record), 'watch');
    expect(await hub.drain('watch')).toEqual([]);
    expect(await hub.drain('publish')).toEqual([]);
  }

  test('is delivered to all sinks, once', async () => {
    await start();
    await tell(disable('11:50'));
    expect(hub.imported()).toMatchObject([{ state: 'ACTIVE', type: 'DetectorTampered' }]);
    expect(told()).toMatchObject([{ severity: 'MEDIUM', calls: 1 }]);
    expect(hub.wire.sns.messages).toHaveLength(1);
    expect(hub.counted(METRICS.tamperings, { part: 'rule' })).toBe(1);
    const before = hub.wire.eventBridge.events.length;
    await tell(disable('11:50', { eventID: 'again' }));
    const [, again] = hub.wire.eventBridge.events;
    expect(JSON.parse(again?.detail ?? '{}')).toMatchObject({ calls: 2 });
    hub.restart();
    await tell(disable('11:50', { eventID: 'again' }));
    expect(hub.wire.eventBridge.events.length - before).toBe(1);
    expect(hub.wire.sns.messages).toHaveLength(1);
  });

  test('by a workload’s session is HIGH, and reported even in learn mode', async () => {
    await start({ settings: { mode: 'learn' } });
    await tell(
      call('11:50', HOME_ADDRESS, {
        source: 'events.amazonaws.com',
        name: 'DeleteRule',
        extra: { requestParameters: { name: 'credlock-network' } },
      }),
    );
    expect(told()).toMatchObject([
      { severity: 'HIGH', title: expect.stringContaining('credlock-network was deleted') },
    ]);
    expect(hub.imported()).toHaveLength(1);
    expect(hub.wire.sns.messages).toEqual([]);
  });

  test('of one removal is one finding, however its events come', async () => {
    await start();
    const removal = Array.from({ length: 25 }, (_, at) =>
      disable('11:50', {
        eventName: 'DeleteRule',
        eventID: `removal-${at}`,
        requestParameters: { name: `credlock-r${at}` },
      }),
    );
    await tell(...removal.slice(10), ...removal.slice(0, 10));
    expect(told()).toMatchObject([{ calls: 25, title: expect.stringContaining('and 24 more') }]);
    expect(hub.imported()).toHaveLength(1);
    expect(hub.wire.sns.messages).toHaveLength(1);
  });

  test.each([
    ['a rule that is not ours', disable('11:50', { requestParameters: { name: 'nightly' } })],
    [
      'what a StackSet changes in its members',
      disable('11:50', {
        eventName: 'PutRule',
        sourceIPAddress: 'cloudformation.amazonaws.com',
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${SHOP}:assumed-role/stacksets-exec-0a1b/2f0`,
          accountId: SHOP,
        },
      }),
    ],
    ['what was refused to a person', disable('11:50', { errorCode: 'AccessDenied' })],
    ['a call of a workload that has nothing to do with it', call('11:50', HOME_ADDRESS)],
  ])('is not: %s', async (_what, record) => {
    await start();
    await tell(record);
    expect(hub.imported()).toEqual([]);
    expect(hub.counted(METRICS.recordsSkipped, { reason: 'no-tampering' })).toBe(1);
  });

  test('of a deployment is a finding without an alarm', async () => {
    await start();
    await tell(disable('11:50', { eventName: 'PutRule', sourceIPAddress: 'cloudformation.amazonaws.com' }));
    expect(told()).toMatchObject([
      { severity: 'LOW', title: expect.stringContaining('credlock-ec2-instance was changed') },
    ]);
    expect(hub.counted(METRICS.tamperings)).toBe(0);
  });

  test('that was announced is recorded and not reported', async () => {
    const suppression = {
      account: SHOP,
      types: ['DetectorTampered'],
      reason: 'removal',
      owner: 'ops',
      expires: '2026-09-02',
    };
    await start({ settings: { suppressions: [suppression] } });
    await tell(disable('11:50'));
    expect(hub.imported()).toEqual([]);
    expect(hub.counted(METRICS.findingsSuppressed)).toBe(1);
    expect(hub.counted(METRICS.tamperings)).toBe(0);
  });

  test('that is rejected is quarantined, and holds up nothing', async () => {
    await start();
    await hub.send({ ...eventOf(disable('11:50')), source: 'attacker' }, 'watch');
    await hub.send({ ...eventOf(disable('11:50')), account: OTHER }, 'watch');
    await hub.send('not json', 'watch');
    await tell(disable('11:55'));
    expect(hub.imported()).toHaveLength(1);
    const reasons = hub.queue('quarantine').messages.map(({ attributes }) => attributes['reason']?.StringValue);
    expect(reasons).toEqual(['source-not-aws', 'not-the-recipient', 'not-json']);
  });

  test.each([
    ['the table', 'dynamodb', 'PutItem'],
    ['the publishing queue', 'sqs', 'SendMessageBatch'],
  ])('is retried where %s is out of reach, and is reported then', async (_what, service, operation) => {
    await start();
    hub.wire.fail({ service, operation }, { kind: 'throttle', times: 1 });
    await hub.send(eventOf(disable('11:50')), 'watch');
    expect(await hub.drain('watch')).toHaveLength(1);
    hub.clock.advance(61_000);
    await tell();
    expect(hub.imported()).toHaveLength(1);
    expect(told()).toMatchObject([{ calls: 1 }]);
  });

  test('has nothing to do with findings of workloads: judging again leaves it alone', async () => {
    await start();
    await tell(disable('11:50'));
    expect(await hub.rejudge()).toEqual({ open: 0, asked: 0 });
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ state: 'ACTIVE' }]);
  });
});
