import { isTooOldToJudge } from '../detection/retention';
import { readFacts } from '../detection/read-facts';
import { readRecord } from '../detection/read-record';
import type { Skip } from '../detection/read-into';
import type { Fact } from '../detection/facts';
import type { Finding } from '../detection/finding';
import type { Settings } from '../detection/settings';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/workload';
import type { WorkloadKind } from '../detection/workload-kind';
import { despiteOthers } from './concurrent-change';
import { saveClaims, type ClaimsSaved } from './claims-of-workload';
import { filed, partition, type Filed } from './filing';
import { dueAt, isFinal } from './hold';
import { judgeWorkloads, type Bench, type Judged } from './judge-workloads';
import { isKnown, knownOf, memoryKey, says, type Known, type Memory } from './memory';
import { claimsOfFootprint, expiryOfClaims, topicsOf } from './settle';
import { subscribersOf, Subscriptions, topic } from './subscriptions';
import { touchedBy, type Touched } from './touched';

export type { Known, Memory } from './memory';

/** Asks for a workload to be settled, no sooner than `notBefore` (epoch milliseconds). Resolves when that was sent. */
export type Ask = (workload: Workload, notBefore: number) => Promise<void>;

export interface Observing extends Bench {
  readonly kinds: readonly WorkloadKind[];
  readonly memory: Memory;
  readonly ask: Ask;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether a record that failed so to be stored will never be stored: it is refused alone. @default none */
  readonly isForever?: (error: unknown) => boolean;
}

/** Records that stand or fall together: a queue message, or a part of a log file. */
export interface Parcel<Id> {
  readonly id: Id;
  readonly records: readonly unknown[];
}

export interface Observed<Id> {
  /** Parcels that are not finished, with the reason: they must come again. */
  readonly failed: ReadonlyMap<Id, unknown>;
  /** By reason. */
  readonly skipped: ReadonlyMap<Skip | 'too-old', number>;
  readonly records: number;
  readonly facts: number;
  readonly judged: number;
  /** Workloads whose settling was asked for. */
  readonly asked: number;
  /** Sightings, in the workloads judged, that only look like their own. */
  readonly unproven: number;
  /** Records the table will never take, with the reason. */
  readonly refused: readonly Refused<Id>[];
  /** Milliseconds from the earliest event to `now`; null where there was none. */
  readonly lag: number | null;
}

export interface Refused<Id> {
  readonly id: Id;
  readonly record: unknown;
  readonly error: unknown;
}

/**
 * Stores the facts of all parcels, judges the workloads they touch and asks for the suspicious to be settled. A parcel is
 * finished when its facts are stored AND what they raise was asked for; only then is it remembered.
 */
export async function observeRecords<Id>(parcels: readonly Parcel<Id>[], observing: Observing): Promise<Observed<Id>> {
  const shift = new Shift<Id>(observing);
  for (const parcel of parcels) await shift.store(parcel);
  await shift.judge();
  return shift.report();
}

class Shift<Id> {
  private readonly failed = new Map<Id, unknown>();
  private readonly skipped = new Map<Skip | 'too-old', number>();
  private readonly touched = new Map<WorkloadKey, { workload: Workload; by: Set<Id> }>();
  private readonly stored = new Map<Id, Map<string, Known>>();
  private readonly wanted = new Map<WorkloadKey, { workload: Workload; notBefore: number; by: Set<Id> }>();
  private readonly refused: Refused<Id>[] = [];
  /** What was stored in this shift, and whom it touches: the same again needs no request. */
  private readonly heard = new Map<string, { readonly known: Known; readonly touched: Touched }>();
  private readonly footprints = new Map<WorkloadKey, { readonly saved: ClaimsSaved; readonly by: ReadonlySet<Id> }>();
  private records = 0;
  private facts = 0;
  private judged = 0;
  private asked = 0;
  private unproven = 0;
  private earliest = Infinity;

