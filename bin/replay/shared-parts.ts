import { setImmediate } from 'node:timers/promises';
import type { FileCounts } from '../../lambda/fact-reading/file-counts';
import type { SkippedData } from '../../lambda/fact-reading/skipped-records';
import type { OpenStream, PartReader } from '../../lambda/trail-files/record-runs';
import { lastBorder } from './part-border';
import type { Turns } from './turns';

/** A part of a stream: records in a slot. */
export interface Part {
  /** Of all parts, in their order. */
  readonly index: number;
  readonly slot: number;
  readonly length: number;
  readonly file: string;
}

/** What was read of a part. */
export interface PartReading extends Pick<FileCounts, 'records' | 'skipped' | 'sessions'> {
  readonly left: SkippedData;
}

/** Reads parts, in the order given; null for those that are not plain, or follow such a one. */
export interface PartTaker {
  readPart(part: Part): Promise<PartReading | null>;
}

/** Parts that another thread has at once, so that it does not wait for the next. */
const MOST_AT_ONCE = 2;

/** Bytes of a part at most. */
const SLOT = 2 * 1024 * 1024;

/** Memory for what so many others have at once, one part that is filled, and one that this thread keeps. */
export function slotMemory(others: number, slot = SLOT): SharedArrayBuffer {
  return new SharedArrayBuffer((MOST_AT_ONCE * others + 2) * slot);
}

export function slotsIn(memory: SharedArrayBuffer, slot = SLOT): Buffer[] {
  return Array.from({ length: memory.byteLength / slot }, (_, index) => Buffer.from(memory, index * slot, slot));
}

/** Who reads parts, and where they are put. Used by one stream at a time. */
export interface PartSharing {
  readonly slots: readonly Buffer[];
  readonly turns: Turns;
  readonly here: PartTaker;
  readonly others: readonly PartTaker[];
  /** False while this thread should read alone, as each has facts of its own. */
  readonly hasRoom: () => boolean;
}

/** Bytes after which a stream is shared out, and least bytes between two attempts. */
const AFTER = 16 * 1024 * 1024;
const LONGEST_PAUSE = 1024 * 1024 * 1024;

/** Reads one stream in parts, each a run of records, in several threads. */
export class SharedParts implements PartReader {
  readonly #file: string;
  readonly #start: () => Promise<PartSharing>;
  readonly #onReading: (reading: PartReading) => void;
  #pause: number;
  #from: number;

  /** `start` is called when the stream turns out to be long. Readings are given in the order of their parts. */
  constructor(
    file: string,
    start: () => Promise<PartSharing>,
    onReading: (reading: PartReading) => void,
    after = AFTER,
  ) {
    this.#file = file;
    this.#start = start;
    this.#onReading = onReading;
    this.#pause = this.#from = after;
  }

  async readOn(stream: OpenStream, next: () => Promise<Buffer | null>): Promise<void> {
    if (stream.offset < this.#from) return;
    const rest = stream.takeRest();
    if (rest === null) return;
    const reading = new SharedReading(await this.#start(), this.#file, (part, length) => {
      stream.pass({ ...part, end: length });
      this.#onReading(part);
    });
    const left = await reading.read(rest, next);
    this.#from = stream.offset + this.#pause;
    this.#pause = Math.min(LONGEST_PAUSE, 2 * this.#pause);
    for (const bytes of left) stream.push(bytes);
  }
}

interface GivenPart extends Part {
  /** Undefined while it is not read, null if it was refused. */
  reading?: PartReading | null;
  /** Rejects if its thread fails. */
  done?: Promise<void>;
}

/** Reads a stream in parts until one is refused, or the stream ends. */
class SharedReading {
  readonly #sharing: PartSharing;
  readonly #file: string;
  readonly #onReading: (reading: PartReading, length: number) => void;
  /** Parts that are not counted, in their order. */
  readonly #parts: GivenPart[] = [];
  /** How many parts each of the others has. */
  readonly #loads: number[];
  readonly #free: number[];
  /** The part that this thread reads next. */
  #own: GivenPart | null = null;
  #isRefused = false;
  /** The bytes from `begin` to `filled` in this slot are in no part. */
  #slot = 0;
  #begin = 0;
  #filled = 0;
  #next = 0;

