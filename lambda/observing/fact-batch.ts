import type { Fact, Sighting } from '../detection/facts/facts';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import {
  busyFor,
  CLOCK_MARGIN,
  invalidateSteadyState,
  isOneMoreHour,
  saveBusy,
  saveSteadyState,
} from '../judging/steady-state';
import { saveClaims, type ClaimsSaved } from '../store/published-rows';
import { despiteOthers } from '../store/concurrent-change';
import type { BatchEntry } from './batch-entries';
import { idIn, SORT_KEYS, type Filed } from '../store/table-schema';
import { allDueAt, isFinal } from '../judging/hold';
import { judgeWorkloads, type Judged, type Judgements } from '../judging/judge-workloads';
import { isPlain, LookUp, ownersOf, uniqueWorkloads } from './known-items';
import { seenAfter, seenKey } from '../store/seen-cache';
import { anchorClaimsOf, expiryOfClaims, topicsOf } from '../judging/anchor-summary-rows';
import { subscribersOf, Subscriptions, topic } from '../store/subscriptions';
import { affectedBy, type AffectedWorkloads } from '../judging/affected-workloads';
import type { RefusedRecord, ObserveContext } from './observing-context';

/** If more other workloads are affected, confirm judges them. */
const MOST_OTHERS = 4;

/** Concurrent requests of one kind. */
const AT_ONCE = 8;

/** A workload and the entries that affect it. */
interface AffectedWorkload<Id> {
  readonly workload: Workload;
  readonly entries: Set<BatchEntry<Id>>;
}

/** Stores entries, judges affected workloads, requests that suspected ones be confirmed, then caches the entries as seen. */
export class FactBatch<Id> {
  readonly refused: RefusedRecord<Id>[] = [];
  judged = 0;
  confirmsRequested = 0;
  unproven = 0;
  private readonly affected = new Map<WorkloadKey, AffectedWorkload<Id> & { isInvalidated: boolean }>();
  private readonly requested = new Map<string, AffectedWorkload<Id> & { notBefore: number }>();
  /** Workloads with origins that EC2 may explain. */
  private readonly toVerify = new Map<WorkloadKey, Workload>();
  /** Actions for after all requests were sent. */
  private readonly afterwards: {
    readonly entries: ReadonlySet<BatchEntry<Id>>;
    readonly act: () => Promise<unknown>;
  }[] = [];
  private readonly savedClaims = new Map<WorkloadKey, ClaimsSaved>();

  constructor(
    private readonly entries: readonly BatchEntry<Id>[],
    private readonly observing: ObserveContext,
  ) {}

  /** The groups of records that are not finished, with the reason. */
  get failed(): ReadonlyMap<Id, unknown> {
    const failed = new Map<Id, unknown>();
    for (const { failure, sources } of this.entries)
      if (failure) for (const { id } of sources) if (!failed.has(id)) failed.set(id, failure.error);
    return failed;
  }

  async process(): Promise<void> {
    try {
      const before = await this.lookUp(this.entries);
      const fresh = this.entries.filter((entry) => !entry.failure && !this.isDone(entry, before));
      await eachOf(fresh, (entry) => this.store(entry, before));
      // Re-read after writing, so that a concurrent change is seen.
      const written = fresh.filter((entry) => isStored(entry) && !entry.items.every((item) => before.has(item)));
      const after = await this.steadyStatesOf(written);
      await eachOf(fresh, (entry) => this.findAffected(entry, before, written.includes(entry) ? after : before));
    } catch (error) {
      for (const entry of this.entries) entry.fail(error);
      return;
    }
    for (const affected of this.affected.values())
      await this.attempt(affected.entries, () => despiteOthers(() => this.judge(affected)));
    await Promise.all([...this.requested.values()].map((one) => this.send(one)));
    await Promise.all([...this.toVerify.values()].map(async (one) => this.observing.requestVerification?.(one)));
    for (const { entries, act } of this.afterwards) if (hasNoFailure(entries)) await this.attempt(entries, act);
    for (const entry of this.entries) if (isStored(entry)) for (const item of entry.items) this.cache(item);
  }

  /** A failed read is retried in halves, so that only the entries at fault are retried or refused. */
  private async lookUp(entries: readonly BatchEntry<Id>[]): Promise<LookUp> {
    const { table, isForever } = this.observing;
    try {
      return await LookUp.of(entries, table);
    } catch (error) {
      const isRefused = isForever?.(error) ?? false;
      if (entries.length > 1 && (isRefused || !areOfOne(entries))) {
        const middle = Math.ceil(entries.length / 2);
        const halves = [entries.slice(0, middle), entries.slice(middle)];
        return LookUp.joined(await Promise.all(halves.map((half) => this.lookUp(half))));
      }
      if (!isRefused) for (const entry of entries) entry.fail(error);
      return LookUp.joined([]);
    }
  }

