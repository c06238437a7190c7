import type { FactSet } from '../detection/facts/fact-set';
import { addPacked, type PackedSightings } from '../detection/facts/packed-sightings';
import { SightingTable } from '../detection/facts/sighting-table';
import { isInFuture } from '../detection/model/event-time';
import type { JsonObject } from '../detection/model/json-field';
import type { WorkloadKind } from '../detection/model/workload-kind';
import { readInto, readRecordInto, type Skip } from '../detection/records/read-facts';
import { resourceOf } from '../detection/records/read-parts';
import {
  Column,
  LogFileScanner,
  NO_CALLER,
  ORDINARY_RECORD,
  ROW_WORDS,
  RowFlag,
  type ScannedRows,
} from '../trail-files/log-file-scanner';
import type { RecordRun } from '../trail-files/record-runs';
import { SkipCounts, type SkipReason } from '../trail-files/trail-reading';
import { sessionOf } from './interned-callers';
import { InternedCalls, type InternedCall } from './interned-calls';
import type { FileCounts } from './file-counts';
import { KnownRows } from './known-rows';
import { NotPlain, wholeRecord } from './scanned-records';
import { StatingRecords } from './stating-records';

export interface LogFileOptions {
  readonly kinds: readonly WorkloadKind[];
  /** Epoch milliseconds: see `readInto`. */
  readonly now: number;
  /** Called with each record that states no fact, and is parsed. */
  onSkip(reason: Skip, record: unknown): void;
  /** Used by no other reader at the same time. */
  readonly scanner?: LogFileScanner | null;
}

const NOT_RELEVANT = 1;
const ONE_BY_ONE = 2;

/**
 * Reads plain log files into facts as `readTrailObject` and `readInto` do, several times faster: each distinct caller and
 * call is parsed once, and a sighting that repeats them is a few numbers. Values that no fact needs are not validated.
 */
export class LogFileFacts {
  readonly #scanner: LogFileScanner;
  readonly #facts: FactSet;
  readonly #options: LogFileOptions;
  #calls: InternedCalls;
  #table: SightingTable;
  #known: KnownRows;
  readonly #stating: StatingRecords;
  /** Ids and sightings have been taken: the next file begins with none. */
  #isEnded = true;
  #sessions = { whole: 0, reduced: 0 };
  /** The account of all records that a file may have; null for any. */
  #only: string | null = null;
  /** The part that was checked and is not taken, and its records that are read whole, by row. */
  #part: ScannedRows | null = null;
  readonly #checked = new Map<number, JsonObject | SkipReason>();

  private constructor(scanner: LogFileScanner, facts: FactSet, options: LogFileOptions) {
    this.#scanner = scanner;
    this.#facts = facts;
    this.#options = options;
    this.#calls = this.#newCalls();
    this.#table = this.#newTable();
    this.#known = this.#newKnownRows();
    this.#stating = new StatingRecords(scanner, options.now);
  }

  /** Null where the scanner cannot run. */
  static create(facts: FactSet, options: LogFileOptions): LogFileFacts | null {
    const scanner = options.scanner ?? LogFileScanner.create();
    return scanner && new LogFileFacts(scanner, facts, options);
  }

