import type { TrailReading } from './trail-reading';
import type { TrailTally } from './trail-tally';

/** The records that a part of a stream began with. */
export interface RecordRun extends Pick<TrailReading, 'records' | 'skipped'> {
  /** Behind the last one, in bytes; 0 if there was none. */
  readonly end: number;
}

/** Reads the records that bytes which begin between two values begin with: plain ones, faster than one by one. */
export type RunReader = (bytes: Buffer) => RecordRun;

/** Reads a stream on in parts, beside other threads. */
export interface PartReader {
  /**
   * May read the stream on, as far as it is plain records, by `next`, which gives its next bytes or null at its end. Pushes
   * what it does not read.
   */
  readOn(stream: OpenStream, next: () => Promise<Buffer | null>): Promise<void>;
}

/** A stream whose next bytes may be read by others. */
export interface OpenStream {
  /** Bytes read before. */
  readonly offset: number;
  /** Takes what was pushed but is not read, if it begins between two records of a run; null elsewhere. */
  takeRest(): Buffer | null;
  /** Counts the records that the next `end` bytes are. */
  pass(run: RecordRun): void;
  push(bytes: Buffer): void;
}

/** After a reading in vain, so many bytes are passed over before the next, twice as many each time. */
const LEAST_PAUSE = 64 * 1024;
const LONGEST_PAUSE = 16 * 1024 * 1024;

/** Fewer bytes, as at the end of a chunk, may be no more than the beginning of a record. */
const LEAST_BYTES = 8 * 1024;

/** Offers a stream to a reader of runs, where it begins and after each value that is read otherwise. */
export class RecordRuns {
  readonly #read: RunReader | null;
  #pause = 0;
  #from = 0;
  #isOpen = false;

  constructor(read: RunReader | null) {
    this.#read = read;
  }

  /** The last reading found records. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The number of bytes taken by the reader. `offset`: of `bytes` in the stream. */
  take(bytes: Buffer, offset: number, tally: TrailTally): number {
    if (!this.#read || offset < this.#from) return 0;
    const run = this.#read(bytes);
    if (run.end === 0 && bytes.length < LEAST_BYTES) return 0;
    this.#isOpen = run.end > 0;
    if (run.end === 0) {
      this.#from = offset + this.#pause;
      this.#pause = Math.min(LONGEST_PAUSE, Math.max(LEAST_PAUSE, 2 * this.#pause));
      return 0;
    }
    this.#pause = 0;
    tally.run(run);
    return run.end;
  }
}
