import type { LockTable, SightingItem, StoredItem } from '../live/lock-table';

/** A lock table in memory, for tests and for runs on one machine. */
export function memoryLockTable(): LockTable {
  const partitions = new Map<string, Map<string, StoredItem & { readonly least: string }>>();
  const partitionOf = (pk: string): Map<string, StoredItem & { readonly least: string }> => {
    const known = partitions.get(pk) ?? new Map<string, StoredItem & { readonly least: string }>();
    partitions.set(pk, known);
    return known;
  };
  return {
    keep: (item) => {
      const items = partitionOf(item.pk);
      if (items.has(item.sk)) return Promise.resolve(false);
      items.set(item.sk, { ...item, did: [], revision: 0, least: '' });
      return Promise.resolve(true);
    },
    merge: (item) => {
      const items = partitionOf(item.pk);
      const merged = mergeItems(items.get(item.sk), item);
      if (merged) items.set(item.sk, merged);
      return Promise.resolve(merged !== null);
    },
    revise: (item) => {
      const items = partitionOf(item.pk);
      if ((items.get(item.sk)?.revision ?? 0) !== item.revision - 1) return Promise.resolve(false);
      items.set(item.sk, { ...item, did: [], least: '' });
      return Promise.resolve(true);
    },
    raise: (item) => {
      const items = partitionOf(item.pk);
      if ((items.get(item.sk)?.revision ?? 0) >= item.revision) return Promise.resolve(false);
      items.set(item.sk, { ...item, did: [], least: '' });
      return Promise.resolve(true);
    },
    query: (pk, prefix = '') => {
      const items = [...(partitions.get(pk)?.values() ?? [])].filter(({ sk }) => sk.startsWith(prefix));
      return Promise.resolve(items.sort((a, b) => Buffer.compare(Buffer.from(a.sk), Buffer.from(b.sk))));
    },
  };
}

function mergeItems(
  known: (StoredItem & { readonly least: string }) | undefined,
  item: SightingItem,
): (StoredItem & { readonly least: string }) | null {
  if (!known) return { ...item, revision: 0 };
  const isLess = item.least < known.least;
  const added = item.did.filter((one) => !known.did.includes(one));
  if (!isLess && added.length === 0) return null;
  const { body, least } = isLess ? item : known;
  return { ...known, body, least, did: [...known.did, ...added], expires: Math.max(known.expires, item.expires) };
}