  /**
   * Reads one file, which `fill` puts into a buffer, without compression, and gives the length of, or null. Null, with the
   * facts unchanged or to be read again, if it is not plain, or has a record of another account than `only`.
   */
  read(fill: (into: Buffer) => number | null, only: string | null = null): FileCounts | null {
    this.#only = only;
    const length = fill(this.#scanner.input);
    if (length === null) return null;
    this.#beginScan();
    const scanned = this.#scanner.scan(length);
    const counts = scanned && this.#take(scanned);
    if (this.#scanner.isFull) this.#makeRoom();
    return counts?.stoppedAt === null ? counts : null;
  }

  /** Reads the plain records that `bytes`, a part of a file or stream between two records, begin with. */
  readRun(bytes: Buffer): FileCounts & RecordRun {
    this.#beginScan();
    const scanned = this.#scanner.scanRun(bytes.copy(this.#scanner.input));
    const counts = this.#take(scanned);
    const end = counts.stoppedAt === null ? scanned.end : (this.#scanner.words[counts.stoppedAt + Column.begin] ?? 0);
    if (this.#scanner.isFull) this.#makeRoom();
    return { ...counts, end };
  }

  /**
   * True if `bytes`, a part of a stream that begins between two records, is plain records up to its end. No fact is changed
   * before `takePart`, which may be left out.
   */
  checkPart(bytes: Buffer): boolean {
    this.#beginScan();
    const scanned = this.#scanner.scanRun(bytes.copy(this.#scanner.input));
    this.#part = scanned.end === bytes.length && this.#arePlain(scanned) ? scanned : null;
    return this.#part !== null;
  }

  /** Reads the part that was checked last. */
  takePart(): FileCounts {
    if (!this.#part) throw new Error('no part was checked');
    const counts = this.#take(this.#part);
    this.#part = null;
    // Never, as the requests of a part fit the scanner's memory; otherwise records would be lost silently.
    if (counts.stoppedAt !== null) throw new Error('a part that was checked cannot be read');
    if (this.#scanner.isFull) this.#makeRoom();
    return counts;
  }

  /** Adds the sightings of the files read to the facts. */
  finish(): void {
    if (!this.#isEnded) addPacked(this.packed(), this.#facts, resourceOf);
  }

  /** The sightings of the files read, which are taken from this reader; all other facts are in the facts. */
  packed(): PackedSightings {
    this.#isEnded = true;
    const table = this.#table;
    this.#known.finish();
    // What is copied now is not to be kept as well.
    this.#table = this.#newTable();
    this.#known = this.#newKnownRows();
    return table.packed();
  }

  #beginScan(): void {
    if (this.#isEnded) this.#begin();
    this.#checked.clear();
  }

  #begin(): void {
    this.#isEnded = false;
    this.#scanner.reset();
    this.#calls = this.#newCalls();
    this.#stating.forget();
    this.#table = this.#newTable();
    this.#known = this.#newKnownRows();
  }

  #makeRoom(): void {
    this.#table.settle();
    this.#scanner.reset();
    this.#calls = this.#newCalls();
    this.#stating.forget();
    this.#table.source = this.#calls;
    this.#known.finish();
    this.#known = this.#newKnownRows();
  }

  #newTable(): SightingTable {
    return new SightingTable(this.#calls, resourceOf, this.#facts.interned);
  }

  #newKnownRows(): KnownRows {
    return new KnownRows(this.#scanner, this.#table, this.#facts, this.#options);
  }

  #newCalls(): InternedCalls {
    return new InternedCalls(this.#scanner, () => this.#table.settle());
  }

  /** `stoppedAt`: the row at which the reading stopped, as the ordinary path is needed; null at the end. */
  #take(scanned: ScannedRows): FileCounts & { readonly stoppedAt: number | null } {
    const skipped = new SkipCounts();
    const left = new SkipCounts<Skip>();
    this.#sessions = { whole: 0, reduced: 0 };
    this.#calls.beginRows();
    const end = scanned.rows * ROW_WORDS;
    let [notRelevant, records, at] = [0, 0, 0];
    let stoppedAt: number | null = null;
    try {
      for (; at < end; at += ROW_WORDS) {
        const next = this.#known.take(at, end, this.#only);
        records += (next - at) / ROW_WORDS;
        at = next;
        if (at === end) break;
        const skip = this.#takeRow(at);
        if (typeof skip === 'string') left.count(skip);
        records += skip === ONE_BY_ONE ? this.#takeWhole(at, skipped) : 1;
        if (skip === NOT_RELEVANT) notRelevant += 1;
      }
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      stoppedAt = at;
    }
    this.#known.takeCounts((session, skip, rows) => {
      if (session !== null) this.#sessions[session] += rows;
      if (skip !== null) left.count(skip, rows);
    });
    const { irrelevant, repeated } = stoppedAt === null ? scanned : this.#withoutRowBefore(stoppedAt);
    if (notRelevant + irrelevant > 0) skipped.count('not-relevant', notRelevant + irrelevant);
    return { records: records + irrelevant + repeated, skipped, left, sessions: this.#sessions, stoppedAt };
  }

  /** True if none of the rows would end `#take`. */
  #arePlain({ rows }: ScannedRows): boolean {
    try {
      for (let at = 0; at < rows * ROW_WORDS; at += ROW_WORDS)
        if (this.#isReadWhole(at)) this.#checked.set(at, this.#wholeAt(at));
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      return false;
    }
    return true;
  }

  /** True for the rows of which `#takeRow` gives `ONE_BY_ONE`. */
  #isReadWhole(at: number): boolean {
    const { words } = this.#scanner;
    const id = words[at + Column.caller] ?? ORDINARY_RECORD;
    if (id === ORDINARY_RECORD) return true;
    const call = this.#calls.of(at, this.#options.kinds);
    if (id === NO_CALLER || !call) return call?.isRelevant !== false;
    const flags = words[at + Column.flags] ?? 0;
    return this.#isOdd(call, at, flags) || !this.#known.callers.of(at, flags);
  }

  #withoutRowBefore(at: number): Pick<ScannedRows, 'irrelevant' | 'repeated'> {
    const { [at + Column.irrelevant]: irrelevant = 0, [at + Column.repeated]: repeated = 0 } = this.#scanner.words;
    return { irrelevant, repeated };
  }

  /** Null for a sighting. */
  #takeRow(at: number): Skip | typeof NOT_RELEVANT | typeof ONE_BY_ONE | null {
    const { words } = this.#scanner;
    const id = words[at + Column.caller] ?? ORDINARY_RECORD;
    if (id === ORDINARY_RECORD) return ONE_BY_ONE;
    const flags = words[at + Column.flags] ?? 0;
    const call = this.#calls.of(at, this.#options.kinds);
    if (id === NO_CALLER) return call?.isRelevant === false ? NOT_RELEVANT : ONE_BY_ONE;
    if (!call) return this.#takeStating(at);
    return this.#isOdd(call, at, flags) ? ONE_BY_ONE : this.#takeCall(call, at, flags);
  }

