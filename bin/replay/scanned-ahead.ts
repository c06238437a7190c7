import { setImmediate } from 'node:timers/promises';
import type { FilePlace, FilledPlace } from './file-filler';
import type { ScannedFile } from './file-scanner';
import { inputSize, type InputFile } from './input-files';

/** What is scanned at once. */
const BATCH_BYTES = 500_000;
const BATCH_FILES = 8;
/** Bytes of files, as they are on disk, from which on no more are scanned ahead. */
const MOST_AHEAD = 3 * BATCH_BYTES;
/** The same for files that this thread inflates. */
const MOST_FILLED_AHEAD = 8 * BATCH_BYTES;
/** Bytes of a file from which on it is worth a batch of its own. */
const WORTH_BATCH = 50_000;
/** Files that are scanned or read at a time. */
export const PLACES = 2 * BATCH_FILES + 1;

/** A thread that scans. */
export interface Scanning {
  scan(files: readonly (FilePlace | FilledPlace)[]): Promise<ScannedBatch>;
  /** Lets the scanner's ids be new ones. */
  resetIds(): void;
}

/** The files of a batch, null for those that are read otherwise, and whether the scanner is full. */
export interface ScannedBatch {
  readonly files: readonly (ScannedFile | null)[];
  readonly isFull: boolean;
}

/** A file to read, and what was scanned of it; null where it is to be read otherwise, undefined where it was not tried. */
export interface NextFile {
  readonly input: InputFile;
  readonly scanned?: ScannedFile | null;
}

interface Ahead {
  readonly input: InputFile;
  /** Null for what is not scanned. */
  readonly place: number | null;
  readonly bytes: number;
  readonly scan: Scan | null;
}

/** A batch that is scanned. */
interface Scan {
  readonly files: Promise<ScannedBatch['files']>;
  isDone: boolean;
}

export interface AheadOptions {
  /** As in `FileFiller`. */
  readonly fill: (file: FilePlace) => FilledPlace | null;
  /** Called before the scanner's ids become new ones. */
  readonly onFull: () => void;
}

/**
 * Has the files that follow scanned while one is read, until it is told to `end` that. While that takes longer than reading,
 * this thread inflates some of them.
 */
export class ScannedAhead {
  readonly #next: () => InputFile | null;
  readonly #scanning: Scanning;
  readonly #fill: (file: FilePlace) => FilledPlace | null;
  readonly #onFull: () => void;
  readonly #ahead: Ahead[] = [];
  #bytesAhead = 0;
  /** The last ones are taken first, so that little memory is used. */
  readonly #free = Array.from({ length: PLACES }, (_, place) => place);
  #read: Ahead | null = null;
  #isFull = false;
  /** No more files are scanned. */
  #isAtEnd = false;

  constructor(next: () => InputFile | null, scanning: Scanning, { fill, onFull }: AheadOptions) {
    this.#next = next;
    this.#scanning = scanning;
    this.#fill = fill;
    this.#onFull = onFull;
  }

  /** The next file, after which the one before is not read any more; null at the end. Rejects if the thread fails. */
  async next(): Promise<NextFile | null> {
    this.#free.push(...placeOf(this.#read));
    if (this.#isFull && this.#ahead.length === 0) this.#makeRoom();
    while (this.#mayScanOn()) this.#scanOn();
    const read = (this.#read = this.#ahead.shift() ?? null);
    if (!read) return this.#unscanned();
    this.#bytesAhead -= read.bytes;
    if (read.scan && read.bytes >= WORTH_BATCH) await this.#fillWhile(read.scan);
    const files = (await read.scan?.files) ?? [];
    return { input: read.input, scanned: files.find((one) => one?.place === read.place) ?? null };
  }

  /** Waits for what is being scanned: the thread that scans is not needed any more. */
  async end(): Promise<void> {
    this.#isAtEnd = true;
    for (const { scan } of this.#ahead) await scan?.files;
  }

  #unscanned(): NextFile | null {
    const input = this.#next();
    return input && { input };
  }

  async #fillWhile(scan: Scan): Promise<void> {
    while (!scan.isDone && this.#mayFill()) {
      this.#fillOne();
      // The other thread's message is received in between.
      await setImmediate();
    }
  }

  #mayFill(): boolean {
    const hasRoom = this.#free.length > 0 && this.#bytesAhead < MOST_FILLED_AHEAD;
    return hasRoom && !this.#isFull && !this.#isAtEnd;
  }

  #fillOne(): void {
    const [file] = this.#nextBatch(1);
    if (!file) return;
    const filled = file.place === null ? null : this.#fill({ path: file.input.path, place: file.place });
    this.#ahead.push({ ...file, scan: filled && this.#scan([filled]) });
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
    const batch = this.#nextBatch(BATCH_FILES);
    const files = batch.flatMap(({ input: { path }, place }) => (place === null ? [] : { path, place }));
    const scan = files.length > 0 ? this.#scan(files) : null;
    for (const file of batch) this.#ahead.push({ ...file, scan: file.place === null ? null : scan });
  }

  #nextBatch(most: number): Omit<Ahead, 'scan'>[] {
    const batch: Omit<Ahead, 'scan'>[] = [];
    for (let left = BATCH_BYTES; left > 0 && batch.length < most && this.#free.length > 0;) {
      const input = this.#isAtEnd ? null : this.#next();
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

  #scan(files: readonly (FilePlace | FilledPlace)[]): Scan {
    const scan: Scan = { files: this.#scanned(files).finally(() => (scan.isDone = true)), isDone: false };
    // An error is thrown where it is awaited, which may be later.
    scan.files.catch(() => undefined);
    return scan;
  }

  async #scanned(files: readonly (FilePlace | FilledPlace)[]): Promise<ScannedBatch['files']> {
    const scanned = await this.#scanning.scan(files);
    this.#isFull ||= scanned.isFull;
    return scanned.files;
  }
}

function placeOf(file: Ahead | null): number[] {
  return file === null || file.place === null ? [] : [file.place];
}
