import * as z from 'zod';
import { workloadKey, type Workload } from '../detection/workload';
import { ConcurrentChange } from './concurrent-change';
import { partition } from './filing';
import type { LockTable } from './lock-table';

/** What a workload says of itself in other partitions: partition → body. */
export type Claims = ReadonlyMap<string, string>;

/** A claim that was taken back. */
export const GONE = 'null';

const SAVED = z.object({ claims: z.record(z.string(), z.string()), places: z.array(z.string()), saved: z.boolean() });

/**
 * Makes the claims a workload has in other partitions the ones given; gives the partitions where that may have changed
 * one. What is under way is written down first, so that a run that broke off is finished by the next, and every claim
 * carries the revision it was made under, so that a slow writer never overwrites a later one.
 */
export async function saveClaims(
  table: LockTable,
  workload: Workload,
  claims: Claims,
  { sk, expires }: { readonly sk: string; readonly expires: number },
): Promise<string[]> {
  const pk = partition.workload(workload);
  const [item] = await table.query(pk, sk);
  const known = item ? SAVED.parse(JSON.parse(item.body)) : { claims: {}, places: [], saved: true };
  const next = Object.fromEntries([...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (known.saved && JSON.stringify(known.claims) === JSON.stringify(next)) return [];
  const places = [...new Set([...known.places, ...Object.keys(known.claims), ...claims.keys()])];
  const revision = (item?.revision ?? 0) + 1;
  const write = async (saved: boolean, at: number): Promise<void> => {
    const body = JSON.stringify({ claims: next, places: saved ? [] : places, saved });
    if (!(await table.revise({ pk, sk, body, expires, revision: at }))) throw new ConcurrentChange(`${pk} ${sk}`);
  };
  await write(false, revision);
  const own = `W#${workloadKey(workload)}`;
  await Promise.all(
    places.map((place) => table.raise({ pk: place, sk: own, body: claims.get(place) ?? GONE, expires, revision })),
  );
  await write(true, revision + 1);
  return places;
}