  #takeStating(at: number): Skip | typeof ONE_BY_ONE | null {
    const found = this.#checked.has(at) ? null : this.#stating.of(at, this.#only);
    if (!found) return ONE_BY_ONE;
    if (found.session !== null) this.#sessions[found.session] += 1;
    return readRecordInto(this.#facts, found.record, this.#options.kinds);
  }

  #takeCall(call: NonNullable<InternedCall>, at: number, flags: number): Skip | typeof ONE_BY_ONE | null {
    const caller = this.#known.callers.of(at, flags);
    if (!caller) return ONE_BY_ONE;
    const { part, session, person, use } = caller;
    if (this.#only !== null && part.account !== this.#only) throw new NotPlain();
    if (person !== null) this.#known.seePerson(person, at);
    if (session !== null) this.#sessions[session] += 1;
    this.#facts.sawAccount(part.account);
    this.#known.learn(at, call, caller);
    if (use === null) return part.skip;
    this.#table.add(use, at + Column.time, call.did | part.did);
    return null;
  }

  #isOdd({ presignable }: NonNullable<InternedCall>, at: number, flags: number): boolean {
    if (presignable && (flags & RowFlag.mayBePresigned) !== 0) return true;
    return isInFuture((this.#scanner.words[at + Column.time] ?? 0) * 1_000, this.#options.now);
  }

  /** Reads a record as the ordinary path does; returns 1 for a CloudTrail record of a call, else 0. */
  #takeWhole(at: number, skipped: SkipCounts): number {
    const value = this.#checked.get(at) ?? this.#wholeAt(at);
    if (typeof value === 'string') {
      skipped.count(value);
      return Number(value === 'not-relevant');
    }
    const session = sessionOf(value);
    if (session !== null) this.#sessions[session] += 1;
    const skip = readInto(this.#facts, value, this.#options.kinds, this.#options.now);
    if (skip !== null) this.#options.onSkip(skip, value);
    return 1;
  }

  #wholeAt(at: number): JsonObject | SkipReason {
    return wholeRecord(this.#scanner, at, this.#scanner.words[at + Column.flags] ?? 0, this.#only);
  }
}
