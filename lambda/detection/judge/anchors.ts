import { claimOf, Strength, type Claim, type Subject, type NetworkContext } from './plausibility';
import { Did } from '../facts/facts';
import type { History, ProvenSighting } from '../facts/workload-history';
import type { Path, SeenOrigin } from '../model/origin';
import { relayedOrigins } from './relayed-origins';

/** A workload's earliest proven plausible origin on a path. */
export interface Anchor {
  readonly origin: SeenOrigin;
  readonly sighting: ProvenSighting;
  readonly claim: Claim;
  /** Distinct hours in which the workload was seen there. */
  readonly hours: number;
}

export type Anchors = ReadonlyMap<Path, Anchor>;

/** S2: per path the earliest proven origin that is plausible by settings, `ip-ranges.json` and book. */
export function anchorsOf(who: Subject, ground: NetworkContext): Anchors {
  const anchors = new Map<Path, Anchor>();
  if (who.history.kind.lockPolicy(who.history.workload) === 'aws-address') return anchors;
  const relayed = relayedOrigins(who, ground);
  for (const sighting of who.history.sightings) {
    const { path } = sighting.origin;
    if (path === null || anchors.has(path) || !mayAnchor(sighting, relayed)) continue;
    const claim = claimOf({ ...sighting, time: sighting.event.time }, who, ground);
    if (claim.strength > Strength.none) anchors.set(path, { origin: sighting.origin, sighting, claim, hours: 0 });
  }
  for (const [path, anchor] of anchors) anchors.set(path, { ...anchor, hours: hoursAt(who.history, anchor.origin) });
  return anchors;
}

/** Proof by session ARN is too weak, a console is a browser's, and the reserved infrastructure role never calls from the box. */
export function mayAnchor(sighting: ProvenSighting, relayed: ReadonlySet<string>): boolean {
  if (sighting.provenBy === 'session' || (sighting.did & Did.console) !== 0) return false;
  return !relayed.has(sighting.origin.key) && sighting.role !== 'aws:ec2-infrastructure';
}

function hoursAt(history: History, origin: SeenOrigin): number {
  const hours = new Set<number>();
  for (const { origin: seen, event } of history.sightings)
    if (seen.key === origin.key) hours.add(Math.floor(event.time / 3_600_000));
  return hours.size;
}
