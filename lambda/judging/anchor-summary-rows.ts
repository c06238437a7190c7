import type { Workload } from '../detection/model/workload';
import { storedAnchorSummary, placesOf } from '../store/anchor-summary-index';
import type { Claims, ClaimsSaved } from '../store/published-rows';
import { partition } from '../store/table-schema';
import { topic } from '../store/subscriptions';
import type { Judged } from './judge-workloads';

export const FAR_FUTURE_DAYS = 500;

/**
 * The claims by which other workloads' judgements find where this one is anchored, and one that is only compared: when the
 * days away change, so may the acceptance of changes that this workload made.
 */
export function anchorClaimsOf({ workload, anchorSummary, awayDays }: Judged): Claims {
  const body = storedAnchorSummary(anchorSummary);
  const places = placesOf(anchorSummary).map((place) => [place, body] as const);
  const away = [partition.away(workload), JSON.stringify([...awayDays])] as const;
  return new Map(awayDays.size === 0 ? places : [...places, away]);
}

/** Topics whose subscribers are to be judged again after anchors changed. */
export function topicsOf({ places }: ClaimsSaved, workload: Workload): string[] {
  return places.length === 0 ? [] : [...places, topic.anchors(workload)];
}

/** In epoch seconds; `now` in milliseconds. */
export function expiryOfClaims(now: number): number {
  return Math.floor(now / 1_000) + FAR_FUTURE_DAYS * 86_400;
}
