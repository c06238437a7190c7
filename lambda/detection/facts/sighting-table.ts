import type { PackedTexts } from './call-texts';
import type { Caller } from './facts';
import { CALL_WORDS, HOUR_WORDS, type PackedSightings } from './packed-sightings';

/** Seconds of an hour, in which the table has its times. */
const HOUR = 3_600;

/** A call to be added: seconds and the four words of its id stand in `words` from `at` on. */
export interface TableCall {
  readonly words: Int32Array;
  at: number;
  did: number;
  /** The index of its text; read only if the call is kept. */
  readonly text: number;
}

/** A call in the table: the words begin at `at`. */
interface Words {
  readonly words: Int32Array;
  readonly at: number;
}

/** The texts that the calls of a table have. */
export interface TableTexts {
  textAt(index: number): string;
  /** Those texts that the arrays have at every `stride`th place from `from` on, which get their new indices there. */
  packed(uses: readonly { readonly words: Int32Array; readonly from: number; readonly stride: number }[]): PackedTexts;
}

/**
 * Sightings of interned callers and calls, as numbers: the same merge as `FactSet`'s, without an object for each sighting.
 * For event ids that are UUIDs in lower case and times in whole seconds.
 */
export class SightingTable {
  readonly #uses: CallerUse[] = [];
  readonly #texts: TableTexts;

  constructor(texts: TableTexts) {
    this.#texts = texts;
  }

  addCaller(caller: Caller, mostCalls: number): CallerUse {
    const use = new CallerUse(caller, mostCalls, this.#texts);
    this.#uses.push(use);
    return use;
  }

  /** Ends the table. */
  packed(): PackedSightings {
    const uses = this.#uses.filter((use) => !use.isEmpty);
    const heads = joined(uses.map((use) => use.head()));
    const hours = joined(uses.map((use) => use.hours()));
    const calls = joined(uses.map((use) => use.calls()));
    const texts = this.#texts.packed([
      { words: hours, from: CALL_WORDS, stride: HOUR_WORDS },
      { words: calls, from: CALL_WORDS - 1, stride: CALL_WORDS },
    ]);
    return { callers: uses.map(({ caller }) => caller), heads, hours, calls, texts };
  }
}

/** The sightings of one caller. */
export class CallerUse {
  #hours = new Int32Array(2 * HOUR_WORDS);
  #hourCount = 0;
  #lastHour = 0;
  #calls = new Int32Array(4 * CALL_WORDS);
  #callCount = 0;
  #more = false;
  #lastTime = 0;
  /** The sample is full of calls up to this time. */
  #fullUntil = Infinity;

  constructor(
    readonly caller: Caller,
    private readonly mostCalls: number,
    private readonly texts: TableTexts,
  ) {}

  get isEmpty(): boolean {
    return this.#hourCount === 0;
  }

  add(call: TableCall): void {
    const time = call.words[call.at] ?? 0;
    this.#seeHour(call, time);
    if (time > this.#lastTime) this.#lastTime = time;
    if (time > this.#fullUntil) {
      this.#more = true;
      return;
    }
    if (this.#callCount === 2 * this.mostCalls) this.#prune();
    if ((this.#callCount + 1) * CALL_WORDS > this.#calls.length) this.#calls = grown(this.#calls);
    copyCall(this.#calls, this.#callCount * CALL_WORDS, call);
    this.#callCount += 1;
  }

  head(): Int32Array {
    this.#prune();
    return Int32Array.of(this.#hourCount, this.#callCount, Number(this.#more), this.#lastTime);
  }

  hours(): Int32Array {
    return this.#hours.subarray(0, this.#hourCount * HOUR_WORDS);
  }

  calls(): Int32Array {
    return this.#calls.subarray(0, this.#callCount * CALL_WORDS);
  }

  #seeHour(call: TableCall, time: number): void {
    const hours = this.#hours;
    const hour = Math.floor(time / HOUR);
    let at = this.#lastHour;
    if (hours[at] !== hour || this.#hourCount === 0) {
      at = (this.#hourCount - 1) * HOUR_WORDS;
      while (at >= 0 && hours[at] !== hour) at -= HOUR_WORDS;
      if (at < 0) return this.#newHour(hour, call);
      this.#lastHour = at;
    }
    hours[at + 7] = (hours[at + 7] ?? 0) | call.did;
    if (time <= (hours[at + 1] ?? 0) && this.#isBefore(call, { words: hours, at: at + 1 }))
      copyCall(hours, at + 1, call);
  }

  #newHour(hour: number, call: TableCall): void {
    if ((this.#hourCount + 1) * HOUR_WORDS > this.#hours.length) this.#hours = grown(this.#hours);
    const at = this.#hourCount * HOUR_WORDS;
    this.#hours[at] = hour;
    copyCall(this.#hours, at + 1, call);
    this.#hours[at + 7] = call.did;
    this.#hourCount += 1;
    this.#lastHour = at;
  }

  /** The order of `compareEvents`. */
  #isBefore(call: TableCall, kept: Words): boolean {
    const order = compareTimeAndId(call, kept);
    if (order !== 0) return order < 0;
    return this.texts.textAt(call.text) < this.texts.textAt(kept.words[kept.at + 5] ?? 0);
  }

  /** Keeps the earliest distinct calls, in order. Of one id, calls with different texts are kept. */
  #prune(): void {
    const calls = this.#calls;
    const order = Array.from({ length: this.#callCount }, (_, index) => index * CALL_WORDS);
    order.sort((one, other) => compareCalls(calls, one, other));
    const kept = new Int32Array(Math.max(4, this.#callCount) * CALL_WORDS);
    let count = 0;
    let distinct = 0;
    let last = -1;
    for (const at of order) {
      const isKnown = last >= 0 && compareTimeAndId({ words: calls, at }, { words: calls, at: last }) === 0;
      if (isKnown && calls[at + 5] === calls[last + 5]) continue;
      if (!isKnown && distinct === this.mostCalls) {
        this.#more = true;
        break;
      }
      if (!isKnown) distinct += 1;
      kept.set(calls.subarray(at, at + CALL_WORDS), count * CALL_WORDS);
      count += 1;
      last = at;
    }
    this.#calls = kept;
    this.#callCount = count;
    if (distinct === this.mostCalls) this.#fullUntil = kept[(count - 1) * CALL_WORDS] ?? Infinity;
  }
}

function copyCall(to: Int32Array, at: number, call: TableCall): void {
  for (let index = 0; index < 5; index += 1) to[at + index] = call.words[call.at + index] ?? 0;
  to[at + 5] = call.text;
}

/** Ids as the order of their texts. */
function compareTimeAndId({ words, at }: Words, { words: others, at: other }: Words): number {
  const apart = (words[at] ?? 0) - (others[other] ?? 0);
  if (apart !== 0) return apart;
  for (let index = 1; index < 5; index += 1) {
    const difference = ((words[at + index] ?? 0) >>> 0) - ((others[other + index] ?? 0) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareCalls(calls: Int32Array, one: number, other: number): number {
  return (
    compareTimeAndId({ words: calls, at: one }, { words: calls, at: other }) ||
    (calls[one + 5] ?? 0) - (calls[other + 5] ?? 0)
  );
}

function grown(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}

function joined(parts: readonly Int32Array[]): Int32Array<ArrayBuffer> {
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
