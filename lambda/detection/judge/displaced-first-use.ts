import type { Anchor, Anchors, DisplacedFirstUse } from './anchors';
import { personAt, personAtFirstUse, personText } from './first-use-of-person';
import { natOf, ownAddress, Strength, type Use } from './plausibility';
import { type Subject } from './subject';
import type { History, ProvenSighting } from '../facts/workload-history';
import { originText, type Path, type SeenOrigin } from '../model/origin';
import { egressByCount, samePool } from './egress-evidence';
import { mayHaveMoved } from './moved-routes';
import type { AnchoredWorkload, Peers } from './peers';
import { changedBetween, ESTABLISHED, hourOf, successorOf } from './successor';
import { BEFORE } from '../network/address-tenure';

/** Workloads that first called from one address before others' addresses show it to be an attacker's. */
const VICTIMS = 5;

/**
 * First uses that give way to a later origin, because its better claim already held at the time of the first use: the
 * earlier origin is then the suspect. Not where a change in between explains both, another workload is anchored at the first
 * origin without having a better claim elsewhere, or the workload simply moved from one to the other.
 */
export function displacedFirstUses(subject: Subject, anchors: Anchors, peers: Peers): Map<Path, DisplacedFirstUse> {
  const displaced = new Map<Path, DisplacedFirstUse>();
  for (const [path, rivalled] of rivalledFirstUses(subject, anchors, peers))
    if (!isShared(rivalled.anchor, subject, peers)) displaced.set(path, rivalled);
  return displaced;
}

/** First uses that a later origin has a better claim than, whether or not other workloads call from there. */
export function rivalledFirstUses(subject: Subject, anchors: Anchors, peers: Peers): Map<Path, DisplacedFirstUse> {
  const rivalled = new Map<Path, DisplacedFirstUse>();
  for (const [path, anchor] of anchors) {
    if (anchor.claim.strength > Strength.firstUse) continue;
    const by = betterClaim(path, anchor, subject, peers);
    if (by) rivalled.set(path, { anchor, ...by });
  }
  return rivalled;
}

/** Victims of one attacker do not vouch for each other: a workload with a better claim elsewhere does not count. */
function isShared({ origin }: Anchor, { history }: Subject, peers: Peers): boolean {
  const { account } = history.workload;
  const place = originText(origin);
  const there = peers.anchoredAt(place);
  return there.some(
    (one) => one.key !== history.key && one.workload.account === account && !isRivalledAt(one, place, peers),
  );
}

/** True if a workload anchored at a place has a better claim at another origin. */
export function isRivalledAt(one: AnchoredWorkload, place: string, peers: Peers): boolean {
  const known = peers.rivalled.get(one.key);
  if (known) return known.has(place);
  const history = peers.historyOf(one.key);
  return history ? rivalledPlaces(history, peers).has(place) : one.isRivalled;
}

/** The places of a workload's rivalled first uses, as `anchoredAt` takes them. Large groups of victims ask for each other's. */
export function rivalledPlaces(history: History, peers: Peers): ReadonlySet<string> {
  const known = peers.rivalled.get(history.key);
  if (known) return known;
  const rivalled = rivalledFirstUses(peers.subject(history), peers.anchors(history), peers);
  const places = new Set([...rivalled.values()].map(({ anchor }) => originText(anchor.origin)));
  peers.rivalled.set(history.key, places);
  return places;
}

function betterClaim(
  path: Path,
  anchor: Anchor,
  subject: Subject,
  peers: Peers,
): Omit<DisplacedFirstUse, 'anchor'> | null {
  const tried = new Set([anchor.origin.key]);
  const start = anchor.sighting.event.time;
  for (const sighting of subject.history.sightings) {
    if (sighting.origin.path !== path || tried.has(sighting.origin.key)) continue;
    tried.add(sighting.origin.key);
    if (changedBetween(subject, start, sighting)) break;
    const better = claimThen({ ...sighting, time: start }, subject, peers);
    if (
      better &&
      rivals({ anchor, sighting, better }, subject, peers) &&
      !samePool(anchor, sighting.origin, subject, peers)
    )
      return { by: `${originText(sighting.origin)} has the better claim: ${better.why}`, successor: null };
  }
  return betterSuccessor(anchor, subject, peers);
}

/**
 * Where only others show that the first use was somebody else's: a person called from there before, or as many workloads as
 * share an egress first called from there, each of which settled at an address of its own.
 */
