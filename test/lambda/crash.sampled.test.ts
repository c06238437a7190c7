import { sampled } from '../sample';
import { seededRandom } from '../../trail-writer/random';
import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { Did } from '../../lambda/detection/facts/facts';
import type { LockTable } from '../../lambda/store/lock-table';
import type { SeenCache } from '../../lambda/store/seen-cache';
import { comparable, Crash, eachCall, replayed, runLive, type LivePlan, type Reach, type Story } from './live-run';
import { demoStory, mixedStory, storyNamed } from './stories';

/** Requests are told apart by what they do and to what kind of item. */
interface Request {
  readonly operation: string;
  readonly pk: string;
  readonly sk: string;
}

/** Kills the worker once before each distinct request acts, and once after it has acted. */
class CrashBook {
  readonly crashed = new Map<string, { before: number; after: number }>();

  between = (reach: Reach): Reach => {
    let isDead = false;
    const act = async <T>(does: () => Promise<T>, request: Request): Promise<T> => {
      if (isDead) throw new Crash('dead');
      const due = this.dueAt(`${request.operation} ${kindOf(request.pk)} ${kindOf(request.sk)}`.trim());
      if (due === 'before') {
        isDead = true;
        throw new Crash('before');
      }
      const answer = await does();
      if (!isDead && due !== 'after') return answer;
      isDead = true;
      throw new Crash('after');
    };
    return {
      seen: reach.seen,
      table: eachCall(reach.table, act),
      ask: (workload, notBefore) => act(() => reach.ask(workload, notBefore), { operation: 'ask', pk: '', sk: '' }),
      publish: (finding, updatedAt, how) =>
        act(() => reach.publish(finding, updatedAt, how), { operation: 'publish', pk: '', sk: finding.status }),
    };
  };

  get isFull(): boolean {
    return this.crashed.size > 0 && [...this.crashed.values()].every(({ before, after }) => before > 0 && after > 0);
  }

  private dueAt(request: string): 'before' | 'after' | null {
    const crashes = this.crashed.get(request) ?? { before: 0, after: 0 };
    this.crashed.set(request, crashes);
    const due = crashes.before === 0 ? 'before' : crashes.after === 0 ? 'after' : null;
    if (due) crashes[due] += 1;
    return due;
  }
}

/** `workload#aws/1111…` → `workload#`; `subscribers#entity#ip/…` → `subscribers#entity#`. */
function kindOf(key: string): string {
  return /^(?:subscribers#)?[a-z1-]+(?:#|$)/.exec(key)?.[0] ?? key.replace(/.*\//, '').replace(/[^A-Z].*/, '');
}

/** The most runs of a story, each with crashes at the requests that have not crashed yet. */
const MOST_TIMES = 24;

describe('a worker that dies before or after any request loses nothing', () => {
  const stories: readonly (readonly [string, Story])[] = [
    ['the demo trail', demoStory()],
    ['a fleet that moved', storyNamed('group/fleet-moved-to-new-address')],
    ['six instances at one attacker', storyNamed('group/six-instances-at-one-attacker')],
    ...[1, 2, 3, 4, 5, 6].map((seed) => [`mixed story ${seed}`, mixedStory(seed, 8)] as const),
  ];

  it.each(sampled(stories, 3))('%s', async (_name, story) => {
    const book = new CrashBook();
    const expected = replayed(story).map(comparable);
    let crashes = 0;
    for (let time = 1; time <= MOST_TIMES && !book.isFull; time += 1) {
      const end = await runLive(story, { seed: time, workers: 2, table: memoryLockTable(), between: book.between });
      expect(end.findings.map(comparable)).toEqual(expected);
      crashes += end.crashes;
    }
    expect(crashes).toBeGreaterThan(20);
    expect(book.crashed.size).toBeGreaterThan(30);
    for (const [request, times] of book.crashed)
      expect({ request, ...times }).toEqual({ request, before: 1, after: 1 });
  });
});

/** How many runs end otherwise than replay, of one a seed. */
async function wrongEnds(story: Story, seeds: number, planOf: (seed: number) => LivePlan): Promise<number> {
  const expected = JSON.stringify(replayed(story).map(comparable));
  let wrong = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { findings } = await runLive(story, planOf(seed));
    if (JSON.stringify(findings.map(comparable)) !== expected) wrong += 1;
  }
  return wrong;
}

