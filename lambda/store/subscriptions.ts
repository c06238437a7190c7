import { createHash } from 'node:crypto';
import * as z from 'zod';
import { workloadKey, type Workload } from '../detection/model/workload';
import { partition, SORT_KEYS } from './table-schema';
import type { LockTable, StoredItem } from './lock-table';

/**
 * A judgement subscribes its workload to everything it reads beside the workload's own facts before it reads. Writers read
 * the subscribers after writing. So one of the two always sees the other.
 */
export const topic = {
  /** Changes that name an instance, an interface, an address, … */
  entity: partition.entity,
  /** The issuance of an access key. */
  key: partition.key,
  /** Issuances under a session's name. */
  session: partition.session,
  /** Calls made and credentials requested with an access key. */
  use: (accessKeyId: string): string => `access-key-use#${accessKeyId}`,
  /** Anchors of a workload. */
  anchors: partition.workload,
  /** Changes made by a workload or access key. */
  made: partition.made,
  /** Who made a principal, or gave its credentials. */
  grants: partition.grants,
  /** Facts about tokens in a scope of a cluster. */
  tokens: partition.tokens,
  /** The places at which the sessions of a workload are trusted. */
  held: (workload: Workload): string => `held#${workloadKey(workload)}`,
  /** Records of an account. */
  account: (account: string): string => `${SORT_KEYS.account}${account}`,
} as const;

const BODY = z.array(z.string());
/** Subscriptions with less than this left to live are renewed. */
const RENEW_SECONDS = 120 * 86_400;
const KEEP_SECONDS = 500 * 86_400;

/** A workload's subscriptions: known from its own partition, added to before each read. */
export class Subscriptions {
  private readonly known = new Set<string>();
  private readonly fresh: string[] = [];
  private readonly now: number;

  /** `now`: epoch milliseconds. */
  constructor(
    private readonly table: LockTable,
    private readonly workload: Workload,
    now: number,
  ) {
    this.now = Math.floor(now / 1_000);
  }

  /** Takes one of the workload's own items; those that are no subscriptions change nothing. */
  learn({ sk, body, expires }: StoredItem): void {
    if (!sk.startsWith(SORT_KEYS.subscriptions) || expires < this.now + RENEW_SECONDS) return;
    for (const name of BODY.parse(JSON.parse(body))) this.known.add(name);
  }

  async to(topics: readonly string[]): Promise<void> {
    const missing = [...new Set(topics)].filter((name) => !this.known.has(name));
    await Promise.all(missing.map((name) => this.subscribe(name)));
    for (const name of missing) this.known.add(name);
    this.fresh.push(...missing);
  }

  private async subscribe(name: string): Promise<void> {
    // The own item expires first, so that no workload is listed as subscribed without being so.
    const expires = this.now + KEEP_SECONDS + RENEW_SECONDS;
    const { workload } = this;
    const body = JSON.stringify(workload);
    await this.table.raise({
      pk: partition.subscribers(name),
      sk: workloadKey(workload),
      body,
      expires,
      revision: expires,
    });
  }

  /** Saves the new subscriptions in the workload's partition, so that the next judgement need not subscribe. */
  async save(): Promise<void> {
    if (this.fresh.length === 0) return;
    const body = JSON.stringify(this.fresh.splice(0).sort());
    const expires = this.now + KEEP_SECONDS;
    const digest = createHash('sha256').update(`${expires} ${body}`).digest('base64url').slice(0, 22);
    const key = { pk: partition.workload(this.workload), sk: `${SORT_KEYS.subscriptions}${digest}` };
    await this.table.keep({ ...key, body, expires });
  }
}

const WORKLOAD = z.object({ partition: z.string(), account: z.string(), kind: z.string(), id: z.string() });

/** The workloads whose judgement reads what is stored under these topics. */
export async function subscribersOf(topics: readonly string[], table: LockTable): Promise<Workload[]> {
  const items = await Promise.all([...new Set(topics)].map((name) => table.query(partition.subscribers(name))));
  return items.flat().map(({ body }) => WORKLOAD.parse(JSON.parse(body)));
}
