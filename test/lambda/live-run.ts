import { seededRandom, type Random } from '../../trail-writer/random';
import { detect } from '../../lambda/detection/detect';
import type { Finding } from '../../lambda/detection/model/finding';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import { readRecord } from '../../lambda/detection/records/read-record';
import type { Settings } from '../../lambda/detection/model/settings';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { workloadKey, type Workload } from '../../lambda/detection/model/workload';
import type { LockTable } from '../../lambda/store/lock-table';
import { observeRecords } from '../../lambda/observing/observe-records';
import type { SeenCache, SeenItem } from '../../lambda/store/seen-cache';
import { type RequestConfirm } from '../../lambda/judging/confirm-request';
import type { Publish } from '../../lambda/confirming/reconcile-findings';
import { updateFindings } from '../../lambda/confirming/update-findings';
import { updateTokenFindings } from '../../lambda/confirming/update-token-findings';
import { holderOf } from '../../lambda/judging-tokens/token-holder';
import { factsOf } from '../scenario';

/** What happened, and by what it is judged. */
export interface Story {
  readonly records: readonly unknown[];
  /** Reads an object of audit logs each; rejected if it must be read again. @default none */
  readonly objects?: readonly ((reach: Reach, now: number) => Promise<void>)[];
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  /** The same as people write it. */
  readonly documents: { readonly settings: object; readonly ipRanges: object | null };
}

/** Everything a worker can reach. */
export interface Reach {
  readonly table: LockTable;
  readonly ask: RequestConfirm;
  readonly publish: Publish;
  readonly seen: SeenCache;
}

export interface LivePlan {
  readonly seed: number;
  readonly table: LockTable;
  /** @default 3 */
  readonly workers?: number;
  /** Records delivered twice. @default 0.2 */
  readonly duplicates?: number;
  /** Messages taken at once, at most. @default mostly 1, sometimes up to 8 */
  readonly batch?: number;
  /** The workers' clock when they begin, in epoch milliseconds. @default the time of the latest record */
  readonly now?: number;
  /** Table calls that fail, half of them after they acted. @default 0 */
  readonly throttling?: number;
  /** So many calls fail at most. A unit of work of 40 calls succeeds once in 8,000 times where each fifth fails for ever. @default all */
  readonly mostThrottled?: number;
  /** What stands between each life of a worker and the world; it throws `Crash` where the worker dies. */
  readonly between?: (reach: Reach) => Reach;
}

/** The worker dies: its memory is lost, nothing of it acts any more, and what it was at comes again. */
export class Crash extends Error {}

/** What Security Hub would hold after a run. */
export interface LiveEnd {
  /** Active findings, by first sighting and id. */
  readonly findings: readonly Finding[];
  readonly crashes: number;
  readonly units: number;
}

/** So many attempts at the same queues without an end mean that work makes itself. */
const MOST_UNITS_PER_RECORD = 400;

/** Lets workers take turns at random before and after every table call, until both queues are empty. */
export async function runLive(story: Story, plan: LivePlan): Promise<LiveEnd> {
  const run = new LiveRun(story, plan);
  await run.run();
  return run.end();
}

/** The findings `replay` has of the same records. */
export function replayed({ records, settings, ipRanges }: Story): readonly Finding[] {
  return detect({ facts: factsOf(records), settings, ipRanges }).findings;
}

/** Without the fields that live and replay may differ in: the calls that are kept, and the techniques these show. */
export function comparable(finding: Finding & { readonly techniques?: unknown }): object {
  const { calls: _c, callsAtLeast: _a, lastSeen: _l, events: _e, techniques: _t, ...rest } = finding;
  return rest;
}

class LiveRun {
  private readonly random: Random;
  private readonly messages: { readonly id: number; readonly record: unknown }[];
  private readonly objects: NonNullable<Story['objects']>[number][];
  private readonly asked: Workload[] = [];
  private readonly hub = new Map<string, { finding: Finding; updatedAt: number }>();
  private readonly waiting: (() => void)[] = [];
  private readonly newest: number;
  private busy = 0;
  private now: number;
  private crashes = 0;
  private throttled = 0;
  private units = 0;

