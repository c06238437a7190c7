import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { kindsNamed } from '../../../lambda/detection/kinds/all-kinds';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import { readRecord } from '../../../lambda/detection/records/read-record';
import { readInto } from '../../../lambda/detection/records/read-facts';
import { workloadKey, type Workload } from '../../../lambda/detection/model/workload';
import { FACT_PARTITIONS } from '../../../lambda/hunt-names';
import { gatherRun } from '../../../lambda/hunting/gather-stage';
import { padded } from '../../../lambda/hunting/folders';
import { RUN_STAGE } from '../../../lambda/hunting/hunt-stages';
import { networkFacts, sessionFacts } from '../../../lambda/hunting/part-facts';
import { writeFacts } from '../../../lambda/hunting/read-stage';
import { storeBatches, storedIn, type StoreContext } from '../../../lambda/hunting/store-stage';
import { judgeWorkloads } from '../../../lambda/judging/judge-workloads';
import { observeRecords } from '../../../lambda/observing/observe-records';
import { storeFacts } from '../../../lambda/observing/store-facts';
import type { LockTable, StoredItem } from '../../../lambda/store/lock-table';
import { PARTITIONS, prefixOf, SORT_KEYS } from '../../../lambda/store/table-schema';
import { seededRandom } from '../../../trail-writer/random';
import { factsOf } from '../../scenario';
import { eachCall, type Story } from '../live-run';
import { call, issuance } from '../records';
import { demoStory, mixedStory } from '../stories';
import { storyWith } from '../story';
import { MemoryWorkStore } from './memory-work-store';
import { factTexts } from './fact-texts';

const NOW = Date.parse('2026-10-08T00:00:00Z');
const PARTS = 3;
const KEY = [1, 2] as const;

/** A table that knows its partitions, and those that were written. */
interface Watched {
  readonly table: LockTable;
  readonly written: Set<string>;
}

function watchedTable(): Watched {
  const written = new Set<string>();
  const table = eachCall(memoryLockTable(), async (does, { operation, pk }) => {
    if (!['read', 'query'].includes(operation)) written.add(pk);
    return does();
  });
  return { table, written };
}

function observingBy({ settings, ipRanges }: Story, table: LockTable, now = NOW) {
  return { table, settings, ipRanges, kinds: kindsNamed(settings.workloads), now };
}

/** What `observe` does with the messages of `credlock backfill`. */
async function backfilled(story: Story, now = NOW): Promise<Watched> {
  const watched = watchedTable();
  await observe(story, watched.table, { recordOnly: true, now });
  return watched;
}

async function observe(
  story: Story,
  table: LockTable,
  { recordOnly, now = NOW }: { readonly recordOnly: boolean; readonly now?: number },
): Promise<void> {
  const { records } = story;
  for (let at = 0; at < records.length; at += 200) {
    const observed = await observeRecords([{ id: at, records: records.slice(at, at + 200) }], {
      ...observingBy(story, table, now),
      seen: new Map(),
      requestConfirm: () => Promise.resolve(),
      recordOnly,
    });
    expect(observed.failed.size).toBe(0);
  }
}

/** The work of a hunt through these records, up to what storing reads. */
async function huntedWork(story: Story, shuffle: <T>(list: readonly T[]) => T[]): Promise<MemoryWorkStore> {
  const store = new MemoryWorkStore();
  const { settings, ipRanges, records } = story;
  const context = {
    store,
    parts: PARTS,
    key: KEY,
    megabytes: 1_000,
    settings,
    ipRanges,
    kinds: kindsNamed(settings.workloads),
  };
  const shuffled = shuffle(records);
  const size = Math.max(1, Math.ceil(shuffled.length / 5));
  for (let batch = 0; batch * size < shuffled.length; batch += 1) {
    const facts = new FactSet();
    for (const record of shuffled.slice(batch * size, (batch + 1) * size)) readInto(facts, record, context.kinds);
    await writeFacts(facts, batch, context);
  }
  await gatherRun('read', 0, context);
  for (let part = 0; part < PARTS; part += 1) await RUN_STAGE.attribute(part, context);
  await RUN_STAGE.link(0, context);
  return store;
}

interface Storing {
  readonly work: MemoryWorkStore;
  readonly shuffle: <T>(list: readonly T[]) => T[];
  /** Fails instead of storing, half of the times after it stored. @default never */
  readonly fails?: () => boolean;
  readonly now?: number;
}

