import type { Anchor, Anchors } from './anchors';
import type { Subject } from './subject';
import type { DoorState, Ruling } from './rule';
import type { Peers } from './peers';
import type { Because } from '../model/finding';
import type { Path } from '../model/origin';
import type { Door } from '../network/network-book';
import { BEFORE } from '../network/address-tenure';

const HOUR = 3_600_000;
/** Software may still call, and credentials may still be issued, while the machine shuts down. */
export const SHUTDOWN = 15 * 60_000;

/** The doors of a workload, by time. */
export function doorsOf(subject: Subject, anchors: Anchors, peers: Peers): DoorState[] {
  const anchor = anchors.get('public-ipv4');
  const besides = anchor && !subject.history.kind.sitsOnHost ? doorsBeside(anchor, subject, peers) : [];
  const doors = [...(subject.life?.doors ?? []), ...restartsOf(subject), ...besides].sort((a, b) => a.time - b.time);
  return doors.map((door) => ({ door, closedBy: new Map() }));
}

/** A stopped instance gets no credentials, so an issuance after a stop shows a start that no record names, as EC2 restarts spot instances. */
function restartsOf({ history, life }: Subject): Door[] {
  const power = life?.power ?? [];
  return power.flatMap(({ on, time }, at) => {
    const next = power[at + 1]?.time ?? Infinity;
    const issued = on ? undefined : history.issuances.find((one) => one.time > time + SHUTDOWN && one.time < next);
    return issued ? [{ ...START, time: issued.time, eventId: issued.eventId }] : [];
  });
}

const START = { cause: 'start', admits: 'public', action: 'the restart' } as const;

/** An Elastic IP address that is older than the records shows whose it was only by going to another holder. */
function doorsBeside({ sighting, origin, claim }: Anchor, { history, life }: Subject, { book }: Peers): Door[] {
  if (claim.because === 'own-address' || claim.because === 'inventory')
    return life?.secondInterface ? [life.secondInterface] : [];
  const lost = (book.byAddress.get(origin.ip ?? '') ?? []).find(
    ({ holder, since }) =>
      holder.kind !== 'allocation' && holder.id !== history.workload.id && since > sighting.event.time,
  );
  return lost ? [{ ...LOST, time: lost.since, eventId: lost.sinceEvent, action: lost.sinceAction }] : [];
}

const LOST = { cause: 'eip-lost', admits: 'public' } as const;

/** Whether a door allows a new origin on a path at a time; a start certainly changed an automatic address. */
export function isDoorTo({ cause, admits, time: opened }: Door, path: Path, time: number, hours: number): boolean {
  const isLasting = cause === 'start' || cause === 'second-interface';
  if (time < opened - BEFORE || (!isLasting && time > opened + hours * HOUR)) return false;
  return admits === 'any' || path === 'public-ipv4';
}

/** A door admits one origin on each path, and with it all earlier changes of the address are used. */
export function enter(used: DoorState, doors: readonly DoorState[], path: Path, origin: string): void {
  used.closedBy.set(path, origin);
  for (const { door, closedBy } of doors)
    if (isChange(door) && isChange(used.door) && door.time <= used.door.time && !closedBy.has(path))
      closedBy.set(path, origin);
}

/** Closes the doors that a change of the public address opened, as the workload still has an old one. */
export function closeDoors(doors: readonly DoorState[], time: number): void {
  for (const { door, closedBy } of doors)
    if (isChange(door) && time > door.time && !closedBy.has('public-ipv4')) closedBy.set('public-ipv4', 'seen-again');
}

function isChange({ cause }: Door): boolean {
  return cause === 'start' || cause === 'eip-lost';
}

const OWN: ReadonlySet<Because> = new Set([
  'own-address',
  'inventory',
  'first-use',
  'first-use-unverified',
  'door',
  'issuance',
]);

/** A shared egress or declared network that is used beside the workload's own address shows nothing of that address. */
export function mayBeOwn({ because }: Extract<Ruling, { outcome: 'trusted' }>, anchors: Anchors): boolean {
  const first = anchors.get('public-ipv4')?.claim.because;
  return OWN.has(because) || (first !== undefined && first !== null && !OWN.has(first));
}
