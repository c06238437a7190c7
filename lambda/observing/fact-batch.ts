import type { EventRef, Fact, Sighting } from '../detection/facts/facts';
import type { History } from '../detection/facts/workload-history';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { saveSteadyState, invalidateSteadyState, rowOf } from '../judging/steady-state';
import { saveClaims, type ClaimsSaved } from '../store/published-rows';
import { despiteOthers } from '../store/concurrent-change';
import type { BatchEntry } from './batch-entries';
import { idIn, SORT_KEYS, type Filed } from '../store/table-schema';
import { allDueAt } from '../judging/hold';
import { judgeWorkloads, type Judged, type Judgements } from '../judging/judge-workloads';
import { isPlain, LookUp, ownersOf, uniqueWorkloads } from './known-items';
import { seenAfter, seenKey } from '../store/seen-cache';
import { anchorClaimsOf, expiryOfClaims, topicsOf } from '../judging/anchor-summary-rows';
import { subscribersOf, Subscriptions, topic } from '../store/subscriptions';
import { affectedBy, type AffectedWorkloads } from '../judging/affected-workloads';
import type { RefusedRecord, ObserveContext } from './observing-context';

/** More workloads than these are settled, not judged here. */
const MOST_OTHERS = 4;

/** Requests of one kind that are under way at once. */
const AT_ONCE = 8;

/** A workload, and the entries on whose account something is done with it. */
interface AffectedWorkload<Id> {
  readonly workload: Workload;
  readonly entries: Set<BatchEntry<Id>>;
}

/** Stores entries, judges whom they touch, asks for the suspicious to be settled, and only then remembers. */
export class FactBatch<Id> {
  readonly refused: RefusedRecord<Id>[] = [];
  judged = 0;
  confirmsRequested = 0;
  unproven = 0;
  private readonly touched = new Map<WorkloadKey, AffectedWorkload<Id> & { isDisturbed: boolean }>();
  private readonly wanted = new Map<WorkloadKey, AffectedWorkload<Id> & { notBefore: number }>();
  /** What is done when everything was asked for. */
  private readonly closing: { readonly entries: ReadonlySet<BatchEntry<Id>>; readonly act: () => Promise<unknown> }[] =
    [];
  private readonly footprints = new Map<WorkloadKey, ClaimsSaved>();

  constructor(
    private readonly entries: readonly BatchEntry<Id>[],
    private readonly observing: ObserveContext,
  ) {}

  /** The parcels that are not finished, with the reason. */
  get failed(): ReadonlyMap<Id, unknown> {
    const failed = new Map<Id, unknown>();
    for (const { failure, sources: said } of this.entries)
      if (failure) for (const { id } of said) if (!failed.has(id)) failed.set(id, failure.error);
    return failed;
  }

  async process(): Promise<void> {
    try {
      const before = await this.lookUp(this.entries);
      const fresh = this.entries.filter((entry) => !entry.failure && !this.isDone(entry, before));
      await eachOf(fresh, (entry) => this.store(entry, before));
      // The notes that count are those read after everything was stored.
      const written = fresh.filter((entry) => isStored(entry) && !entry.items.every((item) => before.has(item)));
      const after = await this.notesOf(written);
      await eachOf(fresh, (entry) => this.touch(entry, before, written.includes(entry) ? after : before));
    } catch (error) {
      for (const entry of this.entries) entry.fail(error);
      return;
    }
    for (const concern of this.touched.values())
      await this.trying(concern.entries, () => despiteOthers(() => this.judge(concern)));
    await Promise.all([...this.wanted.values()].map((one) => this.send(one)));
    for (const { entries, act } of this.closing) if (isUnharmed(entries)) await this.trying(entries, act);
    for (const entry of this.entries) if (isStored(entry)) for (const item of entry.items) this.remember(item);
  }

  /** What cannot be read together is read in halves, so that only what is at fault comes again, or is refused. */
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

