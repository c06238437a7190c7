import * as z from 'zod';
import { workloadKey, type Workload } from '../detection/model/workload';
import { ConcurrentChange } from './concurrent-change';
import { partition, SORT_KEYS } from './table-schema';
import type { LockTable, StoredItem } from './lock-table';
import { compareText } from '../detection/model/compare-text';

/** What a workload states of itself in other partitions: partition → body. */
export type Claims = ReadonlyMap<string, string>;

/** Body of a withdrawn claim. */
export const GONE = 'null';

const SAVED = z.object({ claims: z.record(z.string(), z.string()), places: z.array(z.string()), saved: z.boolean() });
const NOTHING = { claims: {}, places: [], saved: true };
/** Claims are renewed when they are this old. */
const RENEW_SECONDS = 120 * 86_400;

export interface ClaimsSaved {
  /** The partitions where claims changed and subscribers are not yet requested to be judged. */
  readonly places: readonly string[];
  /** True if this call wrote any, or completed another worker's. */
  readonly isNew: boolean;
  /** Revision of the item that lists them. */
  readonly revision: number;
  /** To be called once that was requested; until then every call returns the places again. */
  finish(): Promise<void>;
}

export interface Saving {
  /** Sort key of the item that lists them. */
  readonly sk: string;
  /** Epoch seconds. */
  readonly expires: number;
  readonly item: StoredItem | undefined;
  readonly mine: number | null;
}

/** The claims in the item that lists them. */
export function claimsIn(item: StoredItem | undefined): Claims {
  return new Map(item ? Object.entries(SAVED.parse(JSON.parse(item.body)).claims) : []);
}

/**
 * Replaces the claims a workload has in other partitions. Its own item is written first, so that the next run completes an
 * interrupted one; every claim carries its revision, so that a slow writer never overwrites a later one. `item`: the own
 * item as the judgement read it. `mine`: the revision an earlier call of the same run returned.
 */
export async function saveClaims(
  table: LockTable,
  workload: Workload,
  claims: Claims,
  { sk, expires, item, mine }: Saving,
): Promise<ClaimsSaved> {
  const pk = partition.workload(workload);
  const known = item ? SAVED.parse(JSON.parse(item.body)) : NOTHING;
  const next = Object.fromEntries([...claims].sort(([a], [b]) => compareText(a, b)));
  const write = async (saved: boolean, places: readonly string[], revision: number): Promise<void> => {
    const body = JSON.stringify({ claims: next, places, saved });
    if (!(await table.revise({ pk, sk, body, expires, revision }))) throw new ConcurrentChange(`${pk} ${sk}`);
  };
  const before = item?.revision ?? 0;
  const isSame = JSON.stringify(known.claims) === JSON.stringify(next);
  if (isSame && known.saved && !isStale(item, expires))
    return { places: [], isNew: false, revision: before, finish: () => Promise.resolve() };
  const places = [...new Set([...known.places, ...Object.keys(known.claims), ...claims.keys()])];
  // Another worker's pending claims keep their revision: else both would overtake each other forever.
  const revision = isSame && !known.saved ? before : before + 1;
  const isNew = revision !== mine;
  if (revision !== before) await write(false, places, revision);
  if (isNew) await raiseAll(table, workload, claims, { places, expires, revision });
  const finish = (): Promise<void> => unlessOvertaken(() => write(true, [], revision + 1));
  return { places, isNew, revision, finish };
}

function isStale(item: StoredItem | undefined, expires: number): boolean {
  return item !== undefined && item.expires < expires - RENEW_SECONDS;
}

async function raiseAll(
  table: LockTable,
  workload: Workload,
  claims: Claims,
  { places, expires, revision }: { places: readonly string[]; expires: number; revision: number },
): Promise<void> {
  const sk = `${SORT_KEYS.claim}${workloadKey(workload)}`;
  const raise = (pk: string): Promise<boolean> =>
    table.raise({ pk, sk, body: claims.get(pk) ?? GONE, expires, revision });
  await Promise.all(places.map(raise));
}

/** A later writer has taken over the unfinished places. */
async function unlessOvertaken(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}
