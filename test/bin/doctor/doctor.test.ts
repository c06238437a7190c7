import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Rule } from '@aws-sdk/client-eventbridge';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dynamoDbLockTable } from '../../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { writeClusterRow } from '../../../lambda/store/cluster-rows';
import { HUB, REGION } from '../../lambda/hub';
import { call, HOME_ADDRESS, SHOP } from '../../lambda/records';
import type { WireTrail } from '../../wire-server/cloudtrail';
import { linesOf, removeAll } from '../credlock-command';
import { OTHER, SHOP_REGION, startOperator, VERIFICATION_ROLE, type Operator } from '../operator';

const NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
const HOUR = 3_600_000;

let operator: Operator;

beforeEach(async () => {
  operator = await startOperator({ start: new Date(Date.now() - 3 * HOUR).toISOString() });
});

afterEach(() => operator.close());
afterAll(removeAll);

const TRAIL: WireTrail = {
  Name: 'organization-trail',
  TrailARN: `arn:aws:cloudtrail:eu-central-1:${HUB}:trail/organization-trail`,
  HomeRegion: REGION,
  IsMultiRegionTrail: true,
  isLogging: true,
  eventSelectors: [{ ReadWriteType: 'All', IncludeManagementEvents: true }],
};

const rule = (name: string, State: Rule['State'] = NEEDED): Rule => ({ Name: `credlock-${name}`, State });

/** Everything as it should be: rules, trail, address ranges of today, and calls of the last hours. */
async function well(): Promise<void> {
  const { hub } = operator;
  const clock = { ...rule('send-canaries', 'ENABLED'), ScheduleExpression: 'rate(15 minutes)' };
  const calls = ['ec2-instance', 'ecs-task', 'issuance', 'principals', 'network', 'canary'].map((name) => rule(name));
  rules().push(...calls, rule('tampering', 'ENABLED'), clock);
  hub.wire.eventBridge
    .rulesOn('credlock-hub', { account: HUB, region: REGION })
    .push(rule('observe'), rule('simulation', 'ENABLED'));
  trails().push(TRAIL);
  const ranges = readFileSync(join(__dirname, '../../ip-ranges.json'), 'utf8');
  const today = new Date().toISOString().slice(0, 10);
  hub.wire.s3.put(
    'credlock-config',
    'ip-ranges.json',
    ranges.replace(/"createDate": "[^"]*"/, `"createDate": "${today}-00-00-00"`),
  );
  await hear(-3 * HOUR);
  hub.clock.advance(3 * HOUR - 60_000);
  await hear(-60_000);
}

function rules(): Rule[] {
  return operator.hub.wire.eventBridge.rulesOn('default', { account: SHOP, region: SHOP_REGION });
}

function trails(): WireTrail[] {
  return operator.hub.wire.cloudTrail.in(SHOP, SHOP_REGION);
}

/** Calls and a canary so long ago. */
async function hear(ago: number, over: object = { readOnly: true }): Promise<void> {
  const eventTime = `${new Date(Date.now() + ago).toISOString().slice(0, 19)}Z`;
  const canary = {
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    requestParameters: {
      roleSessionName: 'credlock-canary',
      roleArn: `arn:aws:iam::${SHOP}:role/${VERIFICATION_ROLE}`,
    },
  };
  await operator.hub.sendEvents([
    { ...call('12:00', HOME_ADDRESS), eventTime, ...over },
    { ...call('12:00', HOME_ADDRESS), eventTime, ...over, ...canary },
  ]);
  await operator.hub.drain('observe');
}

interface Line {
  readonly account?: string;
  readonly kind?: string;
  readonly hub?: boolean;
  readonly problems: string[];
  readonly notes?: string[];
  readonly notCovered?: string[];
}

async function lines(args: readonly string[] = []): Promise<{ code: number | null; lines: Line[] }> {
  const { code, stdout, stderr } = await operator.run(['doctor', '--format', 'jsonl', ...args]);
  if (stdout === '') throw new Error(stderr);
  return { code, lines: linesOf(stdout).map((line) => JSON.parse(line) as Line) };
}

