import { FINDING_TYPE_TABLE } from '../../findings/finding-types';
import { claimOf, Strength, slotOf, type Claim } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer, type Ruling } from '../rule';
import type { PersonCall } from '../../facts/facts';
import { isoTime } from '../../model/event-time';
import type { LatestDoor } from '../door-states';
import { mayAnchor, type Anchor } from '../anchors';
import type { EgressMove } from '../../network/network-book';
import { clusterText, placeText, type Path } from '../../model/origin';
import { personAt, personText } from '../first-use-of-person';
import { lateFirstUse } from '../late-first-use';
import { findingByOwner, ownerOf } from '../ownership';
import { isLockedToIssuance } from './issuance';
import { lossOf } from './locked';
import { isFirstBesideHost } from '../agent-on-host';
import { rejectedText, type RejectedChange } from '../rejected-change';

/** The workload's first use on a path, or one new origin through a door that a network change opened. */
export const firstUse: Rule = { name: 'first-use', apply };

function apply(input: RuleInput): RuleAnswer {
  const { origin, learned, subject, peers, sighting, time } = input;
  if (origin.path === null)
    return ruledOut('first-use', 'a private address without a VPC endpoint cannot be a first use');
  if (isLockedToIssuance(input)) return [];
  const anchor = learned.anchors.get(origin.path) ?? null;
  const slot = slotOf(origin, subject, peers);
  if (anchor && slotOf(anchor.origin, subject, peers) === slot && !learned.lock.has(slot)) return first(anchor, input);
  const claim = claimOf({ origin, role: sighting.role, time }, subject, peers);
  if (anchor && isFirstBesideHost(anchor, slot, input))
    return trusted('first-use', `first use of role ${sighting.role}, beside the agent on the host: ${claim.why}`);
  return throughDoor(claim, input) ?? notFirst(claim, anchor, input);
}

function throughDoor({ strength, why }: Claim, input: RuleInput): Ruling | null {
  const { origin, sighting, learned, subject, peers } = input;
  if (origin.path === null || strength === Strength.none || isAnothers(input)) return null;
  if (!mayAnchor(sighting, learned.relayed)) return null;
  const doors = learned.doors.on(origin.path);
  const people: PersonCall[] = [];
  const door = doors.admit(origin.key, input.time, ({ time: opened }) => {
    if (lossOf(input, opened) !== null) return false;
    const person = strength > Strength.firstUse ? null : personAt(origin, input.time, subject, peers);
    if (person) people.push(person);
    return !person;
  });
  for (const person of people) return uncertain(personText(person), [person.eventId], input);
  const moved = door ? undefined : learned.moved.get(origin.key);
  if (moved && lossOf(input, moved.time) === null)
    return trusted('door', `${moved.action} at ${isoTime(moved.time)} ${effectOf(moved)}; ${why}`, [moved.eventId]);
  if (!door) return null;
  const { action, time, eventId } = door;
  return trusted('door', `${action} at ${isoTime(time)} gave the workload an address that no record names; ${why}`, [
    eventId,
  ]);
}

function effectOf({ action }: EgressMove): string {
  return action === 'DisassociateAddress' ? 'may have taken its address' : 'may lead to another egress';
}

/** A change gives an address of the workload's own: not that of another instance, which may forward the traffic of others. */
function isAnothers({ origin, time, subject, peers }: RuleInput): boolean {
  const holder = origin.kind === 'public' ? peers.book.holderOf(origin.address, time)?.holder : undefined;
  return holder?.kind === 'instance' && holder.id !== subject.history.workload.id && !subject.history.kind.sitsOnHost;
}

function notFirst({ strength, why }: Claim, anchor: Anchor | null, input: RuleInput): RuleAnswer {
  const { path } = input.origin;
  const plausible = strength > Strength.none;
  const displaced = path === null ? undefined : input.learned.displaced.get(path);
  const before = displaced?.anchor.origin.key === input.origin.key ? `it was the first, but ${displaced.by}` : null;
  return [
    ...ruledOut('first-use', () => before ?? (plausible && anchor && path ? whyNotFirst(anchor, path) : why)),
    ...ruledOut('address-change', whyNoDoor(input, plausible)),
  ];
}

function first(anchor: Anchor, input: RuleInput): RuleAnswer {
  const { claim } = anchor;
  const { origin, learned } = input;
  const path = origin.path ?? 'endpoint';
  const displaced = learned.displaced.get(path);
  if (displaced && !displaced.successor) return ruledOut('first-use', `it was the first, but ${displaced.by}`);
  const late = lateFirstUse(anchor, input);
  if (late !== null) return uncertain(late, [], input);
  const person = learned.people.get(path);
  if (person) return uncertain(personText(person), [person.eventId], input);
  return trusted(claim.because ?? 'first-use', `first use on ${pathName(path)}: ${claim.why}`, claim.events);
}

/** A first use that may be the workload's own as well as an attacker's. */
function uncertain(why: string, events: readonly string[], input: RuleInput): Ruling {
  const { type, severity } = findingByOwner(ownerOf(input), input);
  const finding = { type, severity: FINDING_TYPE_TABLE[type].uncertainSeverity ?? severity };
  return { outcome: 'suspicious', why, finding, events };
}

function whyNotFirst({ origin, sighting }: Anchor, path: Path): string {
  return `its first use on ${pathName(path)} was ${placeText(origin)} at ${isoTime(sighting.event.time)}`;
}

export function pathName(path: string): string {
  if (path.startsWith('cluster/')) return `the network of ${clusterText(path)}`;
  return { 'public-ipv4': 'the public IPv4 path', 'public-ipv6': 'the public IPv6 path' }[path] ?? 'the endpoint path';
}

/** Doors close while sightings are judged, so that the last one is looked up at once. */
function whyNoDoor(input: RuleInput, plausible: boolean): () => string {
  const { origin, time, learned } = input;
  const latest = origin.path === null ? null : learned.doors.on(origin.path).latest(time);
  return () => noDoorText(input, latest, plausible && !isAnothers(input));
}

function noDoorText(input: RuleInput, latest: LatestDoor | null, plausible: boolean): string {
  const rejected = rejectedSince(input);
  if (rejected) return rejectedText(rejected);
  const { time, learned, peers } = input;
  const opened = latest && `${latest.door.action} at ${isoTime(latest.door.time)}`;
  if (opened && !plausible) return `${opened} allows a new address, but not one like this`;
  if (latest?.isSeenAgain) return `after ${opened ?? ''} the old address was seen again`;
  if (opened) return `${opened} allows one new address, and another origin was the first`;
  const last = learned.doors.lastUntil(time);
  if (last)
    return `the last change, ${last.action} at ${isoTime(last.time)}, was more than ${peers.settings.doorHours} h before the call or on another path`;
  return 'no ENI, EIP or start event for this workload before the call';
}

/** The last rejected change before the call, if no accepted one followed that could explain it. */
function rejectedSince({ subject, peers, learned, time }: RuleInput): RejectedChange | undefined {
  const since = learned.doors.lastUntil(time)?.time ?? 0;
  return peers.rejectedChanges(subject.history).findLast(({ change }) => change.time > since && change.time <= time);
}
