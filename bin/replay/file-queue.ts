import { inputFiles, inputSize, type InputFile } from './input-files';

/** What is handed to a thread at once. */
const BATCH_BYTES = 500_000;
const BATCH_FILES = 200;
/** Bytes on disk from which on a file may be worth being read in parts. */
const LARGE = 8 * 1024 * 1024;
/** Bytes on disk from which on more than one thread is worth its start. */
const WORTH_THREADS = 4_000_000;

/** The files in their order, except that the main thread reads what is not regular, and the last large ones. */
export class FileQueue {
  readonly #files: Iterator<InputFile>;
  readonly #ahead: InputFile[] = [];
  readonly #forMain: InputFile[] = [];
  readonly #large: InputFile[] = [];

  constructor(paths: readonly string[]) {
    this.#files = inputFiles(paths);
  }

  /** Before the first file is taken. */
  isWorthThreads(): boolean {
    for (let bytes = 0; bytes < WORTH_THREADS;) {
      const next = this.#files.next();
      if (next.done) return false;
      this.#ahead.push(next.value);
      bytes += inputSize(next.value);
    }
    return true;
  }

  /** For the main thread. */
  next(): InputFile | null {
    return this.#forMain.shift() ?? this.#large.shift() ?? this.#following();
  }

  /**
   * For one of several threads; empty if there are none for it. Large files are among them while there are others for each
   * thread: only the main thread has parts of a file read by others.
   */
  nextBatch(threads: number): InputFile[] {
    const batch: InputFile[] = [];
    for (let bytes = 0; bytes < BATCH_BYTES && batch.length < BATCH_FILES && this.#large.length <= threads;) {
      const next = this.#following();
      if (!next) break;
      const size = inputSize(next);
      if (!next.regular && next.problem === null) this.#forMain.push(next);
      else if (size >= LARGE) this.#large.push(next);
      else {
        batch.push(next);
        bytes += size;
      }
    }
    const large = batch.length === 0 && this.#large.length > threads ? this.#large.shift() : undefined;
    return large ? [large] : batch;
  }

  #following(): InputFile | null {
    const ahead = this.#ahead.shift();
    if (ahead) return ahead;
    const next = this.#files.next();
    return next.done ? null : next.value;
  }
}
