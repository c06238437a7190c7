import type { LockTable, StoredItem } from '../store/lock-table';
import type { Subscriptions } from '../store/subscriptions';
import { SORT_KEYS } from '../store/table-schema';

/** Beyond this many queries workloads are judged by what was read first. */
const MOST_QUERIES = 10_000;
const AT_ONCE = 25;

/** What sorts behind the sightings in a workload's partition. */
const BEHIND_SIGHTINGS = [SORT_KEYS.steadyState, SORT_KEYS.subscriptions, SORT_KEYS.suspectClaims];

export interface QueuedQuery {
  readonly pk: string;
  readonly prefix: string;
  /** Items that are read of it. */
  readonly limit: number;
  /** The topic to subscribe to; null for a workload's own partition. */
  readonly topic: string | null;
}

export interface ReadingCost {
  readonly queries: number;
  /** Items of the judged workloads' own partitions. */
  readonly ownItems: number;
}

/** Queries of the lock table, each made once and no more than a bound, and each after its subscription. */
export class ReadingQueue {
  readonly cost = { queries: 0, ownItems: 0 };
  /** True if not all items were read. */
  isCut = false;
  private readonly seen = new Set<string>();
  private queued: QueuedQuery[] = [];

  constructor(
    private readonly table: LockTable,
    private readonly subscriptions: Subscriptions | null,
  ) {}

  get isEmpty(): boolean {
    return this.queued.length === 0;
  }

  add(query: QueuedQuery): void {
    const key = `${query.pk} ${query.prefix}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.queued.push(query);
  }

  /** Drops what is queued. */
  stop(): void {
    this.isCut ||= this.queued.length > 0;
    this.queued = [];
  }

  /** Makes some of the queries: those of workloads' own partitions before others. Empty if none is left, or the bound is reached. */
  async next(): Promise<readonly { readonly pk: string; readonly items: readonly StoredItem[] }[]> {
    if (this.cost.queries >= MOST_QUERIES) this.stop();
    const own = this.queued.filter(({ topic }) => topic === null);
    const some = own.length > 0 ? own : this.queued.slice(0, AT_ONCE);
    const taken = new Set(some);
    this.queued = this.queued.filter((one) => !taken.has(one));
    this.cost.queries += some.length;
    await this.subscriptions?.to(some.flatMap((one) => one.topic ?? []));
    return Promise.all(some.map(async (one) => ({ pk: one.pk, items: await this.query(one) })));
  }

  private async query({ pk, prefix, limit, topic }: QueuedQuery): Promise<readonly StoredItem[]> {
    const items = await this.table.query(pk, prefix, limit);
    if (topic === null) this.cost.ownItems += items.length;
    if (items.length < limit) return items;
    this.isCut = true;
    if (topic !== null) return items;
    const behind = await Promise.all(BEHIND_SIGHTINGS.map((one) => this.table.query(pk, one)));
    return [...items.filter(({ sk }) => !BEHIND_SIGHTINGS.some((one) => sk.startsWith(one))), ...behind.flat()];
  }
}
