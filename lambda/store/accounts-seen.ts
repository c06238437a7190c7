import * as z from 'zod';
import type { Fact } from '../detection/facts/facts';
import { idIn, PARTITIONS, SORT_KEYS } from './table-schema';
import type { LockTable, TableItem } from './lock-table';

/** An account whose records were read. */
export interface SeenAccount {
  readonly account: string;
  /** When the first of them was read, in epoch milliseconds; null if not recorded. */
  readonly since: number | null;
}

/** What is filed: a fact, or an account whose records were read, with the time of about the last one in epoch milliseconds. */
export type StorableFact = Fact | (Pick<SeenAccount, 'account'> & { readonly last: number });

const NEVER = 4_102_444_800;
const BODY = z.object({ since: z.number() });

/** Kept when the first record of an account is read. */
export function accountItem(account: string, now: number): TableItem {
  return {
    pk: PARTITIONS.accounts,
    sk: `${SORT_KEYS.account}${account}`,
    body: JSON.stringify({ since: now }),
    expires: NEVER,
  };
}

export async function accountsSeen(table: LockTable): Promise<SeenAccount[]> {
  const items = await table.query(PARTITIONS.accounts, SORT_KEYS.account);
  return items.map(({ sk, body }) => ({
    account: idIn(sk),
    since: body === '' ? null : BODY.parse(JSON.parse(body)).since,
  }));
}
