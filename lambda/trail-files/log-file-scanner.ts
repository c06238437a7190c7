import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLER_FIELDS, IDENTITY_FIELDS, SCANNED_FIELDS } from './scanned-fields';

/** Compiled from `wasm/scan-records.ts`. */
const MODULE = 'scan-records.wasm';

/** Longer files, and those with more records, are not scanned. */
export const LONGEST_FILE = 32 * 1024 * 1024;
const MOST_ROWS = 65_536;
export const ROW_WORDS = 16;
/** Pages of 64 kB: what a module needs before it allocates, and what it is built for. */
const LEAST_PAGES = 2;
const MOST_PAGES = 12_288;

/** Values in a row instead of a caller: the record needs the ordinary path; it is relevant only if its call is. */
export const ORDINARY_RECORD = -1;
export const NO_CALLER = -2;

/** Flags of a row. */
export const RowFlag = {
  mayBePresigned: 1,
  noSession: 2,
  isRelevant: 4,
  mayBePerson: 8,
  isReadOnly: 16,
  mayHideReadOnly: 32,
  isStating: 64,
} as const;

/** Kinds of calls without a role session: get no row, are left to the ordinary path, get a row that is relevant, or both. */
export const CallClass = { irrelevant: 1, ordinary: 2, relevant: 3, stating: 4 } as const;

/** Lists of fields, by the scanner's numbers. */
const LISTS = { identities: 0, callers: 1 } as const;
/** Of the first entry that is alike, and where the access key stands, behind the fields' first length. */
const FIRST_BYTES = 20;
/** Words of a request's span. */
const SPAN_WORDS = 6;

