import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDbLockTable } from '../../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { publishBySqs } from '../../../lambda/adapters/sqs/publishing-queue';
import {
  publishPastFindings,
  type PastContext,
  type PastPublished,
} from '../../../lambda/confirming/publish-past-findings';
import { valueOf } from '../../../lambda/detection/model/result';
import { parseSettings } from '../../../lambda/detection/parse-settings';
import { HUB, startHub, type Hub } from '../hub';
import { eventOf } from '../../../trail-writer/event';
import { AWAY_ADDRESS, call, HOME_ADDRESS, INSTANCE, SHOP } from '../records';
import { detectIn, factsOf } from '../../scenario';

const OTHER = 'i-0a11ce00000000002';
const YEAR_LATER = '2027-09-01T12:00:00Z';

let hub: Hub;
let dynamodb: DynamoDBClient;
let sqs: SQSClient;

beforeEach(async () => {
  hub = await startHub();
  dynamodb = new DynamoDBClient(hub.wire.clientConfig({ account: HUB, maxAttempts: 1 }));
  sqs = new SQSClient(hub.wire.clientConfig({ account: HUB, maxAttempts: 1 }));
});

afterEach(async () => {
  dynamodb.destroy();
  sqs.destroy();
  await hub.close();
});

function theftFrom(instance: string, ip = AWAY_ADDRESS): Record<string, unknown>[] {
  return [call('10:00', HOME_ADDRESS, { instance }), call('10:30', ip, { instance })];
}

const idOf = (instance: string, ip = AWAY_ADDRESS): string =>
  `credlock/aws/${SHOP}/ec2-instance/${instance}/public/${ip}`;

/** What a hunt through these records found is published by the deployed handlers. */
async function publishPast(
  records: readonly unknown[],
  settings: Record<string, unknown> = {},
  changed: Partial<PastContext> = {},
): Promise<PastPublished> {
  const published = await publishPastFindings(detectIn({ ipRanges: 'default', settings }, factsOf(records)), {
    table: dynamoDbLockTable(dynamodb, hub.variables['CREDLOCK_LOCK_TABLE'] ?? ''),
    send: publishBySqs(sqs, hub.variables['CREDLOCK_PUBLISHING_QUEUE_URL'] ?? ''),
    settings: valueOf(parseSettings(settings)),
    now: () => hub.clock.now(),
    until: hub.clock.now(),
    ...changed,
  });
  expect(await hub.drain('publish')).toEqual([]);
  return published;
}

async function seeLive(records: readonly unknown[]): Promise<void> {
  for (const record of records) await hub.send(eventOf(record, { account: SHOP }));
  await hub.settle();
}

test('a theft of the past is in Security Hub and on the bus, marked as such, and no notification is sent', async () => {
  hub.clock.set(YEAR_LATER);
  expect(await publishPast(theftFrom(INSTANCE))).toEqual({ sent: 1, unsent: 0, left: 0 });
  expect(hub.imported()).toMatchObject([{ id: idOf(INSTANCE), state: 'ACTIVE', type: 'OutsideAWS' }]);
  expect(hub.onBus().get(idOf(INSTANCE))).toMatchObject({
    title: expect.stringMatching(/^\[Past\] Credentials of EC2 instance/),
    description: expect.stringContaining('Found by a hunt in log files, in which its last call was on 2026-09-01.'),
  });
  expect(hub.wire.sns.messages).toEqual([]);
});

test('one whose last call is recent is not marked as past', async () => {
  await publishPast(theftFrom(INSTANCE));
  expect(hub.onBus().get(idOf(INSTANCE))?.title).toMatch(/^Credentials of EC2 instance/);
});

test('what the deployment found is left to it, and nothing of a hunt is judged again', async () => {
  await seeLive(theftFrom(INSTANCE));
  const before = hub.onBus().get(idOf(INSTANCE));
  const moved = theftFrom(OTHER, '203.0.113.77');
  expect(await publishPast([...theftFrom(INSTANCE), ...moved])).toEqual({ sent: 1, unsent: 0, left: 1 });
  expect(hub.onBus().get(idOf(INSTANCE))).toEqual(before);
  expect(new Set(hub.imported().map(({ id }) => id))).toEqual(new Set([idOf(INSTANCE), idOf(OTHER, '203.0.113.77')]));
  expect(await hub.rejudge()).toMatchObject({ open: 1 });
});