  constructor(private readonly observing: Observing) {}

  async store(parcel: Parcel<Id>): Promise<void> {
    this.stored.set(parcel.id, new Map());
    try {
      for (const value of parcel.records) await this.storeOrRefuse(value, parcel.id);
    } catch (error) {
      this.failed.set(parcel.id, error);
    }
  }

  private async storeOrRefuse(record: unknown, id: Id): Promise<void> {
    try {
      await this.storeRecord(record, id);
    } catch (error) {
      if (!this.observing.isForever?.(error)) throw error;
      this.refused.push({ id, record, error });
    }
  }

  private async storeRecord(value: unknown, id: Id): Promise<void> {
    this.records += 1;
    const { observing } = this;
    const reading = readRecord(value);
    if ('skip' in reading) return this.skip(reading.skip);
    const { record } = reading;
    if (isTooOldToJudge(record.time, observing.now, observing.settings.retentionDays)) return this.skip('too-old');
    this.earliest = Math.min(this.earliest, record.time);
    await this.seeAccount(record.account, id);
    const { facts, skip } = readFacts(record, observing.kinds);
    if (skip !== null) this.skip(skip);
    for (const fact of facts) await this.storeFact(fact, id);
  }

  private async seeAccount(account: string, id: Id): Promise<void> {
    const item: Filed = { keep: { pk: partition.accounts, sk: `T#${account}`, body: '', expires: NEVER } };
    const { memory, table } = this.observing;
    if (isKnown(item, memory)) return;
    await this.keep([item], id, async () => ({
      own: [],
      others: await subscribersOf([topic.account(account)], table),
    }));
  }

  private async storeFact(fact: Fact, id: Id): Promise<void> {
    this.facts += 1;
    const { memory, table, settings } = this.observing;
    const fresh = filed(fact, settings.retentionDays).filter((item) => !isKnown(item, memory));
    if (fresh.length > 0) await this.keep(fresh, id, () => touchedBy(fact, table, settings.retentionDays));
  }

  /** Stores the items, then asks whom they touch: nobody falls between. */
  private async keep(items: readonly Filed[], id: Id, askTouched: () => Promise<Touched>): Promise<void> {
    const { table } = this.observing;
    let touched = this.touchedBefore(items);
    if (!touched) {
      for (const item of items) await ('keep' in item ? table.keep(item.keep) : table.merge(item.merge));
      touched = await askTouched();
    }
    for (const item of items) this.note(item, id, touched);
    for (const workload of touched.own) this.touch(workload, id);
    this.touchOthers(touched.others, id);
  }

  /** Null where one of the items says something new. */
  private touchedBefore(items: readonly Filed[]): Touched | null {
    const heard = items.map((item) => ({ item, before: this.heard.get(memoryKey(item)) }));
    if (!heard.every(({ item, before }) => before && says(before.known, item))) return null;
    return heard[0]?.before?.touched ?? null;
  }

  private note(item: Filed, id: Id, touched: Touched): void {
    const key = memoryKey(item);
    const known = knownOf(item, this.heard.get(key)?.known ?? this.observing.memory.get(key));
    this.heard.set(key, { known, touched });
    this.stored.get(id)?.set(key, known);
  }

  /** A few are judged at once, and asked for only if need be; many would take too long here. */
  private touchOthers(others: readonly Workload[], id: Id): void {
    const by = new Set([id]);
    for (const other of others) {
      if (others.length > MOST_OTHERS) this.want(other, this.observing.now, by);
      else this.touch(other, id);
    }
  }

  private touch(workload: Workload, id: Id): void {
    const key = workloadKey(workload);
    const known = this.touched.get(key) ?? { workload, by: new Set<Id>() };
    known.by.add(id);
    this.touched.set(key, known);
  }

