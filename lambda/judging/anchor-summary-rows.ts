import type { Workload } from '../detection/model/workload';
import { storedAnchorSummary, placesOf } from '../store/anchor-summary-index';
import type { Claims, ClaimsSaved } from '../store/published-rows';
import { topic } from '../store/subscriptions';
import type { Judged } from './judge-workloads';

export const FAR_FUTURE_DAYS = 500;

/** The claims by which other workloads' judgements find where this one is anchored. */
export function anchorClaimsOf({ anchorSummary }: Judged): Claims {
  const body = storedAnchorSummary(anchorSummary);
  return new Map(placesOf(anchorSummary).map((place) => [place, body]));
}

/** Topics whose subscribers are to be judged again after anchors changed. */
export function topicsOf({ places }: ClaimsSaved, workload: Workload): string[] {
  return places.length === 0 ? [] : [...places, topic.anchors(workload)];
}

/** In epoch seconds; `now` in milliseconds. */
export function expiryOfClaims(now: number): number {
  return Math.floor(now / 1_000) + FAR_FUTURE_DAYS * 86_400;
}
