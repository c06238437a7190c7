import type { LockTable, SightingItem, StoredItem, TableItem } from '../lambda/store/lock-table';

/** What DynamoDB would have seen. Units are those it bills: 1 kB written, 4 kB read consistently, each begun. */
export interface Consumed {
  requests: number;
  readUnits: number;
  writeUnits: number;
  /** By operation and kinds of keys. */
  readonly byKind: Map<string, number>;
}

export interface CountingTable {
  readonly table: LockTable;
  /** What was consumed since the last time it was asked. */
  take(): Consumed;
  /** Bytes of all items, as DynamoDB counts them (without its 100 bytes an item for the index). */
  bytes(): { items: number; bytes: number };
}

const PAGE = 1_048_576;
/** Items of one BatchGetItem. */
const AT_ONCE = 100;

/** The same table; counts the requests the DynamoDB adapter would send. */
export function countingTable(table: LockTable): CountingTable {
  const sizes = new Map<string, number>();
  let consumed = nothing();
  const count = (what: string, requests: number): void => {
    consumed.requests += requests;
    consumed.byKind.set(what, (consumed.byKind.get(what) ?? 0) + requests);
  };
  const write = async (operation: string, item: TableItem, does: Promise<boolean>): Promise<boolean> => {
    const done = await does;
    const bytes = sizeOf(item);
    if (done) sizes.set(`${item.pk} ${item.sk}`, bytes);
    count(`${operation} ${kindOf(item.pk)} ${kindOf(item.sk)}${done ? '' : ' refused'}`, 1);
    consumed.writeUnits += Math.ceil(bytes / 1_024);
    return done;
  };
  /** A refused event costs a second request only where something else was done by it. */
  const merge = async (item: SightingItem): Promise<boolean> => {
    const [known] = await table.read([item]);
    const done = await write('merge', item, table.merge(item));
    const isNoted = done && known !== undefined && known.least <= item.least;
    if (isNoted) count('note', 1);
    if (isNoted) consumed.writeUnits += 1;
    return done;
  };
  return {
    table: {
      keep: (item) => write('keep', item, table.keep(item)),
      merge,
      revise: (item) => write('revise', item, table.revise(item)),
      raise: (item) => write('raise', item, table.raise(item)),
      note: async (key, did) => {
        count(`note ${kindOf(key.pk)} ${kindOf(key.sk)}`, 1);
        consumed.writeUnits += 1;
        return table.note(key, did);
      },
      read: async (keys) => {
        const items = await table.read(keys);
        count(`read ${kindOf(keys[0]?.sk ?? '')}`, Math.ceil(keys.length / AT_ONCE));
        for (const item of items) consumed.readUnits += item ? Math.ceil(sizeOf(item) / 4_096) : 1;
        return items;
      },
      query: async (pk, prefix, most) => {
        const items = await table.query(pk, prefix, most);
        const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
        count(`query ${kindOf(pk)} ${kindOf(prefix ?? '')}`.trim(), Math.max(1, Math.ceil(bytes / PAGE)));
        consumed.readUnits += Math.max(1, Math.ceil(bytes / 4_096));
        return items;
      },
    },
    take: () => {
      const taken = consumed;
      consumed = nothing();
      return taken;
    },
    bytes: () => ({ items: sizes.size, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) }),
  };
}

function nothing(): Consumed {
  return { requests: 0, readUnits: 0, writeUnits: 0, byKind: new Map() };
}

function kindOf(key: string): string {
  return /^(?:[A-Z]#)+/.exec(key)?.[0] ?? '';
}

/** Names and values of the attributes. */
function sizeOf(item: TableItem | SightingItem | StoredItem): number {
  const { pk, sk, body } = item;
  const did = 'did' in item ? item.did : [];
  const text = Buffer.byteLength(pk) + Buffer.byteLength(sk) + Buffer.byteLength(body);
  const sighting = did.length === 0 ? 0 : 'leastdid'.length + 52 + did.reduce((sum, one) => sum + one.length + 1, 3);
  const revision = 'revision' in item && item.revision > 0 ? 'revision'.length + 3 : 0;
  return text + 'pkskbodyexpires'.length + 6 + sighting + revision;
}
