import { textOf } from '../model/json-field';
import type { EventRef } from './facts';
import { compareText } from '../model/compare-text';

/** A call kept for reporting. */
export interface Call extends EventRef {
  readonly accessKeyId: string | null;
}

/** Total order of events: time, then id. */
export function compareEvents(a: EventRef, b: EventRef): number {
  return compareTimeAndId(a, b) || compareText(a.what, b.what);
}

/** What a sample holds. */
export interface SampleData {
  readonly limit: number;
  readonly calls: readonly Call[];
  readonly more: boolean;
  readonly lastTime: number;
}

/** Calls that are made when they are asked for. */
export interface PackedCalls {
  readonly more: boolean;
  readonly lastTime: number;
  unpacked(): readonly Call[];
}

/**
 * The smallest `limit` distinct calls, the latest time, and whether there were more: a sketch that merges in any order.
 * Calls are identified by event id, so a record delivered twice counts once.
 */
export class CallSample {
  lastTime = 0;
  readonly #calls: Call[] = [];
  #more = false;
  #packed: readonly PackedCalls[] = NO_CALLS;

  constructor(readonly limit: number) {}

  get calls(): readonly Call[] {
    this.unpack();
    return this.#calls;
  }

  get more(): boolean {
    this.unpack();
    return this.#more;
  }

  set more(more: boolean) {
    this.#more = more;
  }

  /** Adds calls that are unpacked when the sample is read. */
  addPacked(packed: PackedCalls): void {
    this.#more ||= packed.more;
    this.lastTime = Math.max(this.lastTime, packed.lastTime);
    this.#packed = [...this.#packed, packed];
  }

  private unpack(): void {
    if (this.#packed.length === 0) return;
    const packed = this.#packed;
    this.#packed = NO_CALLS;
    for (const calls of packed) for (const call of calls.unpacked()) this.add(call);
  }

  /** `interned` makes the copy that is kept. */
  add(call: Call, interned = same): void {
    this.lastTime = Math.max(this.lastTime, call.time);
    const at = this.placeOf(call);
    const known = this.#calls[at];
    if (known && known.time === call.time && known.id === call.id) {
      if (sortText(call) < sortText(known)) this.#calls[at] = interned(call);
      return;
    }
    if (at >= this.limit) {
      this.#more = true;
      return;
    }
    this.#calls.splice(at, 0, interned(call));
    if (this.#calls.length > this.limit) {
      this.#calls.pop();
      this.#more = true;
    }
  }

  /** True when the sample is full of earlier calls; call `addPast` then. */
  isPast(event: EventRef): boolean {
    const last = this.#calls[this.limit - 1];
    return last !== undefined && compareTimeAndId(event, last) > 0;
  }

  addPast({ time }: EventRef): void {
    this.lastTime = Math.max(this.lastTime, time);
    this.#more = true;
  }

  merge(other: SampleData, interned = same): void {
    for (const call of other.calls) this.add(call, interned);
    this.#more ||= other.more;
    this.lastTime = Math.max(this.lastTime, other.lastTime);
  }

  copy(interned = same): CallSample {
    const copy = new CallSample(this.limit);
    copy.merge(this, interned);
    return copy;
  }

  private placeOf(call: Call): number {
    let low = 0;
    let high = this.#calls.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#calls[middle];
      if (other && compareTimeAndId(other, call) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const NO_CALLS: readonly never[] = [];

function same(call: Call): Call {
  return call;
}

function compareTimeAndId(a: EventRef, b: EventRef): number {
  return a.time - b.time || compareText(a.id, b.id);
}

/** One event id with two texts (a redelivered, amended record) keeps the smaller, whichever came first. */
export function sortText(call: Pick<Call, 'what' | 'accessKeyId'>): string {
  return `${call.what} ${call.accessKeyId ?? ''}`;
}

/** The description of a call that `EventRef.what` keeps as one interned text. */
export interface CallWords {
  readonly region: string;
  /** `s3.amazonaws.com` */
  readonly source: string;
  readonly name: string;
  readonly errorCode: string | null;
  readonly userAgent: string | null;
  /** What the call was about (`calledResource`). */
  readonly resource: string | null;
}

/** Texts stored before resources were kept have five parts. */
export function callText({ region, source, name, errorCode, userAgent, resource }: CallWords): string {
  const words = [region, source, name, errorCode, userAgent];
  return JSON.stringify(resource === null ? words : [...words, resource]);
}

export function callWords(what: string): CallWords {
  const parts: unknown = JSON.parse(what);
  const [region, source, name, errorCode, userAgent, resource] = Array.isArray(parts) ? parts.map(textOf) : [];
  return {
    region: region ?? '',
    source: source ?? '',
    name: name ?? '',
    errorCode: errorCode ?? null,
    userAgent: userAgent ?? null,
    resource: resource ?? null,
  };
}
