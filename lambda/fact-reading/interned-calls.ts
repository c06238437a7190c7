import type { CallKind, PackedTexts } from '../detection/facts/call-texts';
import type { CallSource } from '../detection/facts/sighting-table';
import type { WorkloadKind } from '../detection/model/workload-kind';
import { readCallPart, type CallPart } from '../detection/records/read-parts';
import { Column, type LogFileScanner } from '../trail-files/log-file-scanner';
import { isPlainRecord } from '../trail-files/plain-record';
import { isEventRead } from '../trail-files/relevant-record';
import { otherKindOf } from '../trail-files/unwrap';
import { NotPlain, parsedRecord } from './scanned-records';

/** A call that the scanner interned; null: its records are read one by one. */
export type InternedCall = (CallPart & { readonly isRelevant: boolean }) | null;

/** The calls of a scanner's rows. */
export class InternedCalls implements CallSource {
  readonly words: Int32Array;
  readonly #scanner: LogFileScanner;
  readonly #onFull: () => void;
  readonly #calls: (InternedCall | undefined)[] = [];
  readonly #kinds: CallKind[] = [];
  #id = 0;
  #row = 0;
  /** Of the row whose text was asked for last. */
  #textRow = NO_ROW;
  #text = 0;

  /** `onFull`: settles the table, so that no text's index is needed any more. */
  constructor(scanner: LogFileScanner, onFull: () => void) {
    this.words = scanner.words;
    this.#scanner = scanner;
    this.#onFull = onFull;
  }

  /** The call of the row at a word. */
  of(row: number, kinds: readonly WorkloadKind[]): InternedCall {
    this.#row = row;
    this.#id = this.words[row + Column.call] ?? 0;
    return this.#calls[this.#id] ?? this.#read(kinds);
  }

  /** No text is to be taken for another row's. */
  beginRows(): void {
    this.#textRow = NO_ROW;
  }

  /** Of the row with the time at a place. Interned when it is asked for. */
  textOf(at: number): number {
    const row = at - Column.time;
    if (row === this.#textRow) return this.#text;
    const id = this.#scanner.requestOf(row) ?? this.#requestWithRoom(row);
    if (id === null) throw new NotPlain();
    this.#textRow = row;
    this.#text = id;
    return id;
  }

  all(): PackedTexts {
    return { calls: this.#kinds, ...this.#scanner.requests() };
  }

  #requestWithRoom(row: number): number | null {
    this.#onFull();
    this.#scanner.resetRequests();
    return this.#scanner.requestOf(row);
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

const NO_ROW = -1;
/** Of calls that are read one by one. */
const NO_KIND: CallKind = { region: '', source: '', name: '', errorCode: null, userAgent: null };