  constructor(
    private readonly story: Story,
    private readonly plan: LivePlan,
  ) {
    this.random = seededRandom(plan.seed);
    const twice = story.records.filter(() => this.random.chance(plan.duplicates ?? 0.2));
    this.messages = [...story.records, ...twice].map((record, id) => ({ id, record }));
    shuffle(this.messages, this.random);
    this.objects = [...(story.objects ?? [])];
    this.newest = plan.now ?? Math.max(0, ...story.records.map(timeOf));
    this.now = this.newest;
  }

  async run(): Promise<void> {
    const workers = Array.from({ length: this.plan.workers ?? 3 }, () => this.work());
    const state = { isDone: false };
    const all = Promise.all(workers).finally(() => (state.isDone = true));
    while (!state.isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      const [turn] = this.waiting.splice(this.random.below(this.waiting.length), 1);
      turn?.();
    }
    await all;
  }

  end(): LiveEnd {
    const active = [...this.hub.values()].map(({ finding }) => finding).filter(({ status }) => status === 'ACTIVE');
    const findings = active.sort((a, b) => compareText(a.firstSeen, b.firstSeen) || compareText(a.id, b.id));
    return { findings, crashes: this.crashes, units: this.units };
  }

  /** One worker through all its lives. */
  private async work(): Promise<void> {
    let life = this.beBorn();
    while (this.messages.length + this.objects.length + this.asked.length + this.busy > 0) {
      await this.turn();
      this.busy += 1;
      try {
        await this.unit(life.reach);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.crashes += 1;
        life.end();
        life = this.beBorn();
      } finally {
        this.busy -= 1;
      }
    }
  }

  private async unit(reach: Reach): Promise<void> {
    if (this.objects.length > 0 && this.random.chance(0.5)) return this.readObject(reach);
    const both = this.messages.length > 0 && this.asked.length > 0;
    if (this.messages.length > 0 && (!both || this.random.chance(0.6))) return this.observe(reach);
    const workload = this.asked.splice(this.random.below(this.asked.length), 1)[0];
    if (!workload) return;
    this.countUnit();
    try {
      const updating = { ...this.bench(reach), publish: reach.publish, now: this.tick() };
      const holder = holderOf(workload);
      const settled = await (holder
        ? updateTokenFindings(workload, holder, updating)
        : updateFindings(workload, updating));
      for (const other of settled.others) await reach.ask(other, this.now);
      await settled.finish();
    } catch (error) {
      this.asked.push(workload);
      if (error instanceof Crash) throw error;
    }
  }

  private async readObject(reach: Reach): Promise<void> {
    this.countUnit();
    const read = this.objects.pop();
    try {
      await read?.(reach, this.tick());
    } catch (error) {
      if (read) this.objects.unshift(read);
      if (error instanceof Crash) throw error;
    }
  }

  private async observe(reach: Reach): Promise<void> {
    this.countUnit();
    const batch = this.messages.splice(0, this.batchSize());
    const crash: { error: Crash | null } = { error: null };
    const noticing = noticeCrash(reach, (error) => (crash.error ??= error));
    const { failed } = await observeRecords(
      batch.map(({ id, record }) => ({ id, records: [record] })),
      {
        ...this.bench(noticing),
        requestConfirm: noticing.ask,
        seen: reach.seen,
        kinds: kindsNamed(this.story.settings.workloads),
        now: this.newest,
      },
    );
    const again = batch.filter(({ id }) => crash.error !== null || failed.has(id));
    for (const message of again) this.messages.splice(this.random.below(this.messages.length + 1), 0, message);
    if (crash.error) throw crash.error;
  }

