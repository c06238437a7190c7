import type { PackedTexts } from './call-texts';
import type { Caller } from './facts';
import { CALL_WORDS, HEAD_WORDS, HOUR_WORDS, type PackedSightings } from './packed-sightings';
import { WordPool } from './word-pool';

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

/** The texts that the calls of a table have. */
export interface TableTexts {
  textAt(index: number): string;
  /** Those texts that the arrays have at every `stride`th place from `from` on, which get their new indices there. */
  packed(uses: readonly { readonly words: Int32Array; readonly from: number; readonly stride: number }[]): PackedTexts;
}

/** Words of a caller. */
const Use = {
  hours: 0,
  lastHour: 1,
  hourCount: 2,
  calls: 3,
  callCount: 4,
  more: 5,
  lastTime: 6,
  fullUntil: 7,
} as const;
const USE_WORDS = 8;
/** The sample is not full. */
const NEVER = 0x7fffffff;

/**
 * Sightings of interned callers and calls, as numbers: the same merge as `FactSet`'s, without an object for each sighting.
 * For event ids that are UUIDs in lower case and times in whole seconds.
 */
export class SightingTable {
  readonly #callers: Caller[] = [];
  readonly #mostCalls: number[] = [];
  readonly #texts: TableTexts;
  readonly #hours = new WordPool(HOUR_WORDS);
  readonly #calls = new WordPool(CALL_WORDS);
  #uses = new Int32Array(1_024 * USE_WORDS);

  constructor(texts: TableTexts) {
    this.#texts = texts;
  }

  /** Returns the caller's number. */
  addCaller(caller: Caller, mostCalls: number): number {
    const use = this.#callers.push(caller) - 1;
    this.#mostCalls.push(mostCalls);
    const at = use * USE_WORDS;
    if (at === this.#uses.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.#uses);
      this.#uses = grown;
    }
    this.#uses.set([WordPool.end, WordPool.end, 0, WordPool.end, 0, 0, 0, NEVER], at);
    return use;
  }

  add(use: number, call: TableCall): void {
    const uses = this.#uses;
    const at = use * USE_WORDS;
    const time = call.words[call.at] ?? 0;
    this.#seeHour(at, call, time);
    if (time > (uses[at + Use.lastTime] ?? 0)) uses[at + Use.lastTime] = time;
    if (time > (uses[at + Use.fullUntil] ?? 0)) {
      uses[at + Use.more] = 1;
      return;
    }
    if (uses[at + Use.callCount] === 2 * (this.#mostCalls[use] ?? 0)) this.#prune(use);
    const place = this.#calls.take(uses[at + Use.calls] ?? WordPool.end);
    copyCall(this.#calls.words, place, call);
    uses[at + Use.calls] = place;
    uses[at + Use.callCount] = (uses[at + Use.callCount] ?? 0) + 1;
  }

  /** Ends the table. */
  packed(): PackedSightings {
    const callers = this.#callers.filter((_, use) => this.#uses[use * USE_WORDS + Use.hourCount] !== 0);
    const heads = new Int32Array(callers.length * HEAD_WORDS);
    const chains = { hours: new Int32Array(callers.length), calls: new Int32Array(callers.length) };
    let count = 0;
    for (const use of this.#callers.keys()) {
      const at = use * USE_WORDS;
      if (this.#uses[at + Use.hourCount] === 0) continue;
      this.#prune(use);
      chains.hours[count] = this.#uses[at + Use.hours] ?? 0;
      chains.calls[count] = this.#uses[at + Use.calls] ?? 0;
      for (const [index, column] of [Use.hourCount, Use.callCount, Use.more, Use.lastTime].entries())
        heads[count * HEAD_WORDS + index] = this.#uses[at + column] ?? 0;
      count += 1;
    }
    const hours = this.#hours.joined(chains.hours);
    const calls = this.#calls.joined(chains.calls);
    const texts = this.#texts.packed([
      { words: hours, from: CALL_WORDS, stride: HOUR_WORDS },
      { words: calls, from: CALL_WORDS - 1, stride: CALL_WORDS },
    ]);
    return { callers, heads, hours, calls, texts };
  }

  #seeHour(use: number, call: TableCall, time: number): void {
    const hour = Math.floor(time / HOUR);
    let place = this.#uses[use + Use.lastHour] ?? WordPool.end;
    if (place === WordPool.end || this.#hours.words[place] !== hour) {
      place = this.#findHour(use, hour);
      if (place === WordPool.end) return this.#newHour(use, hour, call);
      this.#uses[use + Use.lastHour] = place;
    }
    const { words } = this.#hours;
    words[place + 7] = (words[place + 7] ?? 0) | call.did;
    if (time <= (words[place + 1] ?? 0) && this.#isBefore(call, words, place + 1)) copyCall(words, place + 1, call);
  }

  #findHour(use: number, hour: number): number {
    let place = this.#uses[use + Use.hours] ?? WordPool.end;
    while (place !== WordPool.end && this.#hours.words[place] !== hour) place = this.#hours.after(place);
    return place;
  }

  #newHour(use: number, hour: number, call: TableCall): void {
    const place = this.#hours.take(this.#uses[use + Use.hours] ?? WordPool.end);
    const { words } = this.#hours;
    words[place] = hour;
    copyCall(words, place + 1, call);
    words[place + 7] = call.did;
    this.#uses[use + Use.hours] = this.#uses[use + Use.lastHour] = place;
    this.#uses[use + Use.hourCount] = (this.#uses[use + Use.hourCount] ?? 0) + 1;
  }

  /** The order of `compareEvents`. */
  #isBefore(call: TableCall, words: Int32Array, at: number): boolean {
    const order = compareTimeAndId(call.words, call.at, words, at);
    if (order !== 0) return order < 0;
    return this.#texts.textAt(call.text) < this.#texts.textAt(words[at + 5] ?? 0);
  }

