/** An item of the lock table. One partition holds what is judged together. */
export interface TableItem {
  readonly pk: string;
  readonly sk: string;
  /** JSON. */
  readonly body: string;
  /** When the item may go, in epoch seconds (DynamoDB's TTL attribute). */
  readonly expires: number;
}

/** A sighting's hour: `body` tells of the least event so far, `did` what was done in all of it. */
export interface SightingItem extends TableItem {
  /** Orders events: time, then id. The item with the lesser one keeps its body. */
  readonly least: string;
  /** Names of the bits of `Did`, a set that only grows. */
  readonly did: readonly string[];
}

/** A finding as it stands: changed only by whoever read the revision it has. */
export interface RevisedItem extends TableItem {
  readonly revision: number;
}

/**
 * The lock table's verbs. Every write is idempotent and every read strongly consistent; there are no transactions. All
 * of them throw when the table cannot be reached or keeps throttling.
 */
export interface LockTable {
  /** Keeps an item that never changes. True when it was not there yet. */
  keep(item: TableItem): Promise<boolean>;
  /** Keeps the lesser event of an hour and ors what was done. True when that changed anything. */
  merge(item: SightingItem): Promise<boolean>;
  /** Every item of a partition, in sort-key order; of those with a prefix where one is given. */
  query(pk: string, prefix?: string): Promise<StoredItem[]>;
  /** Replaces an item whose revision is `item.revision - 1` (0: not there yet). False when somebody else was first. */
  revise(item: RevisedItem): Promise<boolean>;
  remove(pk: string, sk: string): Promise<void>;
}

/** What is read back: any of the above. */
export interface StoredItem extends TableItem {
  readonly least: string | null;
  readonly did: readonly string[];
  readonly revision: number;
}
