import * as z from 'zod';
import { compareText } from '../detection/model/compare-text';

/** An account and Region. */
export interface WatchedPlace {
  readonly account: string;
  readonly region: string;
}

const place = { account: z.string(), region: z.string() };
const SHARD = z.discriminatedUnion('task', [
  z.object({
    task: z.literal('canary'),
    places: z.array(z.object({ ...place, since: z.nullable(z.string()), isKnown: z.boolean() })),
  }),
  z.object({ task: z.literal('check'), places: z.array(z.object({ ...place, withTargets: z.boolean() })) }),
  z.object({ task: z.literal('subscribe'), isWanted: z.boolean(), places: z.array(z.object(place)) }),
]);

/** A part of a round, small enough for one invocation. */
export type Shard = z.infer<typeof SHARD>;

/** At half a second a place and 8 at a time this takes 16 seconds. */
export const PLACES_PER_SHARD = 250;

/** The shard in a message; null if it is something else. */
export function parseShard(body: string): Shard | null {
  try {
    return SHARD.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Parts of at most 250 places, with an account's Regions side by side and accounts in an order that is the same in all
 * rounds but begins elsewhere in each, so that none is always the last.
 */
export function inShards<Place extends WatchedPlace>(places: readonly Place[], round: number): Place[][] {
  const sorted = places.toSorted(
    (a, b) =>
      spreadOf(a.account) - spreadOf(b.account) || compareText(a.account, b.account) || compareText(a.region, b.region),
  );
  const shards = Array.from({ length: Math.ceil(sorted.length / PLACES_PER_SHARD) }, (_, at) =>
    sorted.slice(at * PLACES_PER_SHARD, (at + 1) * PLACES_PER_SHARD),
  );
  const first = shards.length === 0 ? 0 : round % shards.length;
  return [...shards.slice(first), ...shards.slice(0, first)];
}

/** A number that spreads accounts and places evenly (32-bit FNV-1a). */
export function spreadOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