test('what the deployment finds later is an update of the same finding, and then its own', async () => {
  await publishPast(theftFrom(INSTANCE));
  hub.clock.advance(60_000);
  await seeLive(theftFrom(INSTANCE));
  expect(hub.imported()).toHaveLength(1);
  expect(hub.onBus().get(idOf(INSTANCE))?.description).not.toContain('Found by a hunt');
  expect(await publishPast(theftFrom(INSTANCE))).toEqual({ sent: 0, unsent: 0, left: 1 });
});

test('publishing again sends nothing, and goes on where it was interrupted', async () => {
  const records = [...theftFrom(INSTANCE), ...theftFrom(OTHER, '203.0.113.77')];
  const refuse = (): Promise<void> => Promise.reject(new Error('the queue is away'));
  await expect(publishPast(records, {}, { send: refuse })).rejects.toThrow('the queue is away');
  expect(hub.imported()).toEqual([]);
  expect(await publishPast(records)).toEqual({ sent: 2, unsent: 0, left: 0 });
  expect(await publishPast(records)).toEqual({ sent: 0, unsent: 2, left: 0 });
  expect(hub.imported()).toHaveLength(2);
});

test('a finding of an account in mode learn is not sent, until the mode is another', async () => {
  expect(await publishPast(theftFrom(INSTANCE), { mode: 'learn' })).toEqual({ sent: 0, unsent: 1, left: 0 });
  expect(hub.imported()).toEqual([]);
  expect(await publishPast(theftFrom(INSTANCE), { mode: 'report' })).toEqual({ sent: 1, unsent: 0, left: 0 });
  expect(hub.imported()).toHaveLength(1);
});

test('a finding that is suppressed since is archived', async () => {
  await publishPast(theftFrom(INSTANCE));
  hub.clock.advance(60_000);
  const suppressions = [
    { reason: 'penetration test', owner: 'red team', account: SHOP, expires: '2027-01-01T00:00:00Z' },
  ];
  expect(await publishPast(theftFrom(INSTANCE), { suppressions })).toEqual({ sent: 1, unsent: 0, left: 0 });
  expect(hub.onBus().get(idOf(INSTANCE))).toMatchObject({ status: 'ARCHIVED' });
});

describe('thefts to one address', () => {
  const instances = Array.from({ length: 5 }, (_, at) => `i-0c0c00000000000c${at}`);
  const theftAt = (at: number): Record<string, unknown>[] => [
    call('10:00', `198.51.100.${30 + at}`, { instance: instances[at] ?? '' }),
    call('10:30', AWAY_ADDRESS, { instance: instances[at] ?? '' }),
  ];
  const thefts = instances.flatMap((_, at) => theftAt(at));
  const typesOf = (): string[] => [...hub.onBus().values()].map(({ type }) => type).sort();
  const shown = (): string[] =>
    hub
      .imported()
      .filter(({ state }) => state === 'ACTIVE')
      .map(({ type }) => type);

  test('are a finding each: a group is the deployment’s to make', async () => {
    expect(await publishPast(thefts)).toEqual({ sent: 5, unsent: 0, left: 0 });
    expect(typesOf()).toEqual(instances.map(() => 'OutsideAWS'));
    expect(shown()).toHaveLength(5);
  });

  test('are shown as one group, and no longer on their own, once the deployment finds them too', async () => {
    await publishPast(thefts);
    hub.clock.advance(60_000);
    await seeLive(thefts);
    expect(shown()).toEqual(['SameOrigin']);
    expect(hub.imported()).toHaveLength(6);
  });

  test('of which the deployment has one: the others are published', async () => {
    await seeLive(theftAt(0));
    expect(await publishPast(thefts)).toEqual({ sent: 4, unsent: 0, left: 1 });
    expect(shown()).toHaveLength(5);
  });

  test('are left alone where the deployment has their group', async () => {
    await seeLive(thefts);
    expect(await publishPast(thefts)).toEqual({ sent: 0, unsent: 0, left: 5 });
  });
});