/** All children in a random order, one of them again; each is called until it is done. */
async function storeAll(
  story: Story,
  { table }: Watched,
  { work, shuffle, fails = () => false, now = NOW }: Storing,
): Promise<void> {
  const context: StoreContext = {
    store: work,
    now: () => now,
    storeFacts: async (some) => {
      if (fails()) throw new Error('throttled');
      const counts = await storeFacts(some, observingBy(story, table, now));
      if (fails()) throw new Error('the answer is lost');
      return counts;
    },
  };
  const children = Array.from({ length: PARTS }, (_, part) => part);
  const twice = shuffle([-1, ...children, ...shuffle([-1, ...children]).slice(0, 1)]);
  for (const child of twice) {
    const run = () =>
      child < 0
        ? storeBatches('network', networkFacts({ store: work }, lastWrittenOf(story)), context)
        : storeBatches(padded(child), sessionFacts(child, { store: work, megabytes: 1_000 }), context);
    let isDone = false;
    while (!isDone) isDone = await run().catch(() => false);
  }
}

/** Log files are written once their last record is. */
function lastWrittenOf({ records }: Story): ReadonlyMap<string, number> {
  const written = new Map<string, number>();
  for (const record of records) {
    const reading = readRecord(record);
    if (!('record' in reading)) continue;
    const { account, time } = reading.record;
    written.set(account, Math.max(time, written.get(account) ?? 0));
  }
  return written;
}

async function factsIn({ table, written }: Watched): Promise<string[]> {
  const items: StoredItem[] = [];
  for (const pk of written) items.push(...(await table.query(pk)));
  return factTexts(items);
}

function workloadsIn(story: Story): readonly Workload[] {
  const facts = factsOf(story.records);
  const found = new Map<string, Workload>();
  for (const { workload } of facts.issuances.values()) found.set(workloadKey(workload), workload);
  for (const { rows } of facts.sessions.values())
    for (const { caller } of rows.values())
      if (caller.workload) found.set(workloadKey(caller.workload), caller.workload);
  return [...found.values()];
}

/** What a live judgement of each workload trusts, and what it finds. */
async function locksIn({ table }: Watched, story: Story): Promise<unknown> {
  const locks: Record<string, unknown> = {};
  for (const workload of workloadsIn(story)) {
    const { judged, isComplete } = await judgeWorkloads([workload], observingBy(story, table));
    const [one] = judged;
    locks[workloadKey(workload)] = { isComplete, lock: one?.judgement.lock, verdicts: one?.judgement.verdicts };
  }
  return locks;
}

