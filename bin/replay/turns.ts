import { setImmediate } from 'node:timers/promises';

/** Longer, errors of other threads would not be noticed. */
const LONGEST_WAIT_MS = 5;
const REFUSED = -1;

/** Has threads take the parts of a stream only when all parts before are known to be plain. Works on shared memory. */
export class Turns {
  /** The part whose turn is next, or `REFUSED`. */
  readonly #next: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#next = new Int32Array(memory);
  }

  /** Waits for all parts before; true if they and this one are plain. Otherwise all that follow are refused too. */
  async come(part: number, isPlain: boolean): Promise<boolean> {
    for (let next = Atomics.load(this.#next, 0); next !== part; next = Atomics.load(this.#next, 0)) {
      if (next === REFUSED) return false;
      Atomics.wait(this.#next, 0, next, LONGEST_WAIT_MS);
      await setImmediate();
    }
    Atomics.store(this.#next, 0, isPlain ? part + 1 : REFUSED);
    Atomics.notify(this.#next, 0);
    return isPlain;
  }

  /** Refuses all that wait, and those that follow. */
  refuse(): void {
    Atomics.store(this.#next, 0, REFUSED);
    Atomics.notify(this.#next, 0);
  }

  /** Once no thread waits: `part` is next. */
  restart(part: number): void {
    Atomics.store(this.#next, 0, part);
  }
}
