import { idAt } from '../detection/facts/packed-sightings';
import type { JsonObject } from '../detection/model/json-field';
import type { WorkloadKind } from '../detection/model/workload-kind';
import { neutralRecord, readCallerPart, type CallerPart, type CallPart } from '../detection/records/read-parts';
import {
  Column,
  LogFileScanner,
  NO_CALLER,
  ORDINARY_RECORD,
  ROW_WORDS,
  RowFlag,
} from '../trail-files/log-file-scanner';
import type { RecordRun } from '../trail-files/record-runs';
import { SkipCounts } from '../trail-files/trail-reading';
import { InternedCalls } from './interned-calls';
import { isKnownRelevant, NotPlain, wholeRecord } from './scanned-records';

/** A record that states nothing but that its caller made its call; valid while it is passed on. */
export class ScannedCall {
  constructor(
    private readonly words: Int32Array,
    private readonly at: number,
    /** One object for all records of a caller, until the scanner's memory is full. */
    readonly caller: CallerPart,
    readonly call: CallPart,
  ) {}

  /** Epoch milliseconds. */
  get time(): number {
    return (this.words[this.at + Column.time] ?? 0) * 1_000;
  }

  get eventId(): string {
    return idAt(this.words, this.at + Column.eventId);
  }

  get isReadOnly(): boolean {
    return ((this.words[this.at + Column.flags] ?? 0) & RowFlag.isReadOnly) !== 0;
  }
}

/** Receives the records of a run in their order. */
export interface CallReader {
  /** False: the record is passed on whole as well. */
  takeCall(call: ScannedCall): boolean;
  record(record: JsonObject): void;
}

/** Reads runs of plain records, and parses those alone that are not taken as calls. Each caller and call is parsed once. */
export class CallRuns {
  readonly #scanner: LogFileScanner;
  #kinds: readonly WorkloadKind[] = [];
  #calls: InternedCalls;
  #callers: (CallerPart | null | undefined)[] = [];
  /** By the ids of identities, of records without a session. */
  #others: (CallerPart | null | undefined)[] = [];

  private constructor(scanner: LogFileScanner) {
    this.#scanner = scanner;
    this.#calls = new InternedCalls(scanner, () => undefined);
  }

  /** Null where the scanner cannot run. `scanner`: used by no other reader at the same time. */
  static create(scanner = LogFileScanner.create()): CallRuns | null {
    return scanner && new CallRuns(scanner);
  }

  /** Reads the plain records that `bytes`, a part of a stream between two values, begin with. */
  read(bytes: Buffer, kinds: readonly WorkloadKind[], reader: CallReader): RecordRun {
    if (this.#scanner.isFull || !areSame(kinds, this.#kinds)) this.#forget();
    this.#kinds = kinds;
    const scanned = this.#scanner.scanRun(bytes.copy(this.#scanner.input));
    const skipped = new SkipCounts();
    let { end, irrelevant } = scanned;
    let records = 0;
    let at = 0;
    try {
      for (; at < scanned.rows * ROW_WORDS; at += ROW_WORDS) records += this.#take(at, reader, skipped);
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      const { words } = this.#scanner;
      end = words[at + Column.begin] ?? 0;
      irrelevant = words[at + Column.irrelevant] ?? 0;
    }
    if (irrelevant > 0) skipped.count('not-relevant', irrelevant);
    return { records: records + irrelevant, skipped, end };
  }

  #forget(): void {
    this.#scanner.reset();
    this.#calls = new InternedCalls(this.#scanner, () => undefined);
    this.#callers = [];
    this.#others = [];
  }

  /** Returns 1 for a CloudTrail record of a call, else 0. */
  #take(at: number, reader: CallReader, skipped: SkipCounts): number {
    const flags = this.#scanner.words[at + Column.flags] ?? 0;
    const call = this.#callAt(at, flags);
    if (call === 'irrelevant') skipped.count('not-relevant');
    if (call === 'irrelevant' || (call && reader.takeCall(call))) return 1;
    const value = wholeRecord(this.#scanner, at, flags);
    if (typeof value === 'string') {
      skipped.count(value);
      return Number(value === 'not-relevant');
    }
    reader.record(value);
    return 1;
  }

  /** Null where the record is to be read whole. */
  #callAt(at: number, flags: number): ScannedCall | 'irrelevant' | null {
    const id = this.#scanner.words[at + Column.caller] ?? ORDINARY_RECORD;
    if (id === ORDINARY_RECORD) return null;
    const call = this.#calls.of(at, this.#kinds);
    if (id === NO_CALLER) return call?.isRelevant === false ? 'irrelevant' : null;
    if (!call || call.isRelevant || isOdd(call, flags)) return null;
    const caller = this.#callerOf(id, (flags & (RowFlag.noSession | RowFlag.mayBePerson)) === RowFlag.noSession);
    if (!caller || (!caller.caller && !isKnownRelevant(flags))) return null;
    return new ScannedCall(this.#scanner.words, at, caller, call);
  }

  /** The id is of an identity alone where `isIdentity`. */
  #callerOf(id: number, isIdentity: boolean): CallerPart | null {
    const known = isIdentity ? this.#others : this.#callers;
    const found = known[id];
    if (found !== undefined) return found;
    const members = this.#scanner.identity(isIdentity ? id : this.#scanner.identityOf(id));
    const origin = isIdentity ? '' : this.#scanner.origin(id);
    const record = neutralRecord(origin === '' ? members : `${members},${origin}`);
    return (known[id] = record && readCallerPart(record, this.#kinds));
  }
}

function isOdd({ presignable }: CallPart, flags: number): boolean {
  return (flags & (RowFlag.mayHideReadOnly | (presignable ? RowFlag.mayBePresigned : 0))) !== 0;
}

function areSame(some: readonly WorkloadKind[], others: readonly WorkloadKind[]): boolean {
  return some.length === others.length && some.every((kind, at) => kind === others[at]);
}