describe('it notices', () => {
  it('a sighting that is not idempotent: the later event of the hour overwrites the earlier', async () => {
    const story = again(storyNamed('theft/stolen-key-used-from-laptop'));
    expect(await wrongEnds(story, 4, (seed) => ({ seed, table: memoryLockTable() }))).toBe(0);
    expect(await wrongEnds(story, 4, (seed) => ({ seed, table: laterOverwrites(memoryLockTable()) }))).toBeGreaterThan(
      0,
    );
  });

  it('done before sent: a failure to ask is swallowed', async () => {
    const story = storyNamed('theft/stolen-key-used-from-laptop');
    const plan = (seed: number, swallows: boolean): LivePlan => {
      const random = seededRandom(seed);
      const between = (reach: Reach): Reach => ({
        ...reach,
        ask: (workload, notBefore) => {
          if (random.chance(0.5)) return reach.ask(workload, notBefore);
          return swallows ? Promise.resolve() : Promise.reject(new Error('not sent'));
        },
      });
      return { seed, table: memoryLockTable(), between };
    };
    expect(await wrongEnds(story, 20, (seed) => plan(seed, false))).toBe(0);
    expect(await wrongEnds(story, 20, (seed) => plan(seed, true))).toBeGreaterThan(0);
  });

  it('remembered before stored: what was looked up counts as known from then on', async () => {
    const between = (reach: Reach): Reach => ({ ...reach, seen: rashCache() });
    const plan = { throttling: 0.1, workers: 1 };
    const story = storyNamed('theft/stolen-key-used-from-laptop');
    expect(await wrongEnds(story, 8, (seed) => ({ ...plan, seed, table: memoryLockTable() }))).toBe(0);
    expect(
      await wrongEnds(story, 40, (seed) => ({ ...plan, seed, table: memoryLockTable(), between })),
    ).toBeGreaterThan(0);
  });

  it.each([
    ['subscriptions', 'subscribers#', 'shared-egress/account-behind-transit-gateway'],
    ['anchor summaries', 'anchored-at#', 'ownership/instance-of-another-account-seen-in-the-trail'],
    ['suspicions', 'suspects#', 'group/fleet-moved-to-new-address'],
  ])('read before written: %s are there only after others were read', async (_what, kind, name) => {
    const story = storyNamed(name);
    expect(await wrongEnds(story, 10, (seed) => ({ seed, table: memoryLockTable() }))).toBe(0);
    expect(
      await wrongEnds(story, 60, (seed) => ({ seed, table: writingLate(memoryLockTable(), kind) })),
    ).toBeGreaterThan(0);
  });
});

/** Everything happens again twice within the hour. */
function again(story: Story): Story {
  const later = (minutes: number): unknown[] =>
    (story.records as readonly { eventID: string; eventTime: string }[]).map((record) => ({
      ...record,
      eventID: `${minutes}-${record.eventID}`,
      eventTime: new Date(Date.parse(record.eventTime) + minutes * 60_000).toISOString().replace('.000', ''),
    }));
  return { ...story, records: [...story.records, ...later(2), ...later(5)] };
}

function laterOverwrites(table: LockTable): LockTable {
  const turned = (text: string): string => text.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return { ...table, merge: (item) => table.merge({ ...item, least: turned(item.least) }) };
}

function rashCache(): SeenCache {
  const looked = new Set<string>();
  return {
    get: (key) => {
      if (looked.has(key)) return { least: '', did: Object.keys(Did) };
      looked.add(key);
      return undefined;
    },
    set: () => {},
  };
}

const LATE = 300;

/** What is raised in partitions of a kind is there `LATE` requests later only. */
function writingLate(table: LockTable, kind: string): LockTable {
  const late: { due: number; write: () => Promise<unknown> }[] = [];
  let now = 0;
  return {
    ...eachCall(table, async (does) => {
      now += 1;
      while ((late[0]?.due ?? Infinity) <= now) await late.shift()?.write();
      return does();
    }),
    raise: (item) => {
      if (!item.pk.startsWith(kind)) return table.raise(item);
      late.push({ due: now + LATE, write: () => table.raise(item) });
      return Promise.resolve(true);
    },
  };
}