  constructor(sharing: PartSharing, file: string, onReading: (reading: PartReading, length: number) => void) {
    this.#sharing = sharing;
    this.#file = file;
    this.#onReading = onReading;
    this.#loads = sharing.others.map(() => 0);
    this.#free = sharing.slots.map((_, slot) => slot).slice(1);
    sharing.turns.restart(0);
  }

  /** What was read of the stream, and is left to others. */
  async read(first: Buffer, next: () => Promise<Buffer | null>): Promise<Buffer[]> {
    for (let chunk: Buffer | null = first; chunk; chunk = await next()) {
      for (let at = 0; at < chunk.length;) {
        const slot = this.#bytesOf(this.#slot);
        const copied = chunk.copy(slot, this.#filled, at);
        at += copied;
        this.#filled += copied;
        if (this.#filled === slot.length && !(await this.#share(slot))) return this.#end(chunk.subarray(at));
      }
    }
    return this.#end(NO_BYTES);
  }

  /** Gives the records in the slot to a thread. */
  async #share(slot: Buffer): Promise<boolean> {
    const length = lastBorder(slot);
    if (length === 0) return false;
    const part = { index: this.#next++, slot: this.#slot, length, file: this.#file };
    this.#parts.push(part);
    while (!this.#give(part)) {
      await this.#readOwn();
      // The other threads' messages are received in between.
      await setImmediate();
    }
    this.#count();
    const free = this.#isRefused ? undefined : this.#free.shift();
    if (free === undefined) {
      this.#begin = length;
      return false;
    }
    this.#filled = slot.copy(this.#bytesOf(free), 0, length);
    this.#slot = free;
    return true;
  }

  /** False while all have enough. */
  #give(part: GivenPart): boolean {
    const hasRoom = this.#sharing.hasRoom();
    const idle = hasRoom ? this.#loads.indexOf(0) : -1;
    if (idle < 0 && !this.#own) {
      this.#own = part;
      return true;
    }
    const other = idle < 0 && hasRoom ? this.#loads.findIndex((load) => load < MOST_AT_ONCE) : idle;
    const taker = this.#sharing.others[other];
    if (!taker) return false;
    part.done = this.#readBy(taker, other, part);
    // An error is thrown where all are awaited.
    part.done.catch(() => this.#sharing.turns.refuse());
    return true;
  }

  async #readBy(taker: PartTaker, other: number, part: GivenPart): Promise<void> {
    this.#addLoad(other, 1);
    this.#note(part, await taker.readPart(part));
    this.#addLoad(other, -1);
  }

  async #readOwn(): Promise<void> {
    const own = this.#own;
    if (!own) return;
    this.#note(own, await this.#sharing.here.readPart(own));
    this.#own = null;
  }

  #addLoad(other: number, by: number): void {
    this.#loads[other] = (this.#loads[other] ?? 0) + by;
  }

  #note(part: GivenPart, reading: PartReading | null): void {
    part.reading = reading;
    if (reading === null) this.#isRefused = true;
    else this.#free.push(part.slot);
  }

  /** Counts the parts that are read, in their order. */
  #count(): void {
    for (let [part] = this.#parts; part?.reading; [part] = this.#parts) {
      this.#onReading(part.reading, part.length);
      this.#parts.shift();
    }
  }

  async #end(behind: Buffer): Promise<Buffer[]> {
    await this.#readOwn();
    for (const { done } of this.#parts) await done;
    this.#count();
    const left = [
      ...this.#parts.map(({ slot, length }) => this.#bytesOf(slot).subarray(0, length)),
      this.#bytesOf(this.#slot).subarray(this.#begin, this.#filled),
      behind,
    ];
    // Slots are filled again.
    return left.map((bytes) => Buffer.from(bytes));
  }

  #bytesOf(slot: number): Buffer {
    return this.#sharing.slots[slot] ?? NO_BYTES;
  }
}

const NO_BYTES = Buffer.alloc(0);
