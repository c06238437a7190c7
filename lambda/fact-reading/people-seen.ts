import type { Person } from '../detection/records/read-person-call';
import { grown } from '../detection/facts/word-pool';

/** In seconds. */
const DAY = 86_400;
/** Words of a first call: epoch seconds, the end of its UTC day, its person, four words of the event's id. */
const First = { time: 0, end: 1, person: 2, eventId: 3 } as const;
const FIRST_WORDS = 7;
const NONE = -1;

/** Epoch seconds of the end of a UTC day. */
export function endOfDay(time: number): number {
  return Math.floor(time / DAY) * DAY + DAY;
}

/** Gets a call: epoch seconds, and where the four words of its event's id begin. */
export type OnFirst = (person: Person, time: number, words: Int32Array, eventId: number) => void;

/** The people who called, of whom the first call of each account, address and UTC day is wanted. */
export class PeopleSeen {
  readonly #onFirst: OnFirst;
  readonly #people: Person[] = [];
  /** By person: where the first call of the account and address is. */
  readonly #places: number[] = [];
  readonly #placesByKey = new Map<string, number>();
  #firsts = new Int32Array(64 * FIRST_WORDS);

  constructor(onFirst: OnFirst) {
    this.#onFirst = onFirst;
  }

  /** Returns the person's number. */
  add({ account, address, who }: Person): number {
    const key = `${account}/${address}`;
    let place = this.#placesByKey.get(key);
    if (place === undefined) {
      place = this.#placesByKey.size * FIRST_WORDS;
      this.#placesByKey.set(key, place);
      if (place === this.#firsts.length) this.#firsts = grown(this.#firsts, FIRST_WORDS);
      this.#firsts[place + First.time] = NONE;
    }
    this.#places.push(place);
    return this.#people.push({ account, address, who }) - 1;
  }

  /** Sees a person's call; `eventId`: where the words of its event's id begin. */
  see(person: number, time: number, words: Int32Array, eventId: number): void {
    const place = this.#places[person] ?? 0;
    const first = this.#firsts[place + First.time] ?? NONE;
    const end = this.#firsts[place + First.end] ?? 0;
    if (time > first && time < end) return;
    const isEarlier = time < first && time >= end - DAY;
    if (!isEarlier) this.#passOn(place);
    this.#firsts.set([time, endOfDay(time), person], place);
    for (let word = 0; word < 4; word += 1) this.#firsts[place + First.eventId + word] = words[eventId + word] ?? 0;
  }

  /** Passes on the first calls that were not yet: of a day, there may be more than one. */
  finish(): void {
    for (const place of this.#placesByKey.values()) {
      this.#passOn(place);
      this.#firsts[place + First.time] = NONE;
    }
  }

  #passOn(place: number): void {
    const time = this.#firsts[place + First.time] ?? NONE;
    const person = this.#people[this.#firsts[place + First.person] ?? NONE];
    if (time !== NONE && person) this.#onFirst(person, time, this.#firsts, place + First.eventId);
  }
}