  /** A workload whose note cannot be read is judged. */
  private async notesOf(entries: readonly BatchEntry<Id>[]): Promise<LookUp> {
    const workloads = uniqueWorkloads(entries.flatMap((entry) => ownersOf(entry)));
    return LookUp.notesOf(workloads, this.observing.table).catch(() => LookUp.joined([]));
  }

  /** Stored, judged and asked for by somebody else. */
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
      for (const { id, record } of entry.sources) this.refused.push({ id, record, error });
      entry.isRefused = true;
    }
  }

  private async touch(entry: BatchEntry<Id>, before: LookUp, notes: LookUp): Promise<void> {
    if (!isStored(entry)) return;
    await this.trying(new Set([entry]), async () => {
      const { own, others } = await this.touchedBy(entry, before, notes);
      const isDisturbing = !(entry.fact?.fact === 'sighting' && isPlain(entry.fact));
      for (const workload of own) this.concern(workload, entry, isDisturbing);
      // A few are judged at once, and asked for only if need be; many would take too long here.
      for (const other of others) {
        if (others.length > MOST_OTHERS) this.want(other, this.observing.now, [entry]);
        else this.concern(other, entry, true);
      }
      if (own.length + others.length > 0) this.mark(entry, before);
    });
  }

  private async touchedBy(
    entry: BatchEntry<Id>,
    before: LookUp,
    notes: LookUp,
  ): Promise<Pick<AffectedWorkloads, 'own' | 'others'>> {
    const { table, settings } = this.observing;
    const { fact, items } = entry;
    if (!fact) return { own: [], others: await subscribersOf(items.flatMap(topicOfAccount), table) };
    const isCalm = notes.isCalm(entry, this.observing);
    if (fact.fact === 'sighting' && isPlain(fact)) return { own: isCalm ? [] : ownersOf(entry), others: [] };
    const mayBeFirst = !items.some((item) => before.isBeaten(item));
    const { own, others, isProof } = await affectedBy(fact, table, settings.retentionDays, mayBeFirst);
    return { own: isCalm && !isProof ? [] : own, others };
  }

  /** Once all was asked for, others that meet the same hour need not judge it again. */
  private mark(entry: BatchEntry<Id>, before: LookUp): void {
    if (this.observing.recordOnly) return;
    const [first] = entry.items;
    const marking = entry.fact?.fact === 'sighting' && first ? before.markFor(first) : null;
    if (marking) this.close([entry], () => this.observing.table.note(marking.key, [marking.mark]));
  }

  private concern(workload: Workload, entry: BatchEntry<Id>, isDisturbed: boolean): void {
    const key = workloadKey(workload);
    const known = this.touched.get(key) ?? { workload, entries: new Set<BatchEntry<Id>>(), isDisturbed: false };
    known.entries.add(entry);
    known.isDisturbed ||= isDisturbed;
    this.touched.set(key, known);
  }

  private async judge(concern: AffectedWorkload<Id> & { isDisturbed: boolean }): Promise<void> {
    const { workload, entries } = concern;
    const { table, now, settings } = this.observing;
    const expires = expiryOfClaims(now);
    if (concern.isDisturbed) await invalidateSteadyState(table, workload, expires);
    const judgements = await judgeWorkloads([workload], this.observing, new Subscriptions(table, workload, now));
    this.judged += 1;
    const [judged] = judgements.judged;
    if (!judged) return;
    this.unproven += judged.judgement.history.unproven;
    const isNews = !concern.isDisturbed && isNew(entries, judged);
    // Whoever judged it at the same time by other facts may have written in between.
    if ((await this.saveFootprint(judged, entries)) || isNews)
      return this.judge({ ...concern, isDisturbed: concern.isDisturbed || isNews });
    const hasFindings = judged.judgement.verdicts.length > 0;
    if (hasFindings || settings.serviceCallerFindings || judgements.open.has(workloadKey(workload)))
      this.want(workload, allDueAt(judged.reported, settings), entries);
    this.close(entries, () => this.calmDown(judged, judgements, expires));
  }

  private async calmDown(judged: Judged, { newestChange }: Judgements, expires: number): Promise<void> {
    await saveSteadyState(this.observing.table, judged, this.observing, { newestChange, expires });
  }

  private async saveFootprint(judged: Judged, entries: ReadonlySet<BatchEntry<Id>>): Promise<boolean> {
    const { table, now } = this.observing;
    const { workload } = judged;
    const key = workloadKey(workload);
    const mine = this.footprints.get(key)?.revision ?? null;
    const options = {
      sk: SORT_KEYS.anchorClaims,
      expires: expiryOfClaims(now),
      item: judged.kept(SORT_KEYS.anchorClaims),
      mine,
    };
    const saved = await saveClaims(table, workload, anchorClaimsOf(judged), options);
    this.footprints.set(key, saved);
    for (const other of await subscribersOf(topicsOf(saved, workload), table))
      if (workloadKey(other) !== key) this.want(other, now, entries);
    this.close(entries, () => saved.finish());
    return saved.isNew;
  }

  /** Several reasons to settle a workload are one request, at the earliest of their times. */
  private want(workload: Workload, notBefore: number, entries: Iterable<BatchEntry<Id>>): void {
    const key = workloadKey(workload);
    const known = this.wanted.get(key) ?? { workload, notBefore, entries: new Set<BatchEntry<Id>>() };
    for (const entry of entries) known.entries.add(entry);
    known.notBefore = Math.min(known.notBefore, notBefore);
    this.wanted.set(key, known);
  }

  private async send({ workload, notBefore, entries }: AffectedWorkload<Id> & { notBefore: number }): Promise<void> {
    if (this.observing.recordOnly) return;
    await this.trying(entries, async () => {
      await this.observing.requestConfirm(workload, notBefore);
      this.confirmsRequested += 1;
    });
  }

  private close(entries: Iterable<BatchEntry<Id>>, act: () => Promise<unknown>): void {
    this.closing.push({ entries: new Set(entries), act });
  }

  private async trying(entries: Iterable<BatchEntry<Id>>, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      for (const entry of entries) entry.fail(error);
    }
  }

  private remember(item: Filed): void {
    const { seen: memory, recordOnly: isSilent } = this.observing;
    if (isSilent) return;
    const key = seenKey(item);
    memory.set(key, seenAfter(item, memory.get(key)));
  }
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(act));
}

