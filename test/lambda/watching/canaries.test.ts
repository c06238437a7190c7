import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import type { Heartbeat } from '../../../lambda/store/heartbeats';
import type { LockTable } from '../../../lambda/store/lock-table';
import {
  planCanaries,
  sendCanaries,
  type CanaryPlaces,
  type CanaryPlan,
  type CanaryResult,
  type CanaryTarget,
  type DueCanary,
} from '../../../lambda/watching/canaries';

const START = Date.parse('2026-09-01T12:00:00Z');
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1'];
const PLACES: CanaryPlaces = {
  partition: 'aws',
  hubAccount: '999988887777',
  hubRegion: 'eu-west-1',
  verificationRole: 'credlock-verification',
  canaryRole: 'credlock-canary',
  regions: [],
};
const DUE: DueCanary[] = Array.from({ length: 100 }, (_, at) => String(100_000_000_000 + at)).flatMap((account) =>
  REGIONS.map((region) => ({ account, region, since: null, isKnown: false })),
);

test('a Region that hangs keeps no other waiting, and what there is no time for is reported', async () => {
  let now = START;
  let hanging = 0;
  let most = 0;
  const assumed: string[] = [];
  const assume = async ({ region }: CanaryTarget): Promise<void> => {
    if (region === 'us-east-1') {
      most = Math.max(most, (hanging += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      hanging -= 1;
      // Eight of them hang for so long together.
      now += 14_000 / 8;
      throw new Error('timed out');
    }
    assumed.push(region);
  };
  const { sent, refused } = await sendCanaries(DUE, PLACES, { table: memoryLockTable(), assume, now: () => now });
  expect([sent, assumed.length, most]).toEqual([200, 200, 8]);
  expect(new Set(refused.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  const reasons = refused.map(({ reason }) => reason);
  expect(reasons).toHaveLength(100);
  expect(new Set(reasons)).toEqual(new Set(['timed out']));
});

test('when the time is over the rest is refused, so that there is time to say so', async () => {
  let now = START;
  let asked = 0;
  const assume = (): Promise<void> => {
    asked += 1;
    now += 10_000;
    return Promise.reject(new Error('timed out'));
  };
  const { sent, refused } = await sendCanaries(DUE, PLACES, { table: memoryLockTable(), assume, now: () => now });
  expect([sent, refused.length]).toEqual([0, 300]);
  expect(asked).toBeLessThanOrEqual(21);
  expect(refused.filter(({ reason }) => reason === 'no time was left')).toHaveLength(300 - asked);
});

describe('the plan of a round', () => {
  const MINUTE = 60_000;
  const plan = (table: LockTable, now: number, heartbeats: readonly Heartbeat[] = []): Promise<CanaryPlan> =>
    planCanaries(DUE, heartbeats, { table, now, minutes: 60 });
  const send = (table: LockTable, due: readonly DueCanary[], now: number): Promise<CanaryResult> =>
    sendCanaries(due, PLACES, { table, assume: () => Promise.resolve(), now: () => now });
  /** Canaries that arrived from all places at a time. */
  const arrivedAt = (time: number): Heartbeat[] =>
    DUE.map(({ account, region }) => {
      const last = new Date(time).toISOString();
      return { account, region, kind: 'canary', since: last, last, longestPause: 0, readEvents: null, proof: null };
    });

  test('sends to new places at once, then to each once an hour, a part in each round', async () => {
    const table = memoryLockTable();
    const first = await plan(table, START);
    expect(first.due).toHaveLength(300);
    await send(table, first.due, START);
    const sizes: number[] = [];
    const places: string[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const now = START + round * 15 * MINUTE;
      const { due, missing } = await plan(table, now, arrivedAt(now));
      expect(missing).toEqual([]);
      sizes.push(due.length);
      places.push(...due.map(({ account, region }) => `${account} ${region}`));
      await send(table, due, now);
    }
    expect(new Set(places).size).toBe(300);
    expect(places).toHaveLength(300);
    expect(Math.max(...sizes)).toBeLessThan(100);
  });

  test('sends again in each round where none arrived, and reports them after half an hour', async () => {
    const table = memoryLockTable();
    await send(table, DUE, START);
    const silent = arrivedAt(START + MINUTE).filter(({ region }) => region !== 'us-east-1');
    const soon = await plan(table, START + 15 * MINUTE, silent);
    expect(soon.due.filter(({ region }) => region === 'us-east-1')).toHaveLength(100);
    expect(soon.missing).toEqual([]);
    await send(table, soon.due, START + 15 * MINUTE);
    const late = await plan(table, START + 30 * MINUTE, silent);
    expect(late.missing.filter(({ region }) => region === 'us-east-1')).toHaveLength(100);
    expect(late.missing[0]?.since).toBe('2026-09-01T12:00:00Z');
  });
});
