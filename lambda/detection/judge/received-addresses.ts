import { mayAnchor } from './anchors';
import { claimOf, Strength, type NetworkContext } from './plausibility';
import { relayedOrigins } from './relayed-origins';
import type { Subject } from './subject';
import { countUntil } from '../model/in-time-order';

const HOUR = 3_600_000;

/** A public address that an instance first showed after an Elastic IP address of unknown address was associated with it. */
export interface ReceivedAddress {
  readonly address: string;
  /** Of the association, in epoch milliseconds. */
  readonly time: number;
  readonly eventId: string;
  readonly action: string;
}

/** The addresses that associations of unknown Elastic IP addresses most likely gave to an instance. */
export function receivedAddresses(subject: Subject, network: NetworkContext): ReceivedAddress[] {
  const doors = (subject.life?.doors ?? []).filter(({ cause }) => cause === 'unknown-eip');
  if (doors.length === 0) return [];
  const plausible = plausibleFirstCalls(subject, network);
  return doors.flatMap(({ time, eventId, action }) => {
    const next = plausible[countUntil(plausible.length, (at) => plausible[at]?.time, time - 1)];
    const isLate = !next || next.time > time + network.settings.doorHours * HOUR;
    return isLate ? [] : { address: next.address, time, eventId, action };
  });
}

/** The first call from each public IPv4 address that may be the instance's own, in order of time. */
function plausibleFirstCalls(subject: Subject, network: NetworkContext): { address: string; time: number }[] {
  const relayed = relayedOrigins(subject, network);
  const seen = new Set<string>();
  const found: { address: string; time: number }[] = [];
  for (const sighting of subject.history.sightings) {
    const { origin, event } = sighting;
    if (origin.path !== 'public-ipv4' || origin.ip === null || seen.has(origin.key)) continue;
    seen.add(origin.key);
    const { strength } = claimOf({ ...sighting, time: event.time }, subject, network);
    if (mayAnchor(sighting, relayed) && strength === Strength.firstUse)
      found.push({ address: origin.ip, time: event.time });
  }
  return found;
}
