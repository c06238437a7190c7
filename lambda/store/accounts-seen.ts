import * as z from 'zod';
import { partition } from './table-schema';
import type { LockTable, TableItem } from './lock-table';

/** An account whose records were read. */
export interface SeenAccount {
  readonly account: string;
  /** When the first of them was, in epoch milliseconds; null where that was not written down. */
  readonly since: number | null;
}

const NEVER = 4_102_444_800;
const PREFIX = 'T#';
const BODY = z.object({ since: z.number() });

/** What is kept of an account, once and for all, when a record of it is read. */
export function accountItem(account: string, now: number): TableItem {
  return { pk: partition.accounts, sk: `${PREFIX}${account}`, body: JSON.stringify({ since: now }), expires: NEVER };
}

export async function accountsSeen(table: LockTable): Promise<SeenAccount[]> {
  const items = await table.query(partition.accounts, PREFIX);
  return items.map(({ sk, body }) => ({
    account: sk.slice(PREFIX.length),
    since: body === '' ? null : BODY.parse(JSON.parse(body)).since,
  }));
}