describe('workloads with one address, and no other of their own', () => {
  const instances = Array.from({ length: 5 }, (_, at) => `i-0e0e00000000000e${at}`);
  const usesAt = (at: number): Record<string, unknown>[] => [
    call('10:30', AWAY_ADDRESS, { instance: instances[at] ?? '' }),
  ];
  const uses = instances.flatMap((_, at) => usesAt(at));

  test('are one undeclared egress', async () => {
    expect(await publishPast(uses)).toEqual({ sent: 1, unsent: 0, left: 0 });
    expect(hub.imported()).toMatchObject([{ type: 'UndeclaredEgress' }]);
  });

  test('are left to the deployment where it has a finding on one of them', async () => {
    await seeLive(usesAt(0));
    const before = hub.imported();
    expect(before).toHaveLength(1);
    expect(await publishPast(uses)).toEqual({ sent: 0, unsent: 0, left: 1 });
    expect(hub.imported()).toEqual(before);
  });
});

test('a finding that the hold still withholds is the deployment’s to report', async () => {
  const now = Date.parse('2026-09-01T10:31:00Z');
  expect(await publishPast(theftFrom(INSTANCE), {}, { now: () => now })).toEqual({ sent: 0, unsent: 1, left: 0 });
  expect(hub.imported()).toEqual([]);
});

test.each([
  ['is not sent: a later one may explain it', '10:31', { sent: 0, unsent: 1, left: 0 }],
  ['is sent once the hold would be over', '11:30', { sent: 1, unsent: 0, left: 0 }],
])('what is found where the log files that were read end %s', async (_what, time, published) => {
  hub.clock.set(YEAR_LATER);
  const until = Date.parse(`2026-09-01T${time}:00Z`);
  expect(await publishPast(theftFrom(INSTANCE), {}, { until })).toEqual(published);
});

test('what is suppressed and was never published is not sent', async () => {
  const suppressions = [
    { reason: 'penetration test', owner: 'red team', account: SHOP, expires: '2027-01-01T00:00:00Z' },
  ];
  expect(await publishPast(theftFrom(INSTANCE), { suppressions })).toEqual({ sent: 0, unsent: 0, left: 0 });
  expect(hub.onBus().size).toBe(0);
});

describe('a finding of a hunt that the deployment comes to know', () => {
  const suppressions = [
    { reason: 'penetration test', owner: 'red team', account: SHOP, expires: '2027-01-01T00:00:00Z' },
  ];
  const change = (settings: object): void => {
    hub.putSettings(settings);
    hub.clock.advance(2 * 60_000);
  };

  test('as suppressed is archived', async () => {
    await publishPast(theftFrom(INSTANCE));
    change({ suppressions });
    await seeLive(theftFrom(INSTANCE));
    expect(hub.onBus().get(idOf(INSTANCE))).toMatchObject({ status: 'ARCHIVED' });
    expect(hub.imported()).toMatchObject([{ id: idOf(INSTANCE), state: 'ARCHIVED' }]);
  });

  test('while its account learns is updated, and archived when it is suppressed', async () => {
    await publishPast(theftFrom(INSTANCE));
    change({ mode: 'learn' });
    await seeLive(theftFrom(INSTANCE));
    expect(hub.onBus().get(idOf(INSTANCE))?.description).not.toContain('Found by a hunt');
    change({ mode: 'learn', suppressions });
    await hub.rejudge();
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ id: idOf(INSTANCE), state: 'ARCHIVED' }]);
  });

  test('is not sent by it where the hunt did not send it', async () => {
    await publishPast(theftFrom(INSTANCE), { mode: 'learn' });
    change({ mode: 'learn', suppressions });
    await seeLive(theftFrom(INSTANCE));
    expect(hub.onBus().size).toBe(0);
  });

  test('is a notification, as none was sent for the hunt', async () => {
    await publishPast(theftFrom(INSTANCE));
    hub.clock.advance(60_000);
    await seeLive(theftFrom(INSTANCE));
    expect(hub.wire.sns.messages).toHaveLength(1);
  });
});