const problems = async (): Promise<string[]> => (await lines()).lines.flatMap((line) => line.problems);

test('finds nothing wrong where nothing is, and says what is not covered', async () => {
  await well();
  const found = await lines();
  expect(found.lines.flatMap((line) => line.problems)).toEqual([]);
  expect(found.code).toBe(0);
  const [any, canary, ec2, ecs, hub] = found.lines;
  expect(any).toMatchObject({ account: SHOP, region: SHOP_REGION, kind: 'any', receivedSince: expect.any(String) });
  expect(canary).toMatchObject({ kind: 'canary', problems: [] });
  expect(ec2).toMatchObject({
    kind: 'ec2-instance',
    rules: [{ name: 'credlock-ec2-instance', state: NEEDED, hasPattern: true }],
    notes: [],
  });
  expect(ecs).toMatchObject({ kind: 'ecs-task', receivedSince: null, notes: ['no events'] });
  expect(hub?.notCovered).toEqual([
    'eks-pod: calls that name nobody',
    'any: calls of sessions assumed; the assuming is seen',
    'any: data-plane calls',
  ]);
});

test.each([80, 100])('prints a table that fits %i columns', async (terminal) => {
  await well();
  const { code, stdout } = await operator.run(['doctor'], { terminal, env: { NO_COLOR: '1' } });
  expect(
    Math.max(
      ...linesOf(stdout)
        .filter((line) => /[│┌├└]/.test(line))
        .map((line) => [...line].length),
    ),
  ).toBe(terminal);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toContain('1 place (an account in a Region): no problems.');
  expect(stdout).toContain('Not covered: any: calls of sessions assumed; the assuming is seen');
  expect(code).toBe(0);
});

test('leaves out what is well, where asked to', async () => {
  await well();
  expect(await lines(['--wrong-only'])).toMatchObject({ code: 0, lines: [{ hub: true }] });
  trails().length = 0;
  const found = await lines(['--wrong-only']);
  expect(found).toMatchObject({ code: 1, lines: [{ kind: 'any' }, { hub: true }] });
});

test('names clusters whose audit records do not arrive, as watch found them', async () => {
  await well();
  const { hub } = operator;
  const client = new DynamoDBClient(hub.wire.clientConfig({ account: HUB }));
  const table = dynamoDbLockTable(client, hub.variables['CREDLOCK_LOCK_TABLE'] ?? '');
  const cluster = { account: SHOP, region: SHOP_REGION, agent: null, reason: null };
  await writeClusterRow(table, { ...cluster, name: 'seen', state: 'subscribed' }, Date.now());
  await writeClusterRow(table, { ...cluster, name: 'gone', state: 'quota-full' }, Date.now() - 4 * HOUR);
  await writeClusterRow(table, { ...cluster, name: 'mute', state: 'no-audit-log' }, Date.now());
  client.destroy();
  expect(await problems()).toEqual([
    `cluster mute (${SHOP} ${SHOP_REGION}) writes no audit log: switch on the type "audit" of its control plane logs`,
  ]);
});

test('is red where something is wrong, on a terminal', async () => {
  await well();
  trails().length = 0;
  const { code, stdout } = await operator.run(['doctor'], { terminal: 100 });
  expect(stdout).toContain('\u001b[31m');
  expect(stdout).toContain('1 problem.');
  expect(code).toBe(1);
});

test('says of each thing that is wrong what it is', async () => {
  await well();
  rules().splice(0, 1, rule('ec2-instance', 'ENABLED'));
  trails().splice(0, 1, { ...TRAIL, eventSelectors: [{ ReadWriteType: 'WriteOnly' }] });
  const onHub = operator.hub.wire.eventBridge.rulesOn('credlock-hub', { account: HUB, region: REGION });
  onHub.splice(0, 1, rule('observe', 'DISABLED'));
  expect(await problems()).toEqual([
    expect.stringContaining('rule credlock-ec2-instance on bus default is ENABLED: read-only events do not match it'),
    'organization-trail: no read management events are recorded',
    'rule credlock-observe on bus credlock-hub is DISABLED',
  ]);
});

