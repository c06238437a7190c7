/** An item of the lock table. One partition holds what is judged together. */
export interface TableItem {
  readonly pk: string;
  readonly sk: string;
  /** JSON. */
  readonly body: string;
  /** When the item may go, in epoch seconds (DynamoDB's TTL attribute). */
  readonly expires: number;
}

/** A sighting's hour: `body` has the least event so far, `did` what was done in all of it. */
export interface SightingItem extends TableItem {
  /** Orders events: time, then id. The item with the lesser one keeps its body. */
  readonly least: string;
  /** Names of the bits of `Did`, a set that only grows. */
  readonly did: readonly string[];
}

/** An item that is replaced as a whole, each time under a higher revision. */
export interface RevisedItem extends TableItem {
  readonly revision: number;
}

/** What is read back: any of the above. */
export interface StoredItem extends TableItem {
  /** Empty where the item is no sighting. */
  readonly did: readonly string[];
  /** Zero where the item has none. */
  readonly revision: number;
  /** Empty where the item is no sighting. */
  readonly least: string;
}

/** Where an item is. */
export type ItemKey = Pick<TableItem, 'pk' | 'sk'>;

/**
 * The lock table's verbs. Every write is one idempotent conditional request, every read strongly consistent; there are no
 * transactions and no indexes. All of them throw when the table cannot be reached or keeps throttling.
 */
export interface LockTable {
  /** Keeps an item that never changes. True when it was not there yet. */
  keep(item: TableItem): Promise<boolean>;
  /** Keeps the body with the lesser event and adds to what was done. True when that changed anything. */
  merge(item: SightingItem): Promise<boolean>;
  /** Replaces an item whose revision is one less (0: not there yet). False if another writer was first. */
  revise(item: RevisedItem): Promise<boolean>;
  /** Replaces an item of any lower revision. False when a newer one is there already. */
  raise(item: RevisedItem): Promise<boolean>;
  /** Adds to what was done in an hour that is there, in one request. True when that changed anything. */
  note(key: ItemKey, did: readonly string[]): Promise<boolean>;
  /** Single items of any partitions, as many as are asked for, in their order; undefined for those that are not there. */
  read(keys: readonly ItemKey[]): Promise<(StoredItem | undefined)[]>;
  /** Every item of a partition, or of its sort keys with a prefix, in sort-key order; no more than the first `most`. */
  query(pk: string, prefix?: string, most?: number): Promise<StoredItem[]>;
}
