import type { Person } from '../detection/records/read-person-call';

/** In seconds. */
const DAY = 86_400;

/** Epoch seconds of the end of a UTC day. */
export function endOfDay(time: number): number {
  return Math.floor(time / DAY) * DAY + DAY;
}

/** A person as callers have it. People of one account who call from one address share `first`. */
export interface PersonSeen {
  readonly person: Person;
  /** The earliest call of the latest day seen, in epoch seconds. */
  readonly first: { time: number };
}

/** The people who called, of whom the first call of each account, address and UTC day is wanted. */
export class PeopleSeen {
  readonly #firsts = new Map<string, PersonSeen['first']>();

  add({ account, address, who }: Person): PersonSeen {
    const key = `${account}/${address}`;
    const first = this.#firsts.get(key) ?? { time: Infinity };
    this.#firsts.set(key, first);
    return { person: { account, address, who }, first };
  }
}

/** Sees a call; false if it is known to follow another of the account, from that address, on that day. */
export function mayBeFirst({ first }: PersonSeen, time: number): boolean {
  if (time > first.time && time < endOfDay(first.time)) return false;
  first.time = time;
  return true;
}