const OPENS_LIST = /^\s*\{\s*"Records"\s*:\s*\[/;
const CLOSES_FILE = /^\s*\}\s*$/;
/** White space around the list of a file is shorter. */
const LONGEST_MARGIN = 200;
const PLAIN = 1;

/** The rows of a scanned file, or of a part of one. Their words are those of `Column`. */
export interface ScannedRows {
  /** The word at which the first one begins. */
  readonly from: number;
  readonly rows: number;
  /** Records without a row: no fact can come of them. */
  readonly irrelevant: number;
  /** Records without a row: further calls of people who are known to have called earlier that day. */
  readonly repeated: number;
  /** Behind the last record. */
  readonly end: number;
}

/**
 * Words of a row: ids of caller and call, epoch seconds, four words of the event id, flags, begin and end, the numbers of
 * irrelevant and repeated records in front of it; where the request and the resources begin and end.
 */
export const Column = {
  caller: 0,
  call: 1,
  time: 2,
  eventId: 3,
  flags: 7,
  begin: 8,
  end: 9,
  request: 10,
  resources: 12,
  irrelevant: 14,
  repeated: 15,
} as const;

/** Words of a row that is `isStating` instead of the event id's: where the response begins and ends, and the ids begin; -1: absent. */
export const StatingColumn = { response: 3, sharedId: 5, eventId: 6 } as const;

/** What a scanner of another thread needs, to scan for this one. */
export interface SharedScanner {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly places: number;
}

/**
 * Scans whole log files (`{"Records":[…]}`), interning callers and calls by their bytes: equal ids mean equal bytes of all
 * the fields that identify them. WebAssembly with SIMD; strings and braces are checked, skipped values are not.
 *
 * Files are put into one of several places. A scanner of another thread on the same memory may scan one while this one reads
 * the rows of the others: then that one alone scans and resets ids, and this one alone classifies, and keeps requests.
 */
export class LogFileScanner {
  /** Rows of `ROW_WORDS` words, of all places; those of a place are valid until the next scan there. */
  readonly words: Int32Array;
  /** For a scanner of another thread. */
  readonly shared: SharedScanner;
  readonly #exports: ScannerExports;
  readonly #memory: DataView;
  readonly #bytes: Buffer<SharedArrayBuffer>;
  #input: Buffer;
  #place = 0;

  /** Runs a scanner's module on its memory. Throws where it cannot run. */
  constructor(shared: SharedScanner) {
    this.shared = shared;
    const { module, memory, places } = shared;
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
    this.#exports.init(LONGEST_FILE, MOST_ROWS, places);
    const { buffer } = memory;
    this.words = new Int32Array(buffer, this.#exports.rowsAddress(), places * MOST_ROWS * ROW_WORDS);
    this.#memory = new DataView(buffer);
    this.#bytes = Buffer.from(buffer);
    this.#input = this.#inputOfPlace();
    this.#addFields();
  }

  /** Null where the module was not built into the folder, or cannot run. */
  static create(folder = __dirname, places = 1): LogFileScanner | null {
    const file = join(folder, MODULE);
    if (!existsSync(file)) return null;
    try {
      const memory = new WebAssembly.Memory({ initial: LEAST_PAGES, maximum: MOST_PAGES, shared: true });
      return new LogFileScanner({ module: new WebAssembly.Module(readFileSync(file)), memory, places });
    } catch {
      return null;
    }
  }

  /** Selects the place whose file is scanned, or whose rows are read. */
  select(place: number): void {
    if (place === this.#place) return;
    this.#exports.select(place);
    this.#place = place;
    this.#input = this.#inputOfPlace();
  }

  /** Where a file is put before it is scanned. */
  get input(): Buffer {
    return this.#input;
  }

  /** True when no more callers and calls can be interned: `reset` then. */
  get isFull(): boolean {
    return Boolean(this.#exports.full.value);
  }

  /** Forgets all ids. */
  reset(): void {
    this.resetIds();
    this.resetRequests();
  }

  /** Forgets all ids but those of requests. */
  resetIds(): void {
    this.#exports.reset();
  }

  resetRequests(): void {
    this.#exports.resetRequests();
  }

  /** Scans the first `length` bytes of the input; null unless they are a plain log file. */
  scan(length: number): ScannedRows | null {
    const opening = OPENS_LIST.exec(this.input.toString('latin1', 0, Math.min(length, LONGEST_MARGIN)));
    if (!opening || this.#exports.scan(opening[0].length, length, false) !== PLAIN) return null;
    const end = this.#exports.listEnd.value;
    if (length - end > LONGEST_MARGIN || !CLOSES_FILE.test(this.input.toString('latin1', end, length))) return null;
    return this.#rows();
  }

  /** Scans the records that the first `length` bytes of the input begin with, up to what is no record, or not all of one. */
  scanRun(length: number): ScannedRows {
    this.#exports.scan(0, length, true);
    return this.#rows();
  }

  /** From now on, records with this call are treated so. */
  classify(call: number, as: keyof typeof CallClass): void {
    this.#exports.classify(call, CallClass[as]);
  }

  /** From now on, the caller of a row is known to be a person, and a call of that time, or one before it that day, is known. */
  notePerson(at: number): void {
    this.#exports.notePerson(at / ROW_WORDS);
  }

  /** The bytes of a row's record, valid until the next scan. */
  record(at: number): Buffer {
    return this.input.subarray(this.words[at + Column.begin], this.words[at + Column.end]);
  }

  /** The value that two words of the row name, as JSON; null where they name none. */
  valueAt(begin: number): string | null {
    const from = this.words[begin] ?? -1;
    return from < 0 ? null : this.input.toString('utf8', from, this.words[begin + 1]);
  }

  /** The id of the request of a row, which is kept until `resetRequests`; null when there is no room for it before. */
  requestOf(at: number): number | null {
    const id = this.#exports.requestOf(at / ROW_WORDS);
    return id < 0 ? null : id;
  }

  /** The id of a caller's identity. Valid until `reset`, as all ids are. */
  identityOf(caller: number): number {
    return this.#int(this.#placeOf(LISTS.callers, caller));
  }

  /** The first caller that called from the same origin. */
  originOf(caller: number): number {
    return this.#int(this.#firstOf(LISTS.callers, caller));
  }

  /** The members of a record that show where a caller calls from, as JSON. */
  origin(caller: number): string {
    return this.#fieldsAt(this.#placeOf(LISTS.callers, caller), CALLER_FIELDS);
  }

  /** The first identity that is the same one whatever its access key, and when its session began: that is not read. */
  shapeOf(identity: number): number {
    return this.#int(this.#firstOf(LISTS.identities, identity));
  }

  /** The access key that makes the difference; null where there is none, or it is not told apart. */
  keyOf(identity: number): string | null {
    const first = this.#firstOf(LISTS.identities, identity);
    const at = this.#placeOf(LISTS.identities, identity) + 8;
    const [from, to] = [at + this.#int(first + 4), at + this.#int(first + 8)];
    return from === to ? null : this.#bytes.toString('latin1', from, to);
  }

  /** The members of an identity, as JSON. */
  identity(id: number): string {
    return this.#fieldsAt(this.#placeOf(LISTS.identities, id), IDENTITY_FIELDS);
  }

  /** All requests in the order of their ids, as `PackedTexts` has them. Valid until the next is asked for. */
  requests(): { readonly spans: Int32Array; readonly bytes: Uint8Array } {
    const { requests } = this.#exports;
    const spans = new Int32Array(this.#bytes.buffer, this.#exports.requestSpansAddress(), requests.value * SPAN_WORDS);
    const [begin = 0, , , , size = 0] = spans.subarray(-SPAN_WORDS);
    const from = this.#exports.requestArenaAddress();
    return { spans, bytes: this.#bytes.subarray(from, from + begin + size) };
  }

  #rows(): ScannedRows {
    const { rowCount, irrelevant, repeated, lastEnd } = this.#exports;
    return {
      from: this.#place * MOST_ROWS * ROW_WORDS,
      rows: rowCount.value,
      irrelevant: irrelevant.value,
      repeated: repeated.value,
      end: lastEnd.value,
    };
  }

  #placeOf(list: number, id: number): number {
    return this.#int(this.#exports.placesAddress(list) + id * 4);
  }

  #firstOf(list: number, id: number): number {
    return this.#exports.firstsAddress(list) + id * FIRST_BYTES;
  }

  #int(at: number): number {
    return this.#memory.getInt32(at, true);
  }

  #fieldsAt(place: number, names: readonly string[]): string {
    let members = '';
    let at = place + 4 + 4 * names.length;
    for (let index = 0; index < names.length; index += 1) {
      const length = this.#int(place + 4 + 4 * index);
      if (length < 0) continue;
      members += `${members === '' ? '' : ','}"${names[index] ?? ''}":${this.#bytes.toString('utf8', at, at + length)}`;
      at += length;
    }
    return members;
  }

  #inputOfPlace(): Buffer {
    return Buffer.from(this.#bytes.buffer, this.#exports.inputAddress(), LONGEST_FILE);
  }

  #addFields(): void {
    for (const [slot, name] of [...SCANNED_FIELDS].sort(([, one], [, other]) => one.length - other.length)) {
      this.input.write(`${name}"`, 'latin1');
      this.#exports.addField(name.length, slot);
    }
  }
}
