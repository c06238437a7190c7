import type { Fact } from '../detection/facts/facts';
import { isTooOldToJudge } from '../detection/facts/retention';
import { readFacts } from '../detection/records/read-facts';
import { readRecord } from '../detection/records/read-record';
import type { Skip } from '../detection/records/read-facts';
import { BatchEntries, type SourceRecord } from './batch-entries';
import { filed, type Filed } from '../store/table-schema';
import { accountItem } from '../store/accounts-seen';
import { isOwnCanary } from '../store/heartbeats';
import { isSeen } from '../store/seen-cache';
import { FactBatch } from './fact-batch';
import { type ObserveContext, type RefusedRecord } from './observing-context';

/** Records that stand or fall together: a queue message, or a part of a log file. */
export interface RecordGroup<Id> {
  readonly id: Id;
  readonly records: readonly unknown[];
}

export interface ObserveResult<Id> {
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
  readonly refused: readonly RefusedRecord<Id>[];
  /** Milliseconds from the earliest event to `now`; null where there was none, or nobody waits for it. */
  readonly lag: number | null;
}

/**
 * Stores the facts of all parcels, judges the workloads they touch and asks for the suspicious to be settled. A parcel is
 * finished when its facts are stored AND what they raise was asked for; only then is it remembered.
 */
export async function observeRecords<Id>(
  parcels: readonly RecordGroup<Id>[],
  observing: ObserveContext,
): Promise<ObserveResult<Id>> {
  const reading = new RecordReader<Id>(observing);
  for (const { id, records } of parcels) for (const record of records) reading.take({ id, record });
  const { entries, skipped, records, facts, earliest } = reading;
  const shift = new FactBatch(entries.all, observing);
  await shift.process();
  const { failed, refused, judged, confirmsRequested: asked, unproven } = shift;
  const lag = Number.isFinite(earliest) && !observing.recordOnly ? observing.now - earliest : null;
  return { failed, skipped, records, facts, judged, asked, unproven, refused, lag };
}

/** What the records say, as far as it is not remembered. */
class RecordReader<Id> {
  readonly entries: BatchEntries<Id>;
  readonly skipped = new Map<Skip | 'too-old', number>();
  records = 0;
  facts = 0;
  earliest = Infinity;

  constructor(private readonly observing: ObserveContext) {
    this.entries = new BatchEntries(observing.settings.retentionDays);
  }

  take(said: SourceRecord<Id>): void {
    this.records += 1;
    const { now, settings, kinds, heartbeats, recordOnly: isSilent = false, hubAccount = null } = this.observing;
    const reading = readRecord(said.record);
    if ('skip' in reading) return this.skip(reading.skip);
    const { record } = reading;
    if (isTooOldToJudge(record.time, now, settings.retentionDays)) return this.skip('too-old');
    this.earliest = Math.min(this.earliest, record.time);
    this.note(null, [{ keep: accountItem(record.account, now) }], said);
    const { facts: told, skip } = readFacts(record, kinds);
    const facts = told.filter((fact) => fact.fact !== 'foreign-key' || !isOwnCanary(record, hubAccount));
    if (!isSilent) heartbeats?.hear(record, facts, said.record);
    if (skip !== null) this.skip(skip);
    this.facts += facts.length;
    for (const fact of facts) this.note(fact, filed(fact, settings.retentionDays), said);
  }

  private note(fact: Fact | null, items: readonly Filed[], said: SourceRecord<Id>): void {
    const { seen: memory } = this.observing;
    if (!items.every((item) => isSeen(item, memory))) this.entries.add(fact, items, said);
  }

  private skip(reason: Skip | 'too-old'): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }
}