function shufflerOf(seed: number): <T>(list: readonly T[]) => T[] {
  const random = seededRandom(seed);
  return (list) => {
    const keyed = list.map((item) => ({ item, key: random.next() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  };
}

async function expectEqual(story: Story, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const shuffle = shufflerOf(seed);
  const expected = await backfilled(story);
  const stored = watchedTable();
  const work = await huntedWork(story, shuffle);
  await storeAll(story, stored, { work, shuffle, fails: () => random.chance(0.1) });
  expect(await factsIn(stored)).toEqual(await factsIn(expected));
  expect(await locksIn(stored, story)).toEqual(await locksIn(expected, story));
  const prefixes = new Set([...stored.written].map(prefixOf));
  expect([...prefixes].filter((one) => !FACT_PARTITIONS.some((allowed) => allowed === one))).toEqual([]);
}

test.each([1, 2])(
  'the demo, in random batches and orders, is stored as a backfill stores it (seed %i)',
  async (seed) => {
    await expectEqual(demoStory(), seed);
  },
);

test.each([1, 2, 3, 4, 5, 6])('so are unrelated incidents that meet (seed %i)', async (seed) => {
  await expectEqual(mixedStory(seed, 6), seed);
});

test('facts are written to no other partitions than those that the function may write', () => {
  const all = Object.values<string>(PARTITIONS);
  expect(FACT_PARTITIONS.filter((one) => !all.includes(one))).toEqual([]);
  for (const other of ['suspects#', 'past#', 'open-findings#', 'canaries', 'heartbeats', 'tampering#'])
    expect(FACT_PARTITIONS).not.toContain(other);
});

describe('beside `observe`', () => {
  test('what it writes meanwhile stays, before and after older facts of the same hours are stored', async () => {
    const story = demoStory();
    const half = Math.floor(story.records.length / 2);
    const live = { ...story, records: story.records.slice(half) };
    const together = watchedTable();
    await observe(live, together.table, { recordOnly: false });
    const steady = await locksIn(together, live);
    const work = await huntedWork(story, shufflerOf(3));
    await storeAll(story, together, { work, shuffle: shufflerOf(4) });
    const expected = await backfilled(story);
    expect(await factsIn(together)).toEqual(await factsIn(expected));
    expect(await locksIn(together, story)).toEqual(await locksIn(expected, story));
    expect(Object.keys(steady as object).length).toBeGreaterThan(0);
  });
});

describe('one workload', () => {
  const HOME = '198.51.100.10';
  const story = storyWith([issuance('09:00', 'ASIAHOME'), call('10:00', HOME), call('11:00', HOME)], {}, null);
  const facts = [...factsOf(story.records).issuances.values()];
  const of = (work: MemoryWorkStore) => sessionFacts(0, { store: work, megabytes: 1_000 });
  const onePart = async (): Promise<MemoryWorkStore> => {
    const store = new MemoryWorkStore();
    await writeFacts(factsOf(story.records), 0, { store, parts: 1, key: KEY });
    await gatherRun('read', 0, { store });
    return store;
  };

  test('older than retentionDays is left out, hour by hour, and counted', async () => {
    const { retentionDays } = story.settings;
    const limit = Date.parse('2026-09-01T10:30:00Z');
    const work = await onePart();
    await storeAll(story, watchedTable(), { work, shuffle: shufflerOf(1), now: limit + retentionDays * 86_400_000 });
    // The hour of 10:00 is kept, since calls of its second half may be recent enough.
    expect(await storedIn(work)).toEqual({ stored: 2, tooOld: 1, refused: 0 });
    expect(facts).toHaveLength(1);
  });

  test.each([
    ['older than retentionDays: its account is not stored, as a backfill does not', 91, 0],
    ['of which a record is recent enough: its account is stored', 89, 1],
  ])('%s', async (_what, days, accounts) => {
    const now = Date.parse('2026-09-01T11:00:00Z') + days * 86_400_000;
    const stored = watchedTable();
    await storeAll(story, stored, { work: await huntedWork(story, shufflerOf(1)), shuffle: shufflerOf(1), now });
    const backfill = await backfilled(story, now);
    for (const { table } of [stored, backfill])
      expect(await table.query(PARTITIONS.accounts, SORT_KEYS.account)).toHaveLength(accounts);
  });

  test('of a future time is left out', async () => {
    const work = await onePart();
    await storeAll(story, watchedTable(), { work, shuffle: shufflerOf(1), now: Date.parse('2026-08-30T00:00:00Z') });
    expect(await storedIn(work)).toEqual({ stored: 0, tooOld: 0, refused: 3 });
  });

  test('is stored in calls that end in time, each from where the last one ended', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => ({ account: String(at).padStart(12, '0'), last: NOW }));
    async function* accounts(): AsyncGenerator<{ account: string; last: number }> {
      for (const one of many) yield await Promise.resolve(one);
    }
    const work = new MemoryWorkStore();
    const seen: string[] = [];
    let clock = 0;
    const context: StoreContext = {
      store: work,
      now: () => clock,
      storeFacts: (some) => {
        clock += 11 * 60_000;
        for (const one of some) seen.push('account' in one ? one.account : '');
        return Promise.resolve({ stored: some.length, tooOld: 0, refused: 0 });
      },
    };
    const answers: boolean[] = [];
    for (let calls = 0; calls < 5; calls += 1) answers.push(await storeBatches('network', accounts(), context));
    expect(answers).toEqual([false, false, false, true, true]);
    expect(seen).toEqual(many.map(({ account }) => account));
    expect(await storedIn(work)).toEqual({ stored: 1_200, tooOld: 0, refused: 0 });
  });

  test('that the table does not take now is an error, and is stored by the next attempt', async () => {
    const work = await onePart();
    const { table } = watchedTable();
    const away = { ...table, merge: () => Promise.reject(new Error('throttled')) };
    const contextOf = (one: LockTable): StoreContext => ({
      store: work,
      now: () => NOW,
      storeFacts: (some) => storeFacts(some, observingBy(story, one)),
    });
    await expect(storeBatches('000000', of(work), contextOf(away))).rejects.toThrow('throttled');
    expect(await storedIn(work)).toBeNull();
    expect(await storeBatches('000000', of(work), contextOf(table))).toBe(true);
    expect(await storedIn(work)).toEqual({ stored: 3, tooOld: 0, refused: 0 });
  });
});
