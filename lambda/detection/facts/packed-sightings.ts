import type { Call, PackedCalls } from './call-sample';
import { textAt, type PackedTexts, type ReadResource } from './call-texts';
import type { FactSet, PackedHours, SeenHour } from './fact-set';
import type { Caller, EventRef } from './facts';

/** Words of a caller: its first hour or -1, then the table's own. */
export const CALLER_WORDS = 3;
/** Words of an hour: its number, its earliest call without the caller, what was done in it (`Did`), the caller's next hour or -1. */
export const HOUR_WORDS = 9;
/** Words of a sample: one of its callers, its first call or -1, 1 if there were more, the latest time, then the table's own. */
export const SAMPLE_WORDS = 7;
/**
 * Words of a call: epoch seconds, four words of its id (a UUID), the complement of the index of its text, index of its caller,
 * the sample's next call or -1.
 */
export const CALL_WORDS = 8;
const NONE = -1;

/** Sightings as numbers, in data that can be sent to another thread: see `SightingTable`. */
export interface PackedSightings {
  readonly callers: readonly Caller[];
  /** By caller. */
  readonly uses: Int32Array<ArrayBuffer>;
  readonly hours: Int32Array<ArrayBuffer>;
  readonly samples: Int32Array<ArrayBuffer>;
  readonly calls: Int32Array<ArrayBuffer>;
  readonly texts: PackedTexts<ArrayBuffer>;
}

interface PackedEvents extends Pick<PackedSightings, 'hours' | 'texts'> {
  /** Access keys by caller: the callers themselves are the facts'. */
  readonly keys: readonly (string | null)[];
  readonly read: ReadResource;
}

/**
 * Merges the sightings into the facts. Hours, calls and texts stay packed until they are asked for. `isOwn`: the callers are
 * copies of the facts' own making, and need not be copied again.
 */
export function addPacked(packed: PackedSightings, facts: FactSet, read: ReadResource, isOwn = false): void {
  const { uses, hours, samples, calls, texts } = packed;
  const sampled = { samples, calls };
  const callers = isOwn ? packed.callers : packed.callers.map((caller) => facts.interned.caller(caller));
  const events = { keys: callers.map(({ accessKeyId }) => accessKeyId), hours, texts, read };
  for (const [index, caller] of callers.entries()) {
    const first = uses[index * CALLER_WORDS] ?? NONE;
    if (first !== NONE) facts.addPackedHours(caller, new HoursOfUse(events, first));
  }
  for (let at = 0; at < samples.length; at += SAMPLE_WORDS) {
    const caller = callers[samples[at] ?? NONE];
    if (!caller || samples[at + 1] === NONE) continue;
    facts.addPackedCalls(caller, new CallsOfSample(events, sampled, at));
  }
}

/** In their order. */
function hoursOf(events: PackedEvents, first: number): SeenHour[] {
  const seen: SeenHour[] = [];
  for (let at = first; at !== NONE; at = events.hours[at + HOUR_WORDS - 1] ?? NONE)
    seen.push(new PackedHour(events, at));
  return seen.sort((one, other) => one.hour - other.hour);
}

class HoursOfUse implements PackedHours {
  constructor(
    private readonly events: PackedEvents,
    private readonly first: number,
  ) {}

  unpacked(): SeenHour[] {
    return hoursOf(this.events, this.first);
  }
}

/** A class, as each sample has one: a function for each would take several times the memory. */
class CallsOfSample implements PackedCalls {
  constructor(
    private readonly events: PackedEvents,
    private readonly of: Pick<PackedSightings, 'samples' | 'calls'>,
    /** The sample's first word. */
    private readonly at: number,
  ) {}

  get more(): boolean {
    return this.of.samples[this.at + 2] === 1;
  }

  get lastTime(): number {
    return (this.of.samples[this.at + 3] ?? 0) * 1_000;
  }

  unpacked(): Call[] {
    return unpacked(this.of.calls, this.of.samples[this.at + 1] ?? NONE, this.events);
  }
}

function unpacked(words: Int32Array, first: number, { keys, texts, read }: PackedEvents): Call[] {
  const calls: Call[] = [];
  for (let at = first; at !== NONE; at = words[at + CALL_WORDS - 1] ?? NONE) {
    const what = textAt(texts, ~(words[at + 5] ?? 0), read);
    const accessKeyId = keys[words[at + 6] ?? 0] ?? null;
    calls.push({ time: (words[at] ?? 0) * 1_000, id: idAt(words, at + 1), what, accessKeyId });
  }
  return calls;
}

class PackedHour implements SeenHour {
  readonly hour: number;
  did: number;
  private replaced: EventRef | null = null;

  constructor(
    private readonly packed: PackedEvents,
    private readonly at: number,
  ) {
    this.hour = packed.hours[at] ?? 0;
    this.did = packed.hours[at + 7] ?? 0;
  }

  get event(): EventRef {
    return this.replaced ?? new PackedEvent(this.packed, this.at + 1);
  }

  set event(event: EventRef) {
    this.replaced = event;
  }
}

/** An event whose id and text are made when they are asked for. */
class PackedEvent implements EventRef {
  readonly time: number;

  constructor(
    private readonly packed: PackedEvents,
    private readonly at: number,
  ) {
    this.time = (packed.hours[at] ?? 0) * 1_000;
  }

  get id(): string {
    return idAt(this.packed.hours, this.at + 1);
  }

  get what(): string {
    const { texts, hours, read } = this.packed;
    return textAt(texts, ~(hours[this.at + 5] ?? 0), read);
  }
}

/** The id of an event, whose four words begin there. */
export function idAt(words: Int32Array, at: number): string {
  const second = hex(words[at + 1]);
  const third = hex(words[at + 2]);
  const parts = [hex(words[at]), second.slice(0, 4), second.slice(4), third.slice(0, 4)];
  return [...parts, third.slice(4).concat(hex(words[at + 3]))].join('-');
}

function hex(word = 0): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