test('misses rules that were deleted, and those that lead nowhere', async () => {
  await well();
  rules().splice(4, 1);
  const where = { account: SHOP, region: SHOP_REGION };
  operator.hub.wire.eventBridge.cutOff('default', where, 'credlock-tampering');
  expect(await problems()).toEqual([
    'rule credlock-network on bus default does not exist',
    'rule credlock-tampering on bus default has no targets: matching events go nowhere',
  ]);
});

test('misses rules of the hub’s own bus, where the stack says which there are', async () => {
  await well();
  const place = { account: HUB, region: REGION };
  operator.outputs['HubRules'] = 'credlock-network,credlock-hub/credlock-observe,credlock-hub/credlock-simulation';
  expect(await problems()).toEqual([]);
  operator.hub.wire.eventBridge.rulesOn('credlock-hub', place).splice(1, 1);
  operator.hub.wire.eventBridge.cutOff('credlock-hub', place, 'credlock-observe');
  expect(await problems()).toEqual([
    'rule credlock-simulation on bus credlock-hub does not exist',
    'rule credlock-observe on bus credlock-hub has no targets: matching events go nowhere',
  ]);
});

test('asks for no rules in trail mode', async () => {
  await well();
  operator.outputs['Mode'] = 'trail';
  operator.outputs['Workloads'] = '';
  rules().length = 0;
  operator.hub.wire.eventBridge.rulesOn('credlock-hub', { account: HUB, region: REGION }).splice(0, 1);
  expect(await problems()).toEqual([]);
});

test('misses what is nothing: a Region that is deployed, an account that is named, all of them', async () => {
  await well();
  const found = await lines(['--account', OTHER]);
  expect(found.lines[0]).toMatchObject({ account: OTHER, region: SHOP_REGION, kind: 'any', receivedSince: null });
  expect(found.lines[0]?.problems).toContain('no event has ever arrived');
  expect(found.code).toBe(1);
  operator.outputs['Regions'] = `${SHOP_REGION},us-east-1`;
  expect(await problems()).toContain('no event has ever arrived');
  operator.outputs['LockTable'] = 'elsewhere';
  const { code, stderr } = await operator.run(['doctor']);
  expect(stderr).toContain('cannot read the heartbeats in the lock table');
  expect(code).toBe(1);
});

describe('the hub', () => {
  test('has unreadable messages, stale ranges, and faults in its settings', async () => {
    await well();
    await operator.hub.send('no JSON');
    await operator.hub.drain('observe');
    operator.hub.wire.s3.put(
      'credlock-config',
      'ip-ranges.json',
      readFileSync(join(__dirname, '../../ip-ranges.json')),
    );
    operator.hub.putSettings({ doorHours: -1 });
    const found = await problems();
    expect(found).toContain('1 message in the quarantine queue');
    expect(found).toContainEqual(expect.stringMatching(/^ip-ranges\.json is \d+ days old/));
    expect(found).toContainEqual(expect.stringMatching(/^settings: doorHours/));
    expect(found).toHaveLength(3);
  });

  test('may deny what is asked, which is named', async () => {
    await well();
    operator.hub.wire.fail(
      { service: 'sqs', operation: 'GetQueueAttributes' },
      {
        kind: 'error',
        code: 'AccessDenied',
        message: 'not authorized to perform: sqs:GetQueueAttributes',
        status: 403,
      },
    );
    expect(await problems()).toEqual([
      expect.stringContaining('cannot count the messages in the quarantine queue: not authorized'),
    ]);
  });
});

test('an account that cannot be read is wrong, and costs no other', async () => {
  await well();
  const found = await lines(['--account', SHOP, '--account', '777788889999']);
  const of = (account: string) =>
    found.lines.filter((line) => line.account === account).flatMap((line) => line.problems);
  expect(of(SHOP)).toEqual([]);
  expect(of('777788889999')[0]).toContain(`cannot assume arn:aws:iam::777788889999:role/${VERIFICATION_ROLE}`);
});
