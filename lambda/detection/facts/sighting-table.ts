import { CallTexts, isSameText, textAt, type PackedTexts, type ReadResource } from './call-texts';
import { sortText } from './call-sample';
import { mostCallsOf } from './fact-set';
import { callsKey } from './caller-keys';
import type { Caller } from './facts';
import { InternedFacts, withKey } from './interned-facts';
import { CALL_WORDS, CALLER_WORDS, HOUR_WORDS, SAMPLE_WORDS, type PackedSightings } from './packed-sightings';
import { TextNumbers } from './text-numbers';
import { grown, WordPool } from './word-pool';

/** Seconds of an hour, in which the table has its times. */
const HOUR = 3_600;

/** Where the calls of a table come from. */
export interface CallSource {
  /** A call's epoch seconds and the four words of its id stand there, from its place on. */
  readonly words: Int32Array;
  /** The index of the text of the call at a place, until `settle`. Asked for only if the call is kept. */
  textOf(at: number): number;
  /** The texts, in the order of their indices. None of them was read. Valid until there is another. */
  all(): PackedTexts;
}

/** A caller whatever its access key, and the sample of its calls. */
export interface TablePlace {
  readonly caller: Caller;
  readonly sample: number;
}

/** Words of a call, behind its time and id. */
const TEXT = 5;
const USE = 6;
/** Words of a caller. */
const Use = { hours: 0, lastHour: 1, sample: 2 } as const;
/** Words of a sample, which callers that differ in their keys alone share. */
const Sample = { use: 0, calls: 1, more: 2, lastTime: 3, callCount: 4, fullUntil: 5, most: 6 } as const;
/** A sample has so many times its calls before the latest ones are dropped. */
const MORE_CALLS = 1.5;
const NO_USE = -1;
/** The sample is not full. */
const NEVER = 0x7fffffff;
/** Of a call that was dropped. */
const NO_TEXT = 0x7fffffff;

/**
 * Sightings of interned callers and calls, as numbers: the same merge as `FactSet`'s, without an object for each sighting.
 * For event ids that are UUIDs in lower case and times in whole seconds.
 */
export class SightingTable {
  readonly #callers: Caller[] = [];
  readonly #texts = new TextNumbers();
  readonly #samplesByKey = new Map<string, number>();
  readonly #hours = new WordPool(HOUR_WORDS);
  readonly #calls = new WordPool(CALL_WORDS);
  #uses = new Int32Array(1_024 * CALLER_WORDS);
  #samples = new Int32Array(1_024 * SAMPLE_WORDS);
  /** Of calls that are not settled. */
  source: CallSource;
  /** Words of calls name these by the complement of their index. */
  #settled: CallTexts;
  readonly #read: ReadResource;
  readonly #interned: InternedFacts;

  /** `interned`: of the facts that the sightings are added to. */
  constructor(source: CallSource, read: ReadResource, interned = new InternedFacts()) {
    this.source = source;
    this.#read = read;
    this.#interned = interned;
    this.#settled = new CallTexts(read);
  }

