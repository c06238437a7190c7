import type { CallKind, PackedTexts } from '../detection/facts/call-texts';
import type { TableCall, TableTexts } from '../detection/facts/sighting-table';
import type { WorkloadKind } from '../detection/model/workload-kind';
import { readCallPart, type CallPart } from '../detection/records/read-parts';
import { Column, type LogFileScanner } from '../trail-files/log-file-scanner';
import { isEventRead } from '../trail-files/relevant-record';
import { isPlainRecord, otherKindOf } from '../trail-files/unwrap';
import { NotPlain, parsedRecord } from './scanned-records';

/** A call that the scanner interned; null: its records are read one by one. */
export type InternedCall = (CallPart & { readonly isRelevant: boolean }) | null;

/** The calls of a scanner's rows; itself the call of the row found last. */
export class InternedCalls implements TableCall, TableTexts {
  did = 0;
  at = 0;
  readonly words: Int32Array;
  readonly #scanner: LogFileScanner;
  readonly #onFull: () => void;
  readonly #calls: (InternedCall | undefined)[] = [];
  readonly #kinds: CallKind[] = [];
  #id = 0;
  #row = 0;
  /** Of the row found last; undefined until it is asked for. */
  #text: number | undefined;

  /** `onFull`: settles the table, so that no text's index is needed any more. */
  constructor(scanner: LogFileScanner, onFull: () => void) {
    this.words = scanner.words;
    this.#scanner = scanner;
    this.#onFull = onFull;
  }

  /** The call of the row at a word. */
  of(row: number, kinds: readonly WorkloadKind[]): InternedCall {
    this.#row = row;
    this.#text = undefined;
    this.at = row + Column.time;
    this.#id = this.words[row + Column.call] ?? 0;
    return this.#calls[this.#id] ?? this.#read(kinds);
  }

  /** Interned when it is asked for, as most calls are not kept. */
  get text(): number {
    const id = this.#text ?? this.#scanner.requestOf(this.#row) ?? this.#requestWithRoom();
    if (id === null) throw new NotPlain();
    this.#text = id;
    return id;
  }

  all(): PackedTexts {
    return { calls: this.#kinds, ...this.#scanner.requests() };
  }

  #requestWithRoom(): number | null {
    this.#onFull();
    this.#scanner.resetRequests();
    return this.#scanner.requestOf(this.#row);
  }

  #read(kinds: readonly WorkloadKind[]): InternedCall {
    const known = this.#calls[this.#id];
    if (known !== undefined) return known;
    const value = parsedRecord(this.#scanner, this.#row);
    const part = isPlainRecord(value) && otherKindOf(value) === null ? readCallPart(value, kinds) : null;
    const isRelevant = isEventRead(value.eventName);
    const call = part && { ...part, isRelevant };
    if (call) this.#scanner.classify(this.#id, isRelevant ? 'relevant' : 'irrelevant');
    else this.#scanner.classify(this.#id, isRelevant ? 'stating' : 'ordinary');
    this.#calls[this.#id] = call;
    this.#kinds[this.#id] = part?.kind ?? NO_KIND;
    return call;
  }
}

/** Of calls that are read one by one. */
const NO_KIND: CallKind = { region: '', source: '', name: '', errorCode: null, userAgent: null };
