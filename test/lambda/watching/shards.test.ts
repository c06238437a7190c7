import { inShards, parseShard, PLACES_PER_SHARD } from '../../../lambda/watching/shards';

const REGIONS = Array.from({ length: 17 }, (_, at) => `region-${at}`);
const PLACES = Array.from({ length: 1_000 }, (_, at) => String(100_000_000_000 + at)).flatMap((account) =>
  REGIONS.map((region) => ({ account, region })),
);

test('1,000 accounts in 17 Regions are 68 parts, with each place once and an account’s Regions in one or two', () => {
  const shards = inShards(PLACES, 0);
  expect(shards).toHaveLength(68);
  expect(Math.max(...shards.map((shard) => shard.length))).toBe(PLACES_PER_SHARD);
  expect(new Set(shards.flat().map(({ account, region }) => `${account} ${region}`)).size).toBe(PLACES.length);
  const accounts = new Map<string, Set<number>>();
  for (const [at, shard] of shards.entries())
    for (const { account } of shard) accounts.set(account, (accounts.get(account) ?? new Set()).add(at));
  expect(Math.max(...[...accounts.values()].map(({ size }) => size))).toBe(2);
});

test('the order does not depend on that of the accounts, and each round begins with another part', () => {
  const shards = inShards(PLACES, 0);
  expect(inShards(PLACES.toReversed(), 0)).toEqual(shards);
  expect(new Set(Array.from({ length: 68 }, (_, round) => inShards(PLACES, round)[0]?.[0]?.account)).size).toBe(68);
  expect(inShards(PLACES, 69)).toEqual(inShards(PLACES, 1));
});

test('few places are one part, and none are none', () => {
  expect(inShards(PLACES.slice(0, 250), 7)).toHaveLength(1);
  expect(inShards([], 7)).toEqual([]);
});

test('a message is a part of a round only in its form', () => {
  const shard = { task: 'check', places: [{ account: '111122223333', region: 'eu-west-1', withTargets: true }] };
  expect(parseShard(JSON.stringify(shard))).toEqual(shard);
  for (const other of ['', 'no JSON', '{}', '{"task":"check"}', JSON.stringify({ ...shard, task: 'other' })])
    expect(parseShard(other)).toBeNull();
  expect(parseShard(JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: {} }))).toBeNull();
});