function isStored<Id>({ failure, isRefused }: BatchEntry<Id>): boolean {
  return !failure && !isRefused;
}

/** Whether they stand or fall together. */
function areOfOne<Id>(entries: readonly BatchEntry<Id>[]): boolean {
  return new Set(entries.flatMap(({ sources: said }) => said.map(({ id }) => id))).size === 1;
}

function isUnharmed<Id>(entries: ReadonlySet<BatchEntry<Id>>): boolean {
  return [...entries].every(({ failure }) => failure === null);
}

function topicOfAccount(item: Filed): string[] {
  return 'keep' in item ? [topic.account(idIn(item.keep.sk))] : [];
}

/** Whether any of them tells of more than one more hour, or one more key, of what the workload does anyway. */
function isNew<Id>(entries: ReadonlySet<BatchEntry<Id>>, { judgement: { history } }: Judged): boolean {
  const isOwn = (fact: Fact | null): fact is Sighting =>
    fact?.fact === 'sighting' &&
    fact.caller.workload !== null &&
    workloadKey(fact.caller.workload) === workloadKey(history.workload);
  return [...entries].some(({ fact }) => isOwn(fact) && !isMore(fact, history));
}

function isMore(fact: Sighting, { sightings }: History): boolean {
  const row = rowOf(fact.caller);
  return sightings.some(
    ({ caller, event, did }) =>
      (caller.accessKeyId !== fact.caller.accessKeyId || hourOf(event) !== hourOf(fact.event)) &&
      (fact.did & ~did) === 0 &&
      rowOf(caller) === row,
  );
}

function hourOf({ time }: EventRef): number {
  return Math.floor(time / 3_600_000);
}
