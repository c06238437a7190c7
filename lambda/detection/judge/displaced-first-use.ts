import type { Anchor, Anchors } from './anchors';
import { declaredNetwork, natOf, ownAddress, Strength, type Subject, type Use } from './plausibility';
import type { ProvenSighting } from '../facts/workload-history';
import { originText, type Path } from '../model/origin';
import { egressByCount } from './egress-evidence';
import type { Peers } from './peers';

/**
 * First uses that a later origin takes back, because its better claim was good already when the first use happened: the
 * earlier is then the suspect. Not where a change in between explains both, nor where another workload calls from there
 * too, nor where the workload simply moved: was at one, then at the other.
 */
export function displacedFirstUses(
  who: Subject,
  anchors: Anchors,
  around: Peers,
): Map<Path, { anchor: Anchor; by: string }> {
  const displaced = new Map<Path, { anchor: Anchor; by: string }>();
  for (const [path, anchor] of anchors) {
    if (anchor.claim.strength > Strength.firstUse || isShared(anchor, who, around)) continue;
    const by = betterClaim(path, anchor, who, around);
    if (by) displaced.set(path, { anchor, by });
  }
  return displaced;
}

function isShared({ origin }: Anchor, { history }: Subject, around: Peers): boolean {
  const { account } = history.workload;
  const there = around.anchoredAt(originText(origin));
  return there.some(({ key, workload }) => key !== history.key && workload.account === account);
}

function betterClaim(path: Path, anchor: Anchor, who: Subject, around: Peers): string | null {
  const tried = new Set([anchor.origin.key]);
  const start = anchor.sighting.event.time;
  for (const sighting of who.history.sightings) {
    if (sighting.origin.path !== path || tried.has(sighting.origin.key)) continue;
    tried.add(sighting.origin.key);
    if (changedBetween(who, start, sighting)) return null;
    const better = claimThen({ ...sighting, time: start }, who, around);
    if (better && rivals(anchor, sighting, who, better))
      return `${originText(sighting.origin)} has the better claim: ${better.why}`;
  }
  return null;
}

function changedBetween({ life }: Subject, start: number, { event }: ProvenSighting): boolean {
  return (life?.doors ?? []).some((door) => door.time > start && door.time <= event.time);
}

/**
 * A workload has one default route at a time, so both cannot be its own: unless it was at the first and then moved. A NAT
 * gateway of its VPC speaks against every first use of less than two hours, weaker claims only against one that goes on.
 */
function rivals(anchor: Anchor, better: ProvenSighting, { history }: Subject, by: Better): boolean {
  const came = hourOf(better);
  const hours = [...new Set(history.sightings.filter(({ origin }) => origin.key === anchor.origin.key).map(hourOf))];
  if (by.kind === 'own') return true;
  if (by.kind === 'nat' && hours.filter((hour) => hour < came).length < ESTABLISHED) return true;
  return hourOf(anchor.sighting) === came || hours.some((hour) => hour > came);
}

/** Hours at an origin that make it more than a passing thief's. */
const ESTABLISHED = 2;

interface Better {
  readonly kind: 'own' | 'nat' | 'declared' | 'count';
  readonly why: string;
}

function hourOf({ event }: ProvenSighting): number {
  return Math.floor(event.time / 3_600_000);
}

/**
 * The better claim an origin had at the time of the first use. A NAT gateway counts where the workload's VPC is known, a
 * declared network where it was declared for the role: others are reached beside the default route.
 */
function claimThen({ origin, role, time }: Use, who: Subject, around: Peers): Better | null {
  const own = ownAddress(origin, time, who, around);
  if (own) return { kind: 'own', why: own.why };
  const nat = who.life?.vpcId ? natOf(origin, time, who, around) : null;
  if (nat) return { kind: 'nat', why: nat.why };
  const declared = declaredNetwork(origin, role, who, {
    ...around,
    trusted: around.trusted.filter(({ roles }) => roles?.length),
  });
  if (declared) return { kind: 'declared', why: declared.why };
  const count = egressByCount(origin, time, who, around);
  return origin.kind === 'public' && count.reached ? { kind: 'count', why: count.why } : null;
}
