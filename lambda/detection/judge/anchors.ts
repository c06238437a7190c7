import { claimOf, Strength, type Claim, type NetworkContext } from './plausibility';
import { type Subject } from './subject';
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

/** A first use, and why another origin has the better claim. */
export interface DisplacedFirstUse {
  readonly anchor: Anchor;
  readonly by: string;
  /** The first use instead, where the two have equal claims of their own: see `successorOf`. */
  readonly successor: Anchor | null;
}

/** Per path, the earliest proven origin that is plausible by settings, `ip-ranges.json` and network book. */
export function anchorsOf(subject: Subject, network: NetworkContext): Anchors {
  const anchors = new Map<Path, Anchor>();
  if (subject.history.kind.lockPolicy(subject.history.workload) === 'aws-address') return anchors;
  const relayed = relayedOrigins(subject, network);
  for (const sighting of subject.history.sightings) {
    const { path } = sighting.origin;
    if (path === null || anchors.has(path) || !mayAnchor(sighting, relayed)) continue;
    const claim = claimOf({ ...sighting, time: sighting.event.time }, subject, network);
    if (claim.strength > Strength.none) anchors.set(path, { origin: sighting.origin, sighting, claim, hours: 0 });
  }
  for (const [path, anchor] of anchors)
    anchors.set(path, { ...anchor, hours: hoursAt(subject.history, anchor.origin) });
  return anchors;
}

/** Proof by session ARN is too weak, console calls come from a browser, and EC2's infrastructure role does not call from the instance. */
export function mayAnchor(sighting: ProvenSighting, relayed: ReadonlySet<string>): boolean {
  if (sighting.provenBy === 'session' || sighting.provenBy === 'chained' || (sighting.did & Did.console) !== 0)
    return false;
  return !relayed.has(sighting.origin.key) && sighting.role !== 'aws:ec2-infrastructure';
}

function hoursAt(history: History, origin: SeenOrigin): number {
  const hours = new Set<number>();
  for (const { origin: seen, event } of history.sightings)
    if (seen.key === origin.key) hours.add(Math.floor(event.time / 3_600_000));
  return hours.size;
}
