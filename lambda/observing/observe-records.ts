import type { Fact } from '../detection/facts/facts';
import type { CloudTrailRecord } from '../detection/model/cloudtrail-record';
import { isInFuture, isoTime } from '../detection/model/event-time';
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
import { SkipCounts } from '../trail-files/trail-reading';
import { type ObserveContext, type RefusedRecord } from './observing-context';
import type { RepeatCounts } from './repeated-calls';

/** Records that succeed or fail together: a queue message, or a part of a log file. */
export interface RecordGroup<Id> {
  readonly id: Id;
  readonly records: readonly unknown[];
}

export interface ObserveResult<Id> {
  /** Groups that are not finished, with the reason: they must be retried. */
  readonly failed: ReadonlyMap<Id, unknown>;
  /** By reason. */
  readonly skipped: ReadonlyMap<Skip | 'too-old', number>;
  readonly records: number;
  readonly facts: number;
  readonly judged: number;
  /** Workloads whose confirmation was requested. */
  readonly asked: number;
  /** Sightings, in the workloads judged, that only look like their own. */
  readonly unproven: number;
  /** Records of a future time, and records the table will never take. */
  readonly refused: readonly RefusedRecord<Id>[];
  /** Milliseconds from the earliest event to `now`; null if there was none, or records are only stored. */
  readonly lag: number | null;
}

/**
 * Stores the facts of all groups, judges the workloads they affect and requests that suspected ones be confirmed. A group
 * is finished, and cached as seen, once its facts are stored AND its confirmations are requested. `repeated`: records
 * besides, whose facts are cached as seen.
 */
export async function observeRecords<Id>(
  groups: readonly RecordGroup<Id>[],
  observing: ObserveContext,
  repeated: RepeatCounts | null = null,
): Promise<ObserveResult<Id>> {
  const reader = new RecordReader<Id>(observing);
  if (repeated) reader.add(repeated);
  for (const { id, records } of groups) for (const record of records) reader.take({ id, record });
  return observeRead(reader, observing);
}

/** `observeRecords` for records that are read already, all of one group. */
export async function observeReadRecords(
  records: readonly CloudTrailRecord[],
  observing: ObserveContext,
): Promise<ObserveResult<null>> {
  const reader = new RecordReader<null>(observing);
  for (const record of records) reader.takeRead(record, { id: null, record });
  return observeRead(reader, observing);
}

async function observeRead<Id>(reader: RecordReader<Id>, observing: ObserveContext): Promise<ObserveResult<Id>> {
  const { entries, skipped, records, facts, earliest } = reader;
  const batch = new FactBatch(entries.all, observing);
  await batch.process();
  const { failed, judged, confirmsRequested: asked, unproven } = batch;
  const refused = [...reader.refused, ...batch.refused];
  const lag = Number.isFinite(earliest) && !observing.recordOnly ? observing.now - earliest : null;
  return { failed, skipped, records, facts, judged, asked, unproven, refused, lag };
}

/** Reads the facts of records that are not cached as seen. */
class RecordReader<Id> {
  readonly entries: BatchEntries<Id>;
  readonly skipped = new SkipCounts<Skip | 'too-old'>();
  records = 0;
  facts = 0;
  earliest = Infinity;
  readonly refused: RefusedRecord<Id>[] = [];

  constructor(private readonly observing: ObserveContext) {
    this.entries = new BatchEntries(observing.settings.retentionDays);
  }

  take(source: SourceRecord<Id>): void {
    const reading = readRecord(source.record);
    if ('record' in reading) return this.takeRead(reading.record, source);
    this.records += 1;
    this.skipped.count(reading.skip);
  }

  add(repeated: RepeatCounts): void {
    const { heartbeats, recordOnly = false } = this.observing;
    this.records += repeated.records;
    this.facts += repeated.facts;
    this.earliest = Math.min(this.earliest, repeated.earliest);
    this.skipped.add(repeated.skipped);
    if (heartbeats && !recordOnly) repeated.receiveBy(heartbeats);
  }

  takeRead(record: CloudTrailRecord, source: SourceRecord<Id>): void {
    this.records += 1;
    const { now, settings, kinds, heartbeats, recordOnly = false, hubAccount = null } = this.observing;
    if (isInFuture(record.time, now)) return this.refuse(source, record.time);
    if (isTooOldToJudge(record.time, now, settings.retentionDays)) return this.skipped.count('too-old');
    this.earliest = Math.min(this.earliest, record.time);
    this.note(null, [{ keep: accountItem(record.account, now) }], source);
    const { facts: read, skip } = readFacts(record, kinds);
    const facts = read.filter((fact) => !isOwnCanary(fact, hubAccount));
    if (!recordOnly) heartbeats?.receive(record, facts, source.record);
    if (skip !== null) this.skipped.count(skip);
    this.facts += facts.length;
    for (const fact of facts) this.note(fact, filed(fact, settings.retentionDays), source);
  }

  private note(fact: Fact | null, items: readonly Filed[], source: SourceRecord<Id>): void {
    const { seen } = this.observing;
    if (!items.every((item) => isSeen(item, seen))) this.entries.add(fact, items, source);
  }

  private refuse({ id, record }: SourceRecord<Id>, time: number): void {
    const error = new Error(`its time ${isoTime(time)} is more than 24 hours ahead`);
    this.refused.push({ id, record, error, reason: 'record-in-the-future' });
  }
}
