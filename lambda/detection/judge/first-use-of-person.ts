import type { Anchor, Anchors } from './anchors';
import { egressByCount, egressOfAccount } from './egress-evidence';
import type { Peers } from './peers';
import { Strength } from './plausibility';
import type { Subject } from './subject';
import type { PersonCall } from '../facts/facts';
import type { History } from '../facts/workload-history';
import { isoTime } from '../model/event-time';
import { originText, type Path, type SeenOrigin } from '../model/origin';

/** Milliseconds after which a workload that is still seen at an address has got new credentials there. */
const OUTLASTED = 12 * 3_600_000;

/**
 * The call of a person that makes the first use of an address implausible: it came before, and nothing supports the
 * address. It may be the person's machine, or the workload's own, on which the person works; a workload that goes on
 * calling from there gets new credentials there. Egress is used by people and workloads alike.
 */
export function personAtFirstUse(anchor: Anchor, subject: Subject, peers: Peers): PersonCall | null {
  return anchor.claim.strength > Strength.firstUse
    ? null
    : personAt(anchor.origin, anchor.sighting.event.time, subject, peers);
}

/** Those calls, by path. */
export function peopleAtFirstUses(subject: Subject, anchors: Anchors, peers: Peers): ReadonlyMap<Path, PersonCall> {
  const people = new Map<Path, PersonCall>();
  for (const [path, anchor] of anchors) {
    const person = personAtFirstUse(anchor, subject, peers);
    if (person) people.set(path, person);
  }
  return people;
}

/** The same for an origin that the workload was seen at since `time` (epoch milliseconds). */
export function personAt(origin: SeenOrigin, time: number, subject: Subject, peers: Peers): PersonCall | null {
  if (origin.kind !== 'public' || origin.ip === null) return null;
  const { history } = subject;
  const person = peers.people.before(origin.ip, history.workload.account, time);
  if (!person || lastSeenAt(history, origin) >= time + OUTLASTED || isWithHost(origin, subject, peers)) return null;
  const isEgress = egressByCount(origin, time, subject, peers).reached || egressOfAccount(origin, time, subject, peers);
  return isEgress ? null : person;
}

export function personText({ address, who, time, eventId }: PersonCall): string {
  return `${who} called from ${address} before, at ${isoTime(time)} (record ${eventId}), so it may be a person’s machine`;
}

/** Tasks and pods are where their hosts are. */
function isWithHost(origin: SeenOrigin, { history }: Subject, peers: Peers): boolean {
  const { key, kind, workload } = history;
  const isOther = (other: { key: string; workload: { account: string } }): boolean =>
    other.key !== key && other.workload.account === workload.account;
  return kind.sitsOnHost && peers.anchoredAt(originText(origin)).some(isOther);
}

/** A history belongs to one judging basis. */
const lastSeen = new WeakMap<History, ReadonlyMap<string, number>>();

function lastSeenAt(history: History, { key }: SeenOrigin): number {
  const times =
    lastSeen.get(history) ?? new Map(history.sightings.map(({ origin, event }) => [origin.key, event.time]));
  lastSeen.set(history, times);
  return times.get(key) ?? 0;
}
