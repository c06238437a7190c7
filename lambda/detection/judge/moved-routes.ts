import type { Anchors } from './anchors';
import { SHUTDOWN } from './doors';
import type { NetworkContext } from './plausibility';
import type { Subject } from './subject';
import type { ProvenSighting } from '../facts/workload-history';
import { countUntil } from '../model/in-time-order';
import { BEFORE } from '../network/address-tenure';
import type { EgressMove } from '../network/network-book';

const HOUR = 3_600_000;

/**
 * The origins that a workload moved to with a change of routes, or after it may have lost its Elastic IP address, by key: the
 * first new one after the change, if no earlier one is seen again. Which workloads a change concerns is known only as far as its VPC and subnet are.
 */
export function movedByRoutes(
  subject: Subject,
  anchors: Anchors,
  { book, settings }: NetworkContext,
): ReadonlyMap<string, EgressMove> {
  const moved = new Map<string, EgressMove>();
  const because = anchors.get('public-ipv4')?.claim.because;
  if (because === undefined || because === 'own-address' || because === 'inventory') return moved;
  const calls = subject.history.sightings.filter(({ origin }) => origin.path === 'public-ipv4');
  const firstSeen = new Map<string, number>();
  for (const { origin, event } of calls) if (!firstSeen.has(origin.key)) firstSeen.set(origin.key, event.time);
  if (firstSeen.size < 2) return moved;
  for (const route of book.moves.get(subject.history.workload.account) ?? []) {
    const key = concerns(route, subject) ? movedWith(route, calls, firstSeen, settings.doorHours * HOUR) : null;
    if (key !== null) moved.set(key, route);
  }
  return moved;
}

function movedWith(
  { time: changed }: EgressMove,
  calls: readonly ProvenSighting[],
  firstSeen: ReadonlyMap<string, number>,
  duration: number,
): string | null {
  let next: string | null = null;
  const before = countUntil(calls.length, (index) => calls[index]?.event.time, changed - BEFORE);
  if (before === 0) return null;
  for (let at = before; ; at += 1) {
    const call = calls[at];
    if (!call || call.event.time > changed + duration) return next;
    const { key } = call.origin;
    if ((firstSeen.get(key) ?? 0) > changed - BEFORE) next ??= key;
    else if (call.event.time > changed + SHUTDOWN) return null;
  }
}

/** Whether a change of routes may have moved the workload within a time (epoch milliseconds). */
export function mayHaveMoved(subject: Subject, since: number, until: number, { book }: NetworkContext): boolean {
  const moves = book.moves.get(subject.history.workload.account) ?? [];
  return moves.some((move) => move.time >= since - BEFORE && move.time <= until && concerns(move, subject));
}

function concerns(route: EgressMove, { life, region, vpcId }: Subject): boolean {
  return isSame(route.region, region) && isSame(route.vpcId, vpcId) && isSame(route.subnetId, life?.subnetId ?? null);
}

/** True also where one of the two is unknown. */
function isSame(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}
