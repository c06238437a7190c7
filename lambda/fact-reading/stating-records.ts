import type { CloudTrailRecord } from '../detection/model/cloudtrail-record';
import { isInFuture } from '../detection/model/event-time';
import { parsedJson, type JsonObject } from '../detection/model/json-field';
import { neutralRecord } from '../detection/records/read-parts';
import { partitionOfIdentity, partitionOfRegion, readRecord, recordInParts } from '../detection/records/read-record';
import { AWS_INTERNAL } from '../detection/records/read-source';
import { Column, RowFlag, StatingColumn, type LogFileScanner } from '../trail-files/log-file-scanner';
import { isPlainRecord } from '../trail-files/plain-record';
import { otherKindOf } from '../trail-files/unwrap';
import { sessionOf, type Session } from './interned-callers';
import { NotPlain, parsedRecord } from './scanned-records';

/** A record that states more than a call. */
interface StatingRecord {
  readonly record: CloudTrailRecord;
  readonly session: Session;
}

/** One of the records of a caller, and of a call, with the partition that it shows. */
interface StatingCaller extends StatingRecord {
  readonly partition: string | null;
}

interface StatingCall {
  readonly record: CloudTrailRecord;
  readonly partition: string;
}

/** Of callers, and of calls. */
const MOST_KEPT = 4_000;
const ID_LENGTH = 36;

/**
 * The records of a scanner's rows that state more than a call. Each caller and call is read once, and of each record only
 * its ids, request, resources and response.
 */
export class StatingRecords {
  readonly #scanner: LogFileScanner;
  readonly #now: number;
  readonly #callers = new Map<number, StatingCaller | null>();
  readonly #calls = new Map<number, StatingCall | null>();

  /** `now`: see `readInto`. */
  constructor(scanner: LogFileScanner, now: number) {
    this.#scanner = scanner;
    this.#now = now;
  }

  /** As the scanner gives its ids anew. */
  forget(): void {
    this.#callers.clear();
    this.#calls.clear();
  }

  /** The record of the row at a word; null where it is read whole. `only`: as in `LogFileFacts.read`. */
  of(at: number, only: string | null): StatingRecord | null {
    const { words } = this.#scanner;
    const flags = words[at + Column.flags] ?? 0;
    if ((flags & (RowFlag.isStating | RowFlag.mayBePresigned)) !== RowFlag.isStating) return null;
    const time = (words[at + Column.time] ?? 0) * 1_000;
    const caller = this.#callerOf(words[at + Column.caller] ?? 0);
    const call = this.#callOf(at);
    if (!caller || !call || isInFuture(time, this.#now)) return null;
    if (only !== null && caller.record.account !== only) throw new NotPlain();
    const record = recordInParts(caller.record, call.record, {
      eventId: this.#idAt(at + StatingColumn.eventId) ?? '',
      sharedEventId: this.#idAt(at + StatingColumn.sharedId),
      time,
      partition: caller.partition ?? call.partition,
      request: this.#valueAt(at + Column.request),
      resources: this.#valueAt(at + Column.resources),
      response: this.#valueAt(at + StatingColumn.response),
    });
    return { record, session: caller.session };
  }

  #idAt(word: number): string | null {
    const at = this.#scanner.words[word] ?? -1;
    return at < 0 ? null : this.#scanner.input.toString('utf8', at + 1, at + 1 + ID_LENGTH);
  }

  #valueAt(word: number): unknown {
    const text = this.#scanner.valueAt(word);
    if (text === null) return undefined;
    const value = parsedJson(text);
    if (value === undefined) throw new NotPlain();
    return value;
  }

  #callerOf(id: number): StatingCaller | null {
    const known = this.#callers.get(id);
    if (known !== undefined) return known;
    const members = this.#scanner.identity(this.#scanner.identityOf(id));
    const origin = this.#scanner.origin(id);
    const caller = readCaller(neutralRecord(origin === '' ? members : `${members},${origin}`));
    if (this.#callers.size >= MOST_KEPT) this.#callers.clear();
    this.#callers.set(id, caller);
    return caller;
  }

  #callOf(at: number): StatingCall | null {
    const id = this.#scanner.words[at + Column.call] ?? 0;
    const known = this.#calls.get(id);
    if (known !== undefined) return known;
    const record = plainRecordOf(parsedRecord(this.#scanner, at));
    const call = record && { record, partition: partitionOfRegion(record.region) };
    if (this.#calls.size >= MOST_KEPT) this.#calls.clear();
    this.#calls.set(id, call);
    return call;
  }
}

/** Null for callers of whose records an example, or more, is needed. */
function readCaller(value: JsonObject | null): StatingCaller | null {
  const record = value && plainRecordOf(value);
  if (!record?.source || record.source.service === AWS_INTERNAL || record.serviceEvent) return null;
  return { record, partition: partitionOfIdentity(record.identity), session: sessionOf(value) };
}

function plainRecordOf(value: JsonObject): CloudTrailRecord | null {
  const reading = otherKindOf(value) === null && isPlainRecord(value) ? readRecord(value) : null;
  return reading && 'record' in reading ? reading.record : null;
}