  /** A workload whose steady state cannot be read is judged. */
  private async steadyStatesOf(entries: readonly BatchEntry<Id>[]): Promise<LookUp> {
    const workloads = uniqueWorkloads(entries.flatMap((entry) => ownersOf(entry)));
    return LookUp.steadyStatesOf(workloads, this.observing.table).catch(() => LookUp.joined([]));
  }

  /** True if another worker stored it, judged it and requested confirmation. */
  private isDone({ items }: BatchEntry<Id>, known: LookUp): boolean {
    const [first] = items;
    return first !== undefined && known.isJudged(first) && items.every((item) => known.has(item));
  }

  private async store(entry: BatchEntry<Id>, before: LookUp): Promise<void> {
    const { table, isForever } = this.observing;
    try {
      for (const item of entry.items)
        if (!before.has(item)) await ('keep' in item ? table.keep(item.keep) : table.merge(item.merge));
    } catch (error) {
      if (!isForever?.(error)) return entry.fail(error);
      for (const { id, record } of entry.sources)
        this.refused.push({ id, record, error, reason: 'record-not-storable' });
      entry.isRefused = true;
    }
  }

  private async findAffected(entry: BatchEntry<Id>, before: LookUp, steadyStates: LookUp): Promise<void> {
    if (!isStored(entry)) return;
    await this.attempt(new Set([entry]), async () => {
      const { own, others } = await this.affectedBy(entry, before, steadyStates);
      const invalidates = !(entry.fact?.fact === 'sighting' && isPlain(entry.fact));
      for (const workload of own) this.addAffected(workload, entry, invalidates);
      // A few are judged here, and confirmed only if suspected; many would take too long.
      for (const other of others) {
        if (others.length > MOST_OTHERS) this.requestConfirm(other, this.observing.now, [entry]);
        else this.addAffected(other, entry, true);
      }
      if (own.length + others.length > 0) this.mark(entry, before);
    });
  }

  private async affectedBy(
    entry: BatchEntry<Id>,
    before: LookUp,
    steadyStates: LookUp,
  ): Promise<Pick<AffectedWorkloads, 'own' | 'others'>> {
    const { table, settings } = this.observing;
    const { fact, items } = entry;
    if (!fact) return { own: [], others: await subscribersOf(items.flatMap(topicOfAccount), table) };
    const { now } = this.observing;
    const isSteady = steadyStates.areBusy(entry, now) || steadyStates.isStateSteady(entry, this.observing);
    if (fact.fact === 'sighting' && isPlain(fact)) return { own: isSteady ? [] : ownersOf(entry), others: [] };
    const mayBeFirst = !items.some((item) => before.isBeaten(item));
    const { own, others, isProof } = await affectedBy(fact, table, settings.retentionDays, mayBeFirst);
    return { own: isSteady && !isProof ? [] : own, others };
  }

  /** Marks the hour as judged once all requests are sent, so that other workers need not judge it again. */
  private mark(entry: BatchEntry<Id>, before: LookUp): void {
    if (this.observing.recordOnly) return;
    const [first] = entry.items;
    const marking = entry.fact?.fact === 'sighting' && first ? before.markFor(first) : null;
    if (marking) this.afterRequests([entry], () => this.observing.table.note(marking.key, [marking.mark]));
  }

  private addAffected(workload: Workload, entry: BatchEntry<Id>, isInvalidated: boolean): void {
    const key = workloadKey(workload);
    const known = this.affected.get(key) ?? { workload, entries: new Set<BatchEntry<Id>>(), isInvalidated: false };
    known.entries.add(entry);
    known.isInvalidated ||= isInvalidated;
    this.affected.set(key, known);
  }

  private async judge(affected: AffectedWorkload<Id> & { isInvalidated: boolean }): Promise<void> {
    const { workload, entries } = affected;
    const { table, now } = this.observing;
    const expires = expiryOfClaims(now);
    if (affected.isInvalidated && !(await invalidateSteadyState(table, workload, { expires, now }))) return;
    const judgements = await judgeWorkloads([workload], this.observing, new Subscriptions(table, workload, now));
    this.judged += 1;
    const [judged] = judgements.judged;
    if (!judged) return;
    this.unproven += judged.judgement.history.unproven;
    const needsRejudging = !affected.isInvalidated && isNew(entries, judged);
    // A concurrent judgement by other facts may have written in between.
    if ((judgements.isComplete && (await this.saveAnchors(judged, entries))) || needsRejudging)
      return this.judge({ ...affected, isInvalidated: affected.isInvalidated || needsRejudging });
    this.afterJudging(judged, judgements, entries);
  }

