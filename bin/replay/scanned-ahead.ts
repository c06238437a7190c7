import type { FilePlace, ScannedFile } from './file-scanner';
import type { InputFile } from './input-files';
import { inputSize } from './input-files';

/** What is scanned at once. */
const BATCH_BYTES = 500_000;
const BATCH_FILES = 8;
/** Bytes of files, as they are on disk, from which on no more are scanned ahead. */
const MOST_AHEAD = 3 * BATCH_BYTES;
/** Files that are scanned or read at a time. */
export const PLACES = 2 * BATCH_FILES + 1;

/** A thread that scans. */
export interface Scanning {
  scan(files: readonly FilePlace[]): Promise<ScannedBatch>;
  /** Lets the scanner's ids be new ones. */
  resetIds(): void;
}

/** The files of a batch, null for those that are read otherwise, and whether the scanner is full. */
export interface ScannedBatch {
  readonly files: readonly (ScannedFile | null)[];
  readonly isFull: boolean;
}

/** A file to read, and what was scanned of it; null where it is to be read otherwise, undefined where nobody scanned it. */
export interface NextFile {
  readonly input: InputFile;
  readonly scanned?: ScannedFile | null;
}

interface Ahead {
  readonly input: InputFile;
  /** Null for what is not scanned. */
  readonly place: number | null;
  readonly bytes: number;
  readonly scanned: Promise<ScannedFile | null> | null;
}

/** Has the files that follow scanned while one is read. */
export class ScannedAhead {
  readonly #next: () => InputFile | null;
  readonly #scanning: Scanning;
  readonly #onFull: () => void;
  readonly #ahead: Ahead[] = [];
  #bytesAhead = 0;
  /** The last ones are taken first, so that little memory is used. */
  readonly #free = Array.from({ length: PLACES }, (_, place) => place);
  #read: Ahead | null = null;
  #isFull = false;
  #isAtEnd = false;

  /** `onFull`: called before the scanner's ids become new ones. */
  constructor(next: () => InputFile | null, scanning: Scanning, onFull: () => void) {
    this.#next = next;
    this.#scanning = scanning;
    this.#onFull = onFull;
  }

  /** The next file, after which the one before is not read any more; null at the end. Rejects if the thread fails. */
  async next(): Promise<NextFile | null> {
    const { place = null } = this.#read ?? {};
    if (place !== null) this.#free.push(place);
    if (this.#isFull && this.#ahead.length === 0) this.#makeRoom();
    while (this.#mayScanOn()) this.#scanOn();
    this.#read = this.#ahead.shift() ?? null;
    if (!this.#read) return null;
    this.#bytesAhead -= this.#read.bytes;
    return { input: this.#read.input, scanned: await this.#read.scanned };
  }

  #makeRoom(): void {
    this.#onFull();
    this.#scanning.resetIds();
    this.#isFull = false;
  }

  #mayScanOn(): boolean {
    const hasRoom = this.#free.length > 0 && this.#ahead.length < PLACES && this.#bytesAhead < MOST_AHEAD;
    return hasRoom && !this.#isFull && !this.#isAtEnd;
  }

  #scanOn(): void {
    const batch = this.#nextBatch();
    const files = batch.flatMap(({ input: { path }, place }) => (place === null ? [] : { path, place }));
    const scanned = files.length > 0 ? this.#scan(files) : null;
    for (const file of batch) this.#ahead.push({ ...file, scanned: scanned && placed(scanned, file.place) });
  }

  #nextBatch(): Omit<Ahead, 'scanned'>[] {
    const batch: Omit<Ahead, 'scanned'>[] = [];
    for (let left = BATCH_BYTES; left > 0 && batch.length < BATCH_FILES && this.#free.length > 0;) {
      const input = this.#next();
      this.#isAtEnd = input === null;
      if (!input) break;
      const place = input.regular && input.problem === null ? (this.#free.pop() ?? null) : null;
      const bytes = place === null ? 0 : inputSize(input);
      batch.push({ input, place, bytes });
      this.#bytesAhead += bytes;
      left -= bytes;
    }
    return batch;
  }

  async #scan(files: readonly FilePlace[]): Promise<ScannedBatch['files']> {
    const scanned = await this.#scanning.scan(files);
    this.#isFull ||= scanned.isFull;
    return scanned.files;
  }
}

/** What was scanned into a place. An error is thrown where it is awaited, which may be later. */
function placed(scanned: Promise<ScannedBatch['files']>, place: number | null): Promise<ScannedFile | null> {
  const file = scanned.then((files) => files.find((one) => one?.place === place) ?? null);
  file.catch(() => undefined);
  return file;
}