  /** Returns the number of the caller at a place that has the key. */
  addKey({ caller, sample }: TablePlace, accessKeyId: string | null): number {
    const use = this.#callers.push(withKey(caller, accessKeyId)) - 1;
    if (this.#samples[sample + Sample.use] === NO_USE) this.#samples[sample + Sample.use] = use;
    const at = use * CALLER_WORDS;
    if (at === this.#uses.length) this.#uses = grown(this.#uses, CALLER_WORDS);
    this.#uses.set([WordPool.end, WordPool.end, sample], at);
    return use;
  }

  /** What callers have in common that differ in their access keys alone. */
  placeOf(caller: Caller): TablePlace {
    const key = `${this.#texts.of(caller.sessionArn)} ${this.#texts.of(callsKey(caller))}`;
    const sample = this.#samplesByKey.get(key) ?? this.#newSample(key, caller);
    return { caller: this.#interned.caller(caller), sample };
  }

  #newSample(key: string, caller: Caller): number {
    const sample = this.#samplesByKey.size * SAMPLE_WORDS;
    this.#samplesByKey.set(key, sample);
    if (sample === this.#samples.length) this.#samples = grown(this.#samples, SAMPLE_WORDS);
    this.#samples.set([NO_USE, WordPool.end, 0, 0, 0, NEVER, mostCallsOf(caller)], sample);
    return sample;
  }

  /** Adds the call at a place of the source's words. `did`: flags of `Did`. */
  add(use: number, call: number, did: number): void {
    const time = this.source.words[call] ?? 0;
    this.#seeHour(use * CALLER_WORDS, call, did);
    const sample = this.#uses[use * CALLER_WORDS + Use.sample] ?? 0;
    const samples = this.#samples;
    if (time > (samples[sample + Sample.lastTime] ?? 0)) samples[sample + Sample.lastTime] = time;
    if (time > (samples[sample + Sample.fullUntil] ?? 0)) {
      samples[sample + Sample.more] = 1;
      return;
    }
    if (samples[sample + Sample.callCount] === Math.ceil(MORE_CALLS * (samples[sample + Sample.most] ?? 0)))
      this.#prune(sample);
    // To make room for it, all others may be settled.
    const text = this.source.textOf(call);
    const place = this.#calls.take(samples[sample + Sample.calls] ?? WordPool.end);
    this.#copyCall(call, text, this.#calls.words, place);
    this.#calls.words[place + USE] = use;
    samples[sample + Sample.calls] = place;
    samples[sample + Sample.callCount] = (samples[sample + Sample.callCount] ?? 0) + 1;
  }

  /** Copies the texts of the calls kept, whose indices may then be of other texts. */
  settle(): void {
    const texts = this.source.all();
    const first = this.#settled.addAll(texts);
    const isKept = new Uint8Array(this.#settled.count);
    const known: number[] = [];
    const settled = (text: number): number =>
      first === null ? (known[text] ??= ~this.#settled.addOf(texts, text)) : ~(first + text);
    this.#mapTexts((text) => {
      const index = text < 0 ? text : settled(text);
      isKept[~index] = 1;
      return index;
    });
    this.#dropTexts(isKept);
  }

  /** Ends the table. */
  packed(): PackedSightings {
    const samples = this.#samples.subarray(0, this.#samplesByKey.size * SAMPLE_WORDS);
    for (let sample = 0; sample < samples.length; sample += SAMPLE_WORDS)
      if ((samples[sample + Sample.callCount] ?? 0) > (samples[sample + Sample.most] ?? 0)) this.#prune(sample);
    this.settle();
    return {
      callers: this.#callers,
      uses: this.#uses.subarray(0, this.#callers.length * CALLER_WORDS),
      hours: this.#hours.used(),
      samples,
      calls: this.#calls.used(),
      texts: this.#settled.packed(),
    };
  }

  /** Replaces the index of each text that a call is kept with. */
  #mapTexts(map: (text: number) => number): void {
    mapWords(this.#hours.used(), TEXT + 1, HOUR_WORDS, map);
    mapWords(this.#calls.used(), TEXT, CALL_WORDS, map);
  }

  /** Drops settled texts where most are needed no more. `isKept`: of those that were there before. */
  #dropTexts(isKept: Uint8Array): void {
    const whole = new Uint8Array(this.#settled.count).fill(1);
    whole.set(isKept);
    let kept = 0;
    for (let text = 0; text < whole.length; text += 1) kept += whole[text] ?? 0;
    if (2 * kept > whole.length) return;
    const { texts, places } = this.#settled.kept(whole);
    this.#settled = texts;
    this.#mapTexts((text) => ~(places[~text] ?? 0));
  }

  /** Records are delivered twice. */
  #isSameText(one: number, other: number): boolean {
    return one === other || isSameText(this.#textsOf(one), placeOf(one), this.#textsOf(other), placeOf(other));
  }

  #textAt(index: number): string {
    return textAt(this.#textsOf(index), placeOf(index), this.#read);
  }

  #textsOf(index: number): PackedTexts {
    return index < 0 ? this.#settled.packed() : this.source.all();
  }

  #seeHour(use: number, call: number, did: number): void {
    const time = this.source.words[call] ?? 0;
    const hour = Math.floor(time / HOUR);
    let place = this.#uses[use + Use.lastHour] ?? WordPool.end;
    if (place === WordPool.end || this.#hours.words[place] !== hour) {
      place = this.#findHour(use, hour);
      if (place === WordPool.end) return this.#newHour(use, call, did);
      this.#uses[use + Use.lastHour] = place;
    }
    const { words } = this.#hours;
    words[place + 7] = (words[place + 7] ?? 0) | did;
    if (time <= (words[place + 1] ?? 0) && this.#isBefore(call, words, place + 1))
      this.#copyCall(call, this.source.textOf(call), words, place + 1);
  }

  #findHour(use: number, hour: number): number {
    let place = this.#uses[use + Use.hours] ?? WordPool.end;
    while (place !== WordPool.end && this.#hours.words[place] !== hour) place = this.#hours.after(place);
    return place;
  }

  #newHour(use: number, call: number, did: number): void {
    const text = this.source.textOf(call);
    const place = this.#hours.take(this.#uses[use + Use.hours] ?? WordPool.end);
    const { words } = this.#hours;
    words[place] = Math.floor((this.source.words[call] ?? 0) / HOUR);
    this.#copyCall(call, text, words, place + 1);
    words[place + 7] = did;
    this.#uses[use + Use.hours] = this.#uses[use + Use.lastHour] = place;
  }

  #copyCall(call: number, text: number, to: Int32Array, at: number): void {
    const { words } = this.source;
    for (let word = 0; word < TEXT; word += 1) to[at + word] = words[call + word] ?? 0;
    to[at + TEXT] = text;
  }

  /** The order of `compareEvents`. */
  #isBefore(call: number, words: Int32Array, at: number): boolean {
    const order = compareTimeAndId(this.source.words, call, words, at);
    if (order !== 0) return order < 0;
    const own = this.source.textOf(call);
    const text = words[at + TEXT] ?? 0;
    return !this.#isSameText(own, text) && this.#textAt(own) < this.#textAt(text);
  }

