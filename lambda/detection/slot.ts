import { endpointStanding, type Claimant, type Ground } from './judge/plausibility';
import type { SeenOrigin } from './model/origin';

/**
 * What a lock holds. A private address is one slot through every endpoint of ours; through an endpoint of unknown
 * ownership the pair is the lock, since a thief can give his own machine the same private address.
 */
export function slotOf(origin: SeenOrigin, who: Claimant, ground: Ground): string {
  if (origin.kind !== 'endpoint' || endpointStanding(origin, who, ground) !== 'ours') return origin.key;
  return `private/${origin.ip ?? ''}`;
}
