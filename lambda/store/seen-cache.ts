import type { Filed } from './table-schema';

/** A stored item: of a sighting's hour, its least event and what was done. */
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

/** True if the cache covers the item. */
export function isSeen(item: Filed, cache: SeenCache): boolean {
  const known = cache.get(seenKey(item));
  return known !== undefined && coveredBy(known, item);
}

/** A later event of a known hour, by which nothing else was done, changes nothing. */
export function coveredBy(known: SeenItem, item: Filed): boolean {
  if ('keep' in item) return true;
  const { least, did } = item.merge;
  return known.least <= least && did.every((one) => known.did.includes(one));
}

/** The cache entry after an item was stored. */
export function seenAfter(item: Filed, known: SeenItem | undefined): SeenItem {
  if ('keep' in item) return { least: '', did: [] };
  const { least, did } = item.merge;
  return known
    ? { least: known.least < least ? known.least : least, did: [...new Set([...known.did, ...did])] }
    : { least, did };
}

/** About 20 MB. */
const MOST = 50000;

/** Keeps the `most` most recently used entries. */
export function boundedSeenCache(most = MOST): SeenCache {
  // A map keeps the order of insertion: used entries are inserted again.
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
