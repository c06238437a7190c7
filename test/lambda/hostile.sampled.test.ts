import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import type { Finding } from '../../lambda/detection/model/finding';
import { sampled } from '../sample';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { comparable, replayed, runLive, type Story } from './live-run';
import { AWAY_ADDRESS, call, HOME_ADDRESS, issuance, termination } from './records';
import { DEFAULT_RANGES, storyNamed } from './stories';
import { storyWith } from './story';

const ORDERS = 2;

/** What an attacker who knows the detector tries, each beside what it resembles. */
const NAMED: readonly string[] = [
  'own-address/offered-to-another-account',
  'moved/elastic-ip-transferred-to-another-account',
  'evasion/attacker-starts-the-instance',
  'evasion/operator-starts-the-instance',
  'ownership/address-range-only-requested',
  'ownership/address-range-declared-too',
  'shared-egress/neighbour-with-an-interface-that-forwards-nothing',
  'shared-egress/nat-instance-with-an-interface-made-for-it',
  'evasion/change-through-cloudformation-called-from-away',
  'evasion/change-through-cloudformation-called-from-home',
  'evasion/attacker-associates-an-address-with-the-instance',
  'evasion/administrator-associates-through-a-role',
  'moved/credentials-of-a-fleet-whose-nat-gateway-stands',
  'group/six-instances-at-one-attacker',
  'evasion/flood-of-origins',
  'evasion/flood-before-a-theft-outside-aws',
  'evasion/flood-of-declared-addresses',
];

const HOME = [issuance('00:05', 'ASIAHOME'), ...['01:05', '02:05', '03:05'].map((time) => call(time, HOME_ADDRESS))];

const LATER = ['12:05', '13:05'].map((time) => call(time, HOME_ADDRESS));

/** Instances that the attacker launches from an address of his own and lets call from another one. */
function launched(): object[] {
  const ids = Array.from({ length: 4 }, (_, at) => `i-0f1ee7000000000${at}0`);
  return ids.flatMap((id, at) => [
    {
      ...termination('07:00', id),
      eventName: 'RunInstances',
      sourceIPAddress: AWAY_ADDRESS,
      requestParameters: { instancesSet: { items: [{ imageId: 'ami-0a1b2c3d' }] } },
      responseElements: { instancesSet: { items: [{ instanceId: id, privateIpAddress: `10.0.9.${at + 4}` }] } },
    },
    issuance('07:05', `ASIALAUNCHED${at}`, id),
    call('07:10', '198.51.100.77', { instance: id }),
    call('08:10', '198.51.100.77', { instance: id }),
  ]);
}

const FLOOD = Array.from({ length: 60 }, (_, at) =>
  call(
    `10:${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`,
    `203.0.113.${70 + at}`,
  ),
);

const MADE_UP: readonly (readonly [what: string, records: readonly unknown[]])[] = [
  [
    'instances launched to make an address one that many use',
    [...HOME, ...launched(), call('10:05', '198.51.100.77'), ...LATER],
  ],
  ['the same address after instances of the account itself', [...HOME, call('10:05', '198.51.100.77')]],
  ['a flood of 60 addresses before a theft', [...HOME, ...FLOOD, call('10:30', '192.0.2.66')]],
  ['calls from home alone', [...HOME, call('10:05', HOME_ADDRESS)]],
];

const STORIES: readonly (readonly [what: string, story: Story])[] = [
  ...NAMED.map((name) => [name, storyNamed(name)] as const),
  ...MADE_UP.map(([what, records]) => [what, storyWith(records, {}, DEFAULT_RANGES)] as const),
];

describe.each(sampled(STORIES, 8))('%s', (_what, story) => {
  const expected = replayed(story).map(comparable);

  test('ends live as in replay, in any order', async () => {
    for (let seed = 1; seed <= ORDERS; seed += 1) {
      const { findings } = await runLive(story, { seed, table: memoryLockTable() });
      expect(findings.map(comparable)).toEqual(expected);
    }
  });
});

describe('on DynamoDB', () => {
  let dynamoDb: DynamoDb;

  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
  });

  afterAll(() => dynamoDb.close());

  test.each(sampled(STORIES, 4))('%s ends as in replay', async (_what, story) => {
    const { findings } = await runLive(story, { seed: 9, table: await dynamoDb.lockTable(), batch: 20 });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });
});

test('none of the attacker’s origins is trusted, and no flood hides a theft', () => {
  const found = (what: string): string[] => {
    const story = new Map(STORIES).get(what);
    return (story ? replayed(story) : []).map(shown);
  };
  expect(found('instances launched to make an address one that many use')).toContain(
    'MEDIUM SameAccount 198.51.100.77',
  );
  expect(found('the same address after instances of the account itself')).toContain('HIGH InsideAWS 198.51.100.77');
  expect(found('a flood of 60 addresses before a theft')).toContain('HIGH OutsideAWS 192.0.2.66');
  expect(found('calls from home alone')).toEqual([]);
});

test('a record of the future hides nothing: live it is refused, and the rest is judged as without it', async () => {
  const records = [...HOME, call('10:05', AWAY_ADDRESS)];
  const future = { ...call('10:06', HOME_ADDRESS), eventTime: '2099-01-01T00:00:00Z' };
  const without = storyWith(records, {}, DEFAULT_RANGES);
  const now = Date.parse('2026-09-01T12:00:00Z');
  for (let seed = 1; seed <= ORDERS; seed += 1) {
    const story = storyWith([future, ...records], {}, DEFAULT_RANGES);
    const { findings } = await runLive(story, { seed, now, table: memoryLockTable() });
    expect(findings.map(comparable)).toEqual(replayed(without).map(comparable));
    expect(findings.map(shown)).toEqual([`HIGH OutsideAWS ${AWAY_ADDRESS}`]);
  }
});

function shown({ severity, type, origin }: Finding): string {
  return `${severity} ${type} ${origin?.ip ?? '-'}`;
}
