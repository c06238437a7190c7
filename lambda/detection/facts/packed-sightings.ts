import type { Call } from './call-sample';
import { composedAt, type ComposeText, type PackedTexts } from './call-texts';
import type { FactSet, SeenHour } from './fact-set';
import type { Caller, EventRef } from './facts';

/** Words of a call: epoch seconds, four words of its id (a UUID), index of its text. */
export const CALL_WORDS = 6;
/** Words of an hour: its number, its earliest call, what was done in it (`Did`). */
export const HOUR_WORDS = 8;
/** Words of a caller: numbers of hours and calls, 1 if there were more calls, the latest time. */
export const HEAD_WORDS = 4;

/** Sightings as numbers, in data that can be sent to another thread: see `SightingTable`. */
export interface PackedSightings {
  readonly callers: readonly Caller[];
  readonly heads: Int32Array<ArrayBuffer>;
  readonly hours: Int32Array<ArrayBuffer>;
  readonly calls: Int32Array<ArrayBuffer>;
  readonly texts: PackedTexts;
}

/** Merges the sightings into the facts. Calls and texts stay packed until they are asked for. */
export function addPacked(packed: PackedSightings, facts: FactSet, compose: ComposeText): void {
  const { callers, heads, hours, calls, texts } = packed;
  let hour = 0;
  let call = 0;
  for (const [index, caller] of callers.entries()) {
    const [hourCount = 0, callCount = 0, more = 0, lastTime = 0] = heads.subarray(index * HEAD_WORDS);
    const seen: SeenHour[] = [];
    for (const end = hour + hourCount * HOUR_WORDS; hour < end; hour += HOUR_WORDS)
      seen.push(new PackedHour(hours, hour, texts, compose));
    seen.sort((one, other) => one.hour - other.hour);
    const words = calls.subarray(call, (call += callCount * CALL_WORDS));
    facts.addUse(caller, seen, {
      more: more === 1,
      lastTime: lastTime * 1_000,
      unpacked: () => unpacked(words, texts, compose, caller.accessKeyId),
    });
  }
}

function unpacked(words: Int32Array, texts: PackedTexts, compose: ComposeText, accessKeyId: string | null): Call[] {
  const calls: Call[] = [];
  for (let at = 0; at < words.length; at += CALL_WORDS) {
    const what = composedAt(texts, words[at + 5] ?? 0, compose);
    calls.push({ time: (words[at] ?? 0) * 1_000, id: idAt(words, at + 1), what, accessKeyId });
  }
  return calls;
}

class PackedHour implements SeenHour {
  readonly hour: number;
  event: EventRef;
  did: number;

  constructor(words: Int32Array, at: number, texts: PackedTexts, compose: ComposeText) {
    this.hour = words[at] ?? 0;
    this.event = new PackedEvent(words, at + 1, texts, compose);
    this.did = words[at + 7] ?? 0;
  }
}

/** An event whose id and text are made when they are asked for. */
class PackedEvent implements EventRef {
  readonly time: number;

  constructor(
    private readonly words: Int32Array,
    private readonly at: number,
    private readonly texts: PackedTexts,
    private readonly compose: ComposeText,
  ) {
    this.time = (words[at] ?? 0) * 1_000;
  }

  get id(): string {
    return idAt(this.words, this.at + 1);
  }

  get what(): string {
    return composedAt(this.texts, this.words[this.at + 5] ?? 0, this.compose);
  }
}

function idAt(words: Int32Array, at: number): string {
  const text = `${hex(words[at])}${hex(words[at + 1])}${hex(words[at + 2])}${hex(words[at + 3])}`;
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

function hex(word = 0): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
