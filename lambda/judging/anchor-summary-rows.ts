import type { Workload } from '../detection/model/workload';
import { storedAnchorSummary, placesOf } from '../store/anchor-summary-index';
import type { Claims, ClaimsSaved } from '../store/published-rows';
import { topic } from '../store/subscriptions';
import type { Judged } from './judge-workloads';

export const FAR_FUTURE_DAYS = 500;

/** Where a workload is anchored, told to all who may ask. */
export function anchorClaimsOf({ footprint }: Judged): Claims {
  const body = storedAnchorSummary(footprint);
  return new Map(placesOf(footprint).map((place) => [place, body]));
}

/** Under what others are concerned where a footprint changed. */
export function topicsOf({ places }: ClaimsSaved, workload: Workload): string[] {
  return places.length === 0 ? [] : [...places, topic.footprint(workload)];
}

/** In epoch seconds; `now` in milliseconds. */
export function expiryOfClaims(now: number): number {
  return Math.floor(now / 1_000) + FAR_FUTURE_DAYS * 86_400;
}