function betterSuccessor(anchor: Anchor, subject: Subject, peers: Peers): Omit<DisplacedFirstUse, 'anchor'> | null {
  const successor = successorOf(anchor, subject, peers);
  if (!successor || samePool(anchor, successor.origin, subject, peers)) return null;
  const better = `${originText(successor.origin)} has the better claim`;
  const person = personAtFirstUse(anchor, subject, peers);
  if (person && !personAt(successor.origin, successor.sighting.event.time, subject, peers))
    return { by: `${better}: ${personText(person)}`, successor };
  const place = originText(anchor.origin);
  const victims = peers.successorsOf(place, subject.history.workload.account);
  if (victims < VICTIMS) return null;
  return { by: `${better}: ${victims} workloads first called from ${place}, and each settled elsewhere`, successor };
}

/**
 * A workload has one default route at a time, so both origins cannot be its own unless it moved. A NAT gateway of its VPC
 * outweighs a first use of less than two hours, or one that is still in use afterwards; shared egress by count only one
 * that is both, or of less than two hours after a launch on record since which no route changed.
 */
function rivals({ anchor, sighting, better }: Rival, subject: Subject, peers: Peers): boolean {
  if (better.kind === 'own') return true;
  const { isEstablished, isSeenAfter } = useOf(anchor, sighting, subject.history);
  if (better.kind === 'nat') return !isEstablished || isSeenAfter;
  const launched = subject.life?.launched ?? null;
  const hasStayed = launched !== null && !mayHaveMoved(subject, launched, sighting.event.time, peers);
  return !isEstablished && (isSeenAfter || hasStayed);
}

/** Whether an anchor was used for hours before another origin, and is still in use afterwards. */
function useOf(
  anchor: Anchor,
  other: ProvenSighting,
  history: History,
): { isEstablished: boolean; isSeenAfter: boolean } {
  const came = hourOf(other);
  const hours = [...new Set(history.sightings.filter(({ origin }) => origin.key === anchor.origin.key).map(hourOf))];
  return {
    isEstablished: hours.filter((hour) => hour < came).length >= ESTABLISHED,
    isSeenAfter: hourOf(anchor.sighting) === came || hours.some((hour) => hour > came),
  };
}

/**
 * The first use beside which an address that others share is no egress of this workload: it was established before the
 * workload was first seen at the address, and is still in use. An attacker with a few instances can make such an egress.
 */
export function firstUseBeside({ key, path }: SeenOrigin, subject: Subject, peers: Peers): Anchor | null {
  const { history } = subject;
  const anchor = path && peers.anchors(history).get(path);
  const came = history.sightings.find(({ origin }) => origin.key === key);
  if (
    !anchor ||
    !came ||
    anchor.claim.strength > Strength.firstUse ||
    changedBetween(subject, anchor.sighting.event.time, came)
  )
    return null;
  const { isEstablished, isSeenAfter } = useOf(anchor, came, history);
  return isEstablished && isSeenAfter && !samePool(anchor, came.origin, subject, peers) ? anchor : null;
}

interface Better {
  readonly kind: 'own' | 'nat' | 'count';
  readonly why: string;
}

interface Rival {
  readonly anchor: Anchor;
  readonly sighting: ProvenSighting;
  readonly better: Better;
}

/** A private address that was added to an interface, or a public one beside a second interface, is not the only one. */
function isSecondary(
  { kind, address }: SeenOrigin,
  time: number,
  { history, life }: Subject,
  { book }: Peers,
): boolean {
  if (kind === 'public') return (life?.secondInterface?.time ?? Infinity) <= time;
  const { account, id } = history.workload;
  const tenure = book.ownAddress(account, id, address, time);
  return kind !== 'implausible' && tenure?.sinceAction === 'AssignPrivateIpAddresses';
}

/**
 * The better claim an origin had at the time of the first use. Tenures begin a minute early where they explain a call; here,
 * where they make another address the suspect, they begin a minute late. NAT gateways count only where the workload's VPC is known.
 * Declared networks never do: a proxy may be reached beside the default route, by one role as by all.
 */
function claimThen({ origin, time }: Omit<Use, 'role'>, subject: Subject, peers: Peers): Better | null {
  const settled = time - 2 * BEFORE;
  const own = ownAddress(origin, settled, subject, peers);
  if (own && !isSecondary(origin, settled, subject, peers)) return { kind: 'own', why: own.why };
  const nat = subject.life?.vpcId && origin.kind === 'public' ? natOf(origin, settled, subject, peers) : null;
  if (nat) return { kind: 'nat', why: nat.why };
  const count = egressByCount(origin, time, subject, peers);
  return origin.kind === 'public' && count.reached ? { kind: 'count', why: count.why } : null;
}