  /** Keeps the earliest distinct calls, in order. */
  #prune(sample: number): void {
    const { words } = this.#calls;
    const most = this.#samples[sample + Sample.most] ?? 0;
    const kept: number[] = [];
    for (const place of this.#calls.chain(this.#samples[sample + Sample.calls] ?? WordPool.end).sort(byCall(words))) {
      const last = kept.at(-1);
      if (last !== undefined && compareTimeAndId(words, place, words, last) === 0) {
        const smaller = this.#smaller(place, last);
        this.#drop(smaller === place ? last : place);
        kept[kept.length - 1] = smaller;
      } else if (kept.length === most) {
        this.#samples[sample + Sample.more] = 1;
        this.#drop(place);
      } else {
        kept.push(place);
      }
    }
    this.#samples[sample + Sample.calls] = this.#calls.link(kept);
    this.#samples[sample + Sample.callCount] = kept.length;
    if (kept.length === most) this.#samples[sample + Sample.fullUntil] = words[kept.at(-1) ?? 0] ?? NEVER;
  }

  #drop(place: number): void {
    this.#calls.words[place + TEXT] = NO_TEXT;
    this.#calls.give(place);
  }

  /** Of two calls of one time and id, the one that `CallSample` keeps. */
  #smaller(one: number, other: number): number {
    const { words } = this.#calls;
    const isSameUse = words[one + USE] === words[other + USE];
    if (isSameUse && this.#isSameText(words[one + TEXT] ?? 0, words[other + TEXT] ?? 0)) return other;
    return this.#sortTextAt(one) < this.#sortTextAt(other) ? one : other;
  }

  #sortTextAt(place: number): string {
    const { words } = this.#calls;
    const accessKeyId = this.#callers[words[place + USE] ?? 0]?.accessKeyId ?? null;
    return sortText({ what: this.#textAt(words[place + TEXT] ?? 0), accessKeyId });
  }
}

/** The place of a text among those settled, or those that are not. */
function placeOf(text: number): number {
  return text < 0 ? ~text : text;
}

function mapWords(words: Int32Array, word: number, width: number, map: (text: number) => number): void {
  for (let at = word; at < words.length; at += width) {
    const text = words[at] ?? NO_TEXT;
    if (text !== NO_TEXT) words[at] = map(text);
  }
}

/** Ids as the order of their texts. */
function compareTimeAndId(words: Int32Array, at: number, others: Int32Array, other: number): number {
  const apart = (words[at] ?? 0) - (others[other] ?? 0);
  if (apart !== 0) return apart;
  for (let index = 1; index < TEXT; index += 1) {
    const difference = ((words[at + index] ?? 0) >>> 0) - ((others[other + index] ?? 0) >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function byCall(words: Int32Array): (one: number, other: number) => number {
  return (one, other) => compareTimeAndId(words, one, words, other);
}
