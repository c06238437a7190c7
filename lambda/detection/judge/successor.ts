import type { Anchor } from './anchors';
import { claimOf, Strength, type NetworkContext } from './plausibility';
import type { Subject } from './subject';
import type { ProvenSighting } from '../facts/workload-history';
import { lastUntil } from '../model/in-time-order';
import type { SeenOrigin } from '../model/origin';

/** Distinct hours at an origin from which on it counts as established. */
export const ESTABLISHED = 2;

interface SeenThere {
  readonly first: ProvenSighting;
  readonly hours: Set<number>;
}

/**
 * The origin at which a workload settled after a first use that was not established, with an equal claim, and no change that
 * explains both: then the first use may have been somebody else's.
 */
export function successorOf(anchor: Anchor, subject: Subject, network: NetworkContext): Anchor | null {
  if (!isReplaceable(anchor, subject)) return null;
  const seen = seenOn(anchor.origin, subject.history.sightings);
  const before = [...(seen.get(anchor.origin.key)?.hours ?? [])];
  for (const { first, hours } of seen.values()) {
    if (first.origin.key === anchor.origin.key) continue;
    if (changedBetween(subject, anchor.sighting.event.time, first)) return null;
    const isBrief = before.filter((hour) => hour < hourOf(first)).length < ESTABLISHED;
    if (!isBrief || hours.size < ESTABLISHED || hours.size <= before.length) continue;
    const claim = claimOf({ ...first, time: first.event.time }, subject, network);
    if (claim.strength === anchor.claim.strength)
      return { origin: first.origin, sighting: first, claim, hours: hours.size };
  }
  return null;
}

/** Tasks and pods move with their hosts. */
function isReplaceable({ claim, origin }: Anchor, { history }: Subject): boolean {
  return claim.strength <= Strength.firstUse && origin.kind === 'public' && !history.kind.sitsOnHost;
}

/** By origin, in the order of their first sightings. */
function seenOn({ path }: SeenOrigin, sightings: readonly ProvenSighting[]): ReadonlyMap<string, SeenThere> {
  const seen = new Map<string, SeenThere>();
  for (const sighting of sightings) {
    const { origin } = sighting;
    if (origin.path !== path) continue;
    const there = seen.get(origin.key) ?? { first: sighting, hours: new Set() };
    there.hours.add(hourOf(sighting));
    seen.set(origin.key, there);
  }
  return seen;
}

export function hourOf({ event }: ProvenSighting): number {
  return Math.floor(event.time / 3_600_000);
}

/** Whether a change may have given the workload another address between a time and a sighting. */
export function changedBetween({ life }: Subject, start: number, { event }: ProvenSighting): boolean {
  const { doors = [] } = life ?? {};
  return (doors[lastUntil(doors, event.time)]?.time ?? start) > start;
}
