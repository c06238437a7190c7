import type { Filed } from './table-schema';

/** What is known to be stored under a key: of a sighting's hour, its least event and what was done. */
export interface SeenItem {
  readonly least: string;
  readonly did: readonly string[];
}

/** What was stored, judged and sent before, so that a repeated sighting costs nothing. Bounded; forgetting is harmless. */
export interface SeenCache {
  get(key: string): SeenItem | undefined;
  set(key: string, known: SeenItem): unknown;
}

export function seenKey(item: Filed): string {
  const { pk, sk } = 'keep' in item ? item.keep : item.merge;
  return `${pk} ${sk}`;
}

/** Whether there is nothing new in an item for who remembers this. */
export function isSeen(item: Filed, memory: SeenCache): boolean {
  const known = memory.get(seenKey(item));
  return known !== undefined && coveredBy(known, item);
}

/** A later event of a known hour, by which nothing else was done, changes nothing. */
export function coveredBy(known: SeenItem, item: Filed): boolean {
  if ('keep' in item) return true;
  const { least, did } = item.merge;
  return known.least <= least && did.every((one) => known.did.includes(one));
}

/** What is known once an item was stored. */
export function seenAfter(item: Filed, known: SeenItem | undefined): SeenItem {
  if ('keep' in item) return { least: '', did: [] };
  const { least, did } = item.merge;
  return known
    ? { least: known.least < least ? known.least : least, did: [...new Set([...known.did, ...did])] }
    : { least, did };
}

/** About 20 MB. */
const MOST = 50000;

/** Remembers the latest `most` things that were set or asked for. */
export function boundedSeenCache(most = MOST): SeenCache {
  // A map keeps the order of insertion: whatever is used is taken out and put in again.
  const known = new Map<string, SeenItem>();
  const put = (key: string, value: SeenItem): void => {
    known.delete(key);
    known.set(key, value);
  };
  return {
    get: (key) => {
      const value = known.get(key);
      if (value) put(key, value);
      return value;
    },
    set: (key, value) => {
      put(key, value);
      const [oldest] = known.size > most ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}