  private batchSize(): number {
    const { batch } = this.plan;
    if (batch !== undefined) return 1 + this.random.below(batch);
    return this.random.chance(0.7) ? 1 : 1 + this.random.below(8);
  }

  private bench({ table }: Reach): { table: LockTable; settings: Settings; ipRanges: IpRanges | null } {
    const { settings, ipRanges } = this.story;
    return { table, settings, ipRanges };
  }

  private beBorn(): { reach: Reach; end: () => void } {
    const { plan } = this;
    let dead = false;
    const alive = (): void => {
      if (dead) throw new Crash('dead');
    };
    const act = async <T>(does: () => Promise<T>): Promise<T> => {
      await this.turn();
      alive();
      if (this.isThrottled()) throw new Error('throttled');
      const answer = await does();
      await this.turn();
      alive();
      if (this.isThrottled()) throw new Error('timed out');
      return answer;
    };
    const reach: Reach = {
      table: eachCall(plan.table, act),
      ask: (workload) => act(() => Promise.resolve(void this.asked.push(workload))),
      publish: (finding, updatedAt) => act(() => Promise.resolve(this.import(finding, updatedAt))),
      seen: new Map<string, SeenItem>(),
    };
    return { reach: plan.between?.(reach) ?? reach, end: () => (dead = true) };
  }

  private isThrottled(): boolean {
    const { throttling = 0, mostThrottled = Infinity } = this.plan;
    if (this.throttled >= mostThrottled || !this.random.chance(throttling / 2)) return false;
    this.throttled += 1;
    return true;
  }

  private import(finding: Finding, updatedAt: number): void {
    const known = this.hub.get(finding.id);
    if (!known || known.updatedAt < updatedAt) this.hub.set(finding.id, { finding, updatedAt });
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tick(): number {
    this.now += this.random.below(3) * 500;
    return this.now;
  }

  private countUnit(): void {
    this.units += 1;
    if (this.units > MOST_UNITS_PER_RECORD * (this.story.records.length + (this.story.objects?.length ?? 0) + 10))
      throw new Error(`${this.units} units of work and no end: ${this.asked.map(workloadKey).join()}`);
  }
}

/** The same table with every call made through `act`. */
export function eachCall(
  table: LockTable,
  act: <T>(
    does: () => Promise<T>,
    call: { readonly operation: keyof LockTable; readonly pk: string; readonly sk: string },
  ) => Promise<T>,
): LockTable {
  return {
    keep: (item) => act(() => table.keep(item), { operation: 'keep', ...item }),
    merge: (item) => act(() => table.merge(item), { operation: 'merge', ...item }),
    revise: (item) => act(() => table.revise(item), { operation: 'revise', ...item }),
    raise: (item) => act(() => table.raise(item), { operation: 'raise', ...item }),
    note: (key, did) => act(() => table.note(key, did), { operation: 'note', ...key }),
    read: (keys) => act(() => table.read(keys), { operation: 'read', pk: keys[0]?.pk ?? '', sk: keys[0]?.sk ?? '' }),
    query: (pk, prefix, most) => act(() => table.query(pk, prefix, most), { operation: 'query', pk, sk: prefix ?? '' }),
  };
}

/** `observeRecords` takes every error for a failed parcel; a crash is none. */
function noticeCrash(reach: Reach, notice: (crash: Crash) => void): Reach {
  const noticing = async <T>(does: () => Promise<T>): Promise<T> => {
    try {
      return await does();
    } catch (error) {
      if (error instanceof Crash) notice(error);
      throw error;
    }
  };
  return {
    ...reach,
    table: eachCall(reach.table, noticing),
    ask: (workload, notBefore) => noticing(() => reach.ask(workload, notBefore)),
  };
}

function timeOf(value: unknown): number {
  const reading = readRecord(value);
  return 'skip' in reading ? 0 : reading.record.time;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function shuffle(items: unknown[], random: Random): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [items[last], items[other]] = [items[other], items[last]];
  }
}