  async judge(): Promise<void> {
    for (const { workload, by } of this.touched.values()) {
      try {
        await despiteOthers(() => this.judgeOne(workload, by));
      } catch (error) {
        this.fail(by, error);
      }
    }
    await Promise.all([...this.wanted.values()].map((one) => this.send(one)));
    await this.finishFootprints();
    for (const [id, items] of this.stored) {
      if (!this.failed.has(id)) for (const [key, known] of items) this.observing.memory.set(key, known);
    }
  }

  /** Those whose change was asked about. */
  private async finishFootprints(): Promise<void> {
    const told = [...this.footprints.values()].filter(({ by }) => ![...by].some((id) => this.failed.has(id)));
    for (const { saved, by } of told) await saved.finish().catch((error: unknown) => this.fail(by, error));
  }

  private async judgeOne(workload: Workload, by: ReadonlySet<Id>): Promise<void> {
    const { table, now, settings } = this.observing;
    const { judged, open } = await judgeWorkloads([workload], this.observing, new Subscriptions(table, workload, now));
    this.judged += 1;
    for (const one of judged) {
      this.unproven += one.outcome.judgement.history.unproven;
      // Whoever judged it at the same time by other facts may have written in between.
      if (await this.saveFootprint(one, by)) return this.judgeOne(workload, by);
      const { shown, cut, suppressed } = one.outcome;
      const findings = [...shown.map(({ finding }) => finding), ...(cut ? [cut] : []), ...suppressed];
      if (findings.length > 0 || settings.serviceCallerFindings || open.has(workloadKey(workload)))
        this.want(workload, sayableAt(findings, settings), by);
    }
  }

  private async saveFootprint(judged: Judged, by: ReadonlySet<Id>): Promise<boolean> {
    const { table, now } = this.observing;
    const { workload } = judged;
    const key = workloadKey(workload);
    const mine = this.footprints.get(key)?.saved.revision ?? null;
    const options = { sk: 'P#', expires: expiryOfClaims(now), mine };
    const saved = await saveClaims(table, workload, claimsOfFootprint(judged), options);
    this.footprints.set(key, { saved, by });
    for (const other of await subscribersOf(topicsOf(saved, workload), table))
      if (workloadKey(other) !== key) this.want(other, now, by);
    return saved.isNew;
  }

  /** Several reasons to settle a workload are one request, at the earliest of their times. */
  private want(workload: Workload, notBefore: number, by: ReadonlySet<Id>): void {
    const key = workloadKey(workload);
    const known = this.wanted.get(key) ?? { workload, notBefore, by: new Set<Id>() };
    for (const id of by) known.by.add(id);
    known.notBefore = Math.min(known.notBefore, notBefore);
    this.wanted.set(key, known);
  }

  private async send({
    workload,
    notBefore,
    by,
  }: {
    workload: Workload;
    notBefore: number;
    by: Set<Id>;
  }): Promise<void> {
    try {
      await this.observing.ask(workload, notBefore);
      this.asked += 1;
    } catch (error) {
      this.fail(by, error);
    }
  }

  private fail(ids: Iterable<Id>, error: unknown): void {
    for (const id of ids) this.failed.set(id, error);
  }

  private skip(reason: Skip | 'too-old'): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  report(): Observed<Id> {
    const { failed, skipped, records, facts, judged, asked, unproven, refused } = this;
    const lag = Number.isFinite(this.earliest) ? this.observing.now - this.earliest : null;
    return { failed, skipped, records, facts, judged, asked, unproven, refused, lag };
  }
}

/** More workloads than these are settled, not judged here. */
const MOST_OTHERS = 4;
const NEVER = 4_102_444_800;

/** When the latest of them may be said: settling then says all; at once where one need not wait, or none is left. */
function sayableAt(findings: readonly Finding[], settings: Settings): number {
  if (findings.some((finding) => isFinal(finding, settings))) return 0;
  return Math.max(0, ...findings.map((finding) => dueAt(finding, settings)));
}