  /** Keeps the earliest distinct calls, in order. Of one id, calls with different texts are kept. */
  #prune(use: number): void {
    const { words } = this.#calls;
    const at = use * USE_WORDS;
    const most = this.#mostCalls[use] ?? 0;
    const kept: number[] = [];
    let distinct = 0;
    for (const place of this.#calls.chain(this.#uses[at + Use.calls] ?? WordPool.end).sort(byCall(words))) {
      const last = kept.at(-1);
      const isKnown = last !== undefined && compareTimeAndId(words, place, words, last) === 0;
      const isDropped = isKnown ? words[place + 5] === words[last + 5] : distinct === most;
      if (isDropped) {
        if (!isKnown) this.#uses[at + Use.more] = 1;
        this.#calls.give(place);
        continue;
      }
      if (!isKnown) distinct += 1;
      kept.push(place);
    }
    this.#uses[at + Use.calls] = this.#calls.link(kept);
    this.#uses[at + Use.callCount] = kept.length;
    if (distinct === most) this.#uses[at + Use.fullUntil] = words[kept.at(-1) ?? 0] ?? NEVER;
  }
}

function copyCall(to: Int32Array, at: number, call: TableCall): void {
  const { words, at: from, text } = call;
  to[at] = words[from] ?? 0;
  to[at + 1] = words[from + 1] ?? 0;
  to[at + 2] = words[from + 2] ?? 0;
  to[at + 3] = words[from + 3] ?? 0;
  to[at + 4] = words[from + 4] ?? 0;
  to[at + 5] = text;
}

/** Ids as the order of their texts. */
function compareTimeAndId(words: Int32Array, at: number, others: Int32Array, other: number): number {
  const apart = (words[at] ?? 0) - (others[other] ?? 0);
  if (apart !== 0) return apart;
  for (let index = 1; index < 5; index += 1) {
    const difference = ((words[at + index] ?? 0) >>> 0) - ((others[other + index] ?? 0) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function byCall(words: Int32Array): (one: number, other: number) => number {
  return (one, other) => compareTimeAndId(words, one, words, other) || (words[one + 5] ?? 0) - (words[other + 5] ?? 0);
}
