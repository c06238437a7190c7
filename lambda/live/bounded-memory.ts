import type { Known, Memory } from '../store/seen-cache';

/** About 20 MB. */
const MOST = 50_000;

/** Remembers the latest `most` things that were set or asked for. */
export function boundedMemory(most = MOST): Memory {
  // A map keeps the order of insertion: whatever is used is taken out and put in again.
  const known = new Map<string, Known>();
  const put = (key: string, value: Known): void => {
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
