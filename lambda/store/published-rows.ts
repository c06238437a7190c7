import * as z from 'zod';
import { workloadKey, type Workload } from '../detection/model/workload';
import { ConcurrentChange } from './concurrent-change';
import { partition, SORT_KEYS } from './table-schema';
import type { LockTable, StoredItem } from './lock-table';

/** What a workload says of itself in other partitions: partition → body. */
export type Claims = ReadonlyMap<string, string>;

/** A claim that was taken back. */
export const GONE = 'null';

const SAVED = z.object({ claims: z.record(z.string(), z.string()), places: z.array(z.string()), saved: z.boolean() });
const NOTHING = { claims: {}, places: [], saved: true };
/** Claims that have no longer than this to live are written anew. */
const RENEW_SECONDS = 120 * 86_400;

export interface ClaimsSaved {
  /** The partitions where claims changed, and nobody was told yet who is to know. */
  readonly places: readonly string[];
  /** Whether this call wrote any, or wrote them once more for somebody else. */
  readonly isNew: boolean;
  /** Under which they stand written in the workload's own partition. */
  readonly revision: number;
  /** To be called when everybody was told. Until then the places come up again with every call. */
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

/**
 * Makes the claims a workload has in other partitions the ones given. What is under way is written down first, so that a
 * run that broke off is finished by the next, and every claim carries the revision it was made under, so that a slow writer
 * never overwrites a later one. `item`: what the judgement read of them, so that none overwrites what a later one wrote.
 * `mine`: the revision that an earlier call of the same run gave.
 */
export async function saveClaims(
  table: LockTable,
  workload: Workload,
  claims: Claims,
  { sk, expires, item, mine }: Saving,
): Promise<ClaimsSaved> {
  const pk = partition.workload(workload);
  const known = item ? SAVED.parse(JSON.parse(item.body)) : NOTHING;
  const next = Object.fromEntries([...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
  const write = async (saved: boolean, places: readonly string[], revision: number): Promise<void> => {
    const body = JSON.stringify({ claims: next, places, saved });
    if (!(await table.revise({ pk, sk, body, expires, revision }))) throw new ConcurrentChange(`${pk} ${sk}`);
  };
  const before = item?.revision ?? 0;
  const isSame = JSON.stringify(known.claims) === JSON.stringify(next);
  if (isSame && known.saved && !isStale(item, expires))
    return { places: [], isNew: false, revision: before, finish: () => Promise.resolve() };
  const places = [...new Set([...known.places, ...Object.keys(known.claims), ...claims.keys()])];
  // Claims that somebody else is about to write are written with him, not anew: else both would overtake each other for ever.
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

/** Whoever wrote since then took over the places that are not finished. */
async function unlessOvertaken(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}