  private afterJudging(judged: Judged, judgements: Judgements, entries: ReadonlySet<BatchEntry<Id>>): void {
    const { table, now, recordOnly, settings } = this.observing;
    const { newestChange, isComplete, cost } = judgements;
    const { workload, judgement, reported } = judged;
    const key = workloadKey(workload);
    if (judgement.verdicts.length > 0 || settings.serviceCallerFindings || judgements.open.has(key))
      this.requestConfirm(workload, allDueAt(reported, settings), entries);
    if (!recordOnly && judgement.verdicts.some((one) => !isFinal(one, settings))) this.toVerify.set(key, workload);
    const expires = expiryOfClaims(now);
    const busy = recordOnly ? null : busyFor(cost);
    if (busy !== null) {
      const until = now + busy;
      this.requestConfirm(workload, until + CLOCK_MARGIN, entries, 'afterwards');
      this.afterRequests(entries, () => saveBusy(table, judged, this.observing, { until, expires }));
    } else if (isComplete)
      this.afterRequests(entries, () => saveSteadyState(table, judged, this.observing, { newestChange, expires }));
  }

  private async saveAnchors(judged: Judged, entries: ReadonlySet<BatchEntry<Id>>): Promise<boolean> {
    const { table, now } = this.observing;
    const { workload } = judged;
    const key = workloadKey(workload);
    const mine = this.savedClaims.get(key)?.revision ?? null;
    const options = {
      sk: SORT_KEYS.anchorClaims,
      expires: expiryOfClaims(now),
      item: judged.kept(SORT_KEYS.anchorClaims),
      mine,
    };
    const saved = await saveClaims(table, workload, anchorClaimsOf(judged), options);
    this.savedClaims.set(key, saved);
    for (const other of await subscribersOf(topicsOf(saved, workload), table))
      if (workloadKey(other) !== key) this.requestConfirm(other, now, entries);
    this.afterRequests(entries, () => saved.finish());
    return saved.isNew;
  }

  /** Several reasons to confirm a workload are one request, at the earliest of their times; one afterwards is another. */
  private requestConfirm(
    workload: Workload,
    notBefore: number,
    entries: Iterable<BatchEntry<Id>>,
    when: 'due' | 'afterwards' = 'due',
  ): void {
    const key = `${workloadKey(workload)} ${when}`;
    const known = this.requested.get(key) ?? { workload, notBefore, entries: new Set<BatchEntry<Id>>() };
    for (const entry of entries) known.entries.add(entry);
    known.notBefore = Math.min(known.notBefore, notBefore);
    this.requested.set(key, known);
  }

  private async send({ workload, notBefore, entries }: AffectedWorkload<Id> & { notBefore: number }): Promise<void> {
    if (this.observing.recordOnly) return;
    await this.attempt(entries, async () => {
      await this.observing.requestConfirm(workload, notBefore);
      this.confirmsRequested += 1;
    });
  }

  private afterRequests(entries: Iterable<BatchEntry<Id>>, act: () => Promise<unknown>): void {
    this.afterwards.push({ entries: new Set(entries), act });
  }

  private async attempt(entries: Iterable<BatchEntry<Id>>, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      for (const entry of entries) entry.fail(error);
    }
  }

  private cache(item: Filed): void {
    const { seen, recordOnly } = this.observing;
    if (recordOnly) return;
    const key = seenKey(item);
    seen.set(key, seenAfter(item, seen.get(key)));
  }
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(act));
}

function isStored<Id>({ failure, isRefused }: BatchEntry<Id>): boolean {
  return !failure && !isRefused;
}

/** True if all come from one group of records. */
function areOfOne<Id>(entries: readonly BatchEntry<Id>[]): boolean {
  return new Set(entries.flatMap(({ sources }) => sources.map(({ id }) => id))).size === 1;
}

function hasNoFailure<Id>(entries: ReadonlySet<BatchEntry<Id>>): boolean {
  return [...entries].every(({ failure }) => failure === null);
}

function topicOfAccount(item: Filed): string[] {
  return 'keep' in item ? [topic.account(idIn(item.keep.sk))] : [];
}

/** True if any entry states more than one more hour, or access key, of calls the workload makes anyway. */
function isNew<Id>(entries: ReadonlySet<BatchEntry<Id>>, { judgement: { history } }: Judged): boolean {
  const isOwn = (fact: Fact | null): fact is Sighting =>
    fact?.fact === 'sighting' &&
    fact.caller.workload !== null &&
    workloadKey(fact.caller.workload) === workloadKey(history.workload);
  return [...entries].some(({ fact }) => isOwn(fact) && !isOneMoreHour(fact, history));
}
