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
  NO_CALLER,
  ORDINARY_RECORD,
  ROW_WORDS,
  RowFlag,
  type LogFileScanner,
  type ScannedRows,
} from '../trail-files/log-file-scanner';
import { SkipCounts, type SkipReason } from '../trail-files/trail-reading';
import { sessionOf } from './interned-callers';
import { InternedCalls, type InternedCall } from './interned-calls';
import type { FileCounts } from './file-counts';
import { KnownRows } from './known-rows';
import { NotPlain, wholeRecord } from './scanned-records';
import { StatingRecords } from './stating-records';

export interface RowOptions {
  readonly kinds: readonly WorkloadKind[];
  /** Epoch milliseconds: see `readInto`. */
  readonly now: number;
  /** Called with each record that states no fact, and is parsed. */
  onSkip(reason: Skip, record: unknown): void;
}

export interface TakenRows extends FileCounts {
  /** The row at which the reading stopped, as the ordinary path is needed; null at the end. */
  readonly stoppedAt: number | null;
}

const NOT_RELEVANT = 1;
const ONE_BY_ONE = 2;

/**
 * Reads the rows of a scanner into facts: each distinct caller and call is parsed once, and a sighting that repeats them is a
 * few numbers.
 */
export class RowFacts {
  readonly #scanner: LogFileScanner;
  readonly #facts: FactSet;
  readonly #options: RowOptions;
  #calls: InternedCalls;
  #table: SightingTable;
  #known: KnownRows;
  readonly #stating: StatingRecords;
  #sessions = { whole: 0, reduced: 0 };
  /** The account of all records that a file may have; null for any. */
  #only: string | null = null;
  /** The rows that were checked last, and their records that are read whole. */
  #checkedRows: ScannedRows | null = null;
  readonly #checked = new Map<number, JsonObject | SkipReason>();

  constructor(scanner: LogFileScanner, facts: FactSet, options: RowOptions) {
    this.#scanner = scanner;
    this.#facts = facts;
    this.#options = options;
    this.#calls = this.#newCalls();
    this.#table = this.#newTable();
    this.#known = this.#newKnownRows();
    this.#stating = new StatingRecords(scanner, options.now);
  }

  /** The scanner's ids are to be new ones: none of those before are needed any more. */
  forgetIds(): void {
    this.#table.settle();
    this.#calls = this.#newCalls();
    this.#stating.forget();
    this.#table.source = this.#calls;
    this.#known.finish();
    this.#known = this.#newKnownRows();
  }

  /** Adds the sightings to the facts. Further rows need new ids of the scanner. */
  finish(): void {
    addPacked(this.packed(), this.#facts, resourceOf, true);
  }

  /** The sightings, which are taken from this reader; all other facts are in the facts. Further rows need new ids. */
  packed(): PackedSightings {
    const table = this.#table;
    this.#known.finish();
    // What is copied now is not to be kept as well.
    this.#calls = this.#newCalls();
    this.#stating.forget();
    this.#table = this.#newTable();
    this.#known = this.#newKnownRows();
    return table.packed();
  }

  /** Reads rows, of those of `only` if it is an account, and no others. */
  take(scanned: ScannedRows, only: string | null = null): TakenRows {
    if (scanned !== this.#checkedRows) this.#checked.clear();
    this.#only = only;
    const skipped = new SkipCounts();
    const left = new SkipCounts<Skip>();
    this.#sessions = { whole: 0, reduced: 0 };
    this.#calls.beginRows();
    const end = scanned.from + scanned.rows * ROW_WORDS;
    let [notRelevant, records, at] = [0, 0, scanned.from];
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

  /** True if `take` would read all of the rows. What it reads of them is kept for it. */
  check(scanned: ScannedRows): boolean {
    const { from, rows } = scanned;
    this.#only = null;
    this.#checkedRows = scanned;
    this.#checked.clear();
    try {
      for (let at = from; at < from + rows * ROW_WORDS; at += ROW_WORDS)
        if (this.#isReadWhole(at)) this.#checked.set(at, this.#wholeAt(at));
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      return false;
    }
    return true;
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
