import { mayAnchor } from './anchors';
import { claimOf, Strength, type NetworkContext } from './plausibility';
import { relayedOrigins } from './relayed-origins';
import type { Subject } from './subject';
import type { Door } from '../network/network-book';

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
  return doors.flatMap((door) => receivedThrough(door, subject, network) ?? []);
}

function receivedThrough(door: Door, subject: Subject, network: NetworkContext): ReceivedAddress | null {
  const relayed = relayedOrigins(subject, network);
  const before = new Set<string>();
  for (const sighting of subject.history.sightings) {
    const { origin, event } = sighting;
    if (origin.path !== 'public-ipv4' || origin.ip === null) continue;
    if (event.time < door.time) before.add(origin.key);
    else if (
      !before.has(origin.key) &&
      event.time <= door.time + network.settings.doorHours * HOUR &&
      mayAnchor(sighting, relayed) &&
      claimOf({ ...sighting, time: event.time }, subject, network).strength === Strength.firstUse
    )
      return { address: origin.ip, time: door.time, eventId: door.eventId, action: door.action };
  }
  return null;
}
