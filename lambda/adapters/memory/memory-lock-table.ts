import type { ItemKey, LockTable, RevisedItem, SightingItem, StoredItem } from '../../store/lock-table';

/** A lock table in memory, for tests and for runs on one machine. */
export function memoryLockTable(): LockTable {
  const partitions = new Map<string, Map<string, StoredItem>>();
  const find = ({ pk, sk }: ItemKey): StoredItem | undefined => partitions.get(pk)?.get(sk);
  const put = (item: StoredItem): void => {
    const items = partitions.get(item.pk);
    if (items) items.set(item.sk, item);
    else partitions.set(item.pk, new Map([[item.sk, item]]));
  };
  const putIf = (allowed: boolean, item: StoredItem | null): Promise<boolean> => {
    if (allowed && item) put(item);
    return Promise.resolve(allowed);
  };
  return {
    keep: (item) => putIf(!find(item), { ...item, did: [], revision: 0, least: '' }),
    merge: (item) => {
      const merged = mergeItems(find(item), item);
      return putIf(merged !== null, merged);
    },
    revise: (item) => putIf((find(item)?.revision ?? 0) === item.revision - 1, revised(item)),
    raise: (item) => putIf((find(item)?.revision ?? 0) < item.revision, revised(item)),
    note: (key, did) => {
      const known = find(key);
      const added = did.filter((one) => !known?.did.includes(one));
      return putIf(known !== undefined && added.length > 0, known ? { ...known, did: [...known.did, ...added] } : null);
    },
    read: (keys) => Promise.resolve(keys.map(find)),
    query: (pk, prefix = '', most = Infinity) => {
      const items = [...(partitions.get(pk)?.values() ?? [])].filter(({ sk }) => sk.startsWith(prefix));
      const keyed = items.map((item) => ({ item, key: Buffer.from(item.sk) }));
      keyed.sort((a, b) => Buffer.compare(a.key, b.key));
      return Promise.resolve(keyed.slice(0, most).map(({ item }) => item));
    },
  };
}

function revised(item: RevisedItem): StoredItem {
  return { ...item, did: [], least: '' };
}

function mergeItems(known: StoredItem | undefined, item: SightingItem): StoredItem | null {
  if (!known) return { ...item, revision: 0 };
  const isLess = item.least < known.least;
  const added = item.did.filter((one) => !known.did.includes(one));
  if (!isLess && added.length === 0) return null;
  const { body, least } = isLess ? item : known;
  return { ...known, body, least, did: [...known.did, ...added], expires: Math.max(known.expires, item.expires) };
}
