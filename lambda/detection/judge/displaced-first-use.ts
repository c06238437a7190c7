import type { Anchor, Anchors, DisplacedFirstUse } from './anchors';
import { personAt, personAtFirstUse, personText } from './first-use-of-person';
import { claimOf, natOf, ownAddress, Strength, type Use } from './plausibility';
import { type Subject } from './subject';
import type { History, ProvenSighting } from '../facts/workload-history';
import { originText, type Path, type SeenOrigin } from '../model/origin';
import { egressByCount, samePool } from './egress-evidence';
import type { AnchoredWorkload, Peers } from './peers';
import { lastUntil } from '../model/in-time-order';
import { BEFORE } from '../network/address-tenure';

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
  const history = peers.historyOf(one.key);
  return history ? rivalledPlaces(history, peers).has(place) : one.isRivalled;
}

/** A history belongs to one judging basis, and large groups of victims ask for each other's. */
const known = new WeakMap<History, ReadonlySet<string>>();

/** The places of a workload's rivalled first uses, as `anchoredAt` takes them. */
export function rivalledPlaces(history: History, peers: Peers): ReadonlySet<string> {
  const before = known.get(history);
  if (before) return before;
  const rivalled = rivalledFirstUses(peers.subject(history), peers.anchors(history), peers);
  const places = new Set([...rivalled.values()].map(({ anchor }) => originText(anchor.origin)));
  known.set(history, places);
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
  const person = personAtFirstUse(anchor, subject, peers);
  for (const sighting of subject.history.sightings) {
    if (sighting.origin.path !== path || tried.has(sighting.origin.key)) continue;
    tried.add(sighting.origin.key);
    if (changedBetween(subject, start, sighting)) return null;
    const better = claimThen({ ...sighting, time: start }, subject, peers);
    if (better && rivals(anchor, sighting, subject, better) && !samePool(anchor, sighting.origin, subject, peers))
      return { by: `${originText(sighting.origin)} has the better claim: ${better.why}`, successor: null };
    const successor = person && withoutPerson(anchor, sighting, subject, peers);
    if (person && successor)
      return { by: `${originText(sighting.origin)} has the better claim: ${personText(person)}`, successor };
  }
  return null;
}

/** The first use at another origin, where no person called from and the workload has settled; a change that gave it explains both. */
function withoutPerson(anchor: Anchor, sighting: ProvenSighting, subject: Subject, peers: Peers): Anchor | null {
  const { origin, event } = sighting;
  const claim = claimOf({ ...sighting, time: event.time }, subject, peers);
  if (claim.strength !== anchor.claim.strength) return null;
  const { isEstablished, hours } = useOf(anchor, sighting, subject.history);
  if (isEstablished || hours < ESTABLISHED || personAt(origin, event.time, subject, peers)) return null;
  return { origin, sighting, claim, hours };
}

function changedBetween({ life }: Subject, start: number, { event }: ProvenSighting): boolean {
  const { doors = [] } = life ?? {};
  return (doors[lastUntil(doors, event.time)]?.time ?? start) > start;
}

/**
 * A workload has one default route at a time, so both origins cannot be its own unless it moved. A NAT gateway of its VPC
 * outweighs a first use of less than two hours, or one that is still in use afterwards; shared egress by count only one
 * that is both.
 */
function rivals(anchor: Anchor, better: ProvenSighting, { history }: Subject, by: Better): boolean {
  if (by.kind === 'own') return true;
  const { isEstablished, isSeenAfter } = useOf(anchor, better, history);
  return by.kind === 'nat' ? !isEstablished || isSeenAfter : !isEstablished && isSeenAfter;
}

/** Whether an anchor was used for hours before another origin, and is still in use afterwards; and hours at the other. */
function useOf(
  anchor: Anchor,
  other: ProvenSighting,
  history: History,
): { isEstablished: boolean; isSeenAfter: boolean; hours: number } {
  const came = hourOf(other);
  const hoursAt = ({ key }: SeenOrigin): number[] => [
    ...new Set(history.sightings.filter(({ origin }) => origin.key === key).map(hourOf)),
  ];
  const hours = hoursAt(anchor.origin);
  return {
    hours: hoursAt(other.origin).length,
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

/** Distinct hours at an origin from which on it counts as established. */
const ESTABLISHED = 2;

interface Better {
  readonly kind: 'own' | 'nat' | 'count';
  readonly why: string;
}

function hourOf({ event }: ProvenSighting): number {
  return Math.floor(event.time / 3_600_000);
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
  return kind === 'endpoint' && tenure?.sinceAction === 'AssignPrivateIpAddresses';
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
