import type { Anchor, Anchors } from './anchors';
import type { Subject } from './subject';
import type { Ruling } from './rule';
import type { Peers } from './peers';
import { Doors } from './door-states';
import { INVENTORY } from '../facts/facts';
import type { Because } from '../model/finding';
import { lastUntil } from '../model/in-time-order';
import type { Door } from '../network/network-book';

/** Software may still call, and credentials may still be issued, while the machine shuts down. */
export const SHUTDOWN = 15 * 60_000;

/** The doors of a workload. */
export function doorsOf(subject: Subject, anchors: Anchors, peers: Peers): Doors {
  const anchor = anchors.get('public-ipv4');
  const besides = anchor && !subject.history.kind.sitsOnHost ? doorsBeside(anchor, subject, peers) : [];
  return new Doors([...(subject.life?.doors ?? []), ...restartsOf(subject), ...besides], peers.settings.doorHours);
}

/** A stopped instance gets no credentials, so an issuance after a stop shows a start that no record names, as EC2 restarts spot instances. */
function restartsOf({ history, life }: Subject): Door[] {
  const power = life?.power ?? [];
  return power.flatMap(({ on, time }, at) => {
    const next = power[at + 1]?.time ?? Infinity;
    const issued = on ? undefined : history.issuances[lastUntil(history.issuances, time + SHUTDOWN) + 1];
    return issued && issued.time < next ? [{ ...START, time: issued.time, eventId: issued.eventId }] : [];
  });
}

const START = { cause: 'start', admits: 'public', action: 'the restart' } as const;

/**
 * An Elastic IP address that is older than the records shows whose it was only by going to another holder; where the
 * record names its allocation alone, by the first address that the other instance shows from then on.
 */
function doorsBeside({ sighting, origin, claim }: Anchor, { history, life }: Subject, peers: Peers): Door[] {
  if (claim.because === 'own-address' || claim.because === 'inventory')
    // An inventory that shows a second interface shows its public address as well.
    return life?.secondInterface && life.secondInterface.action !== INVENTORY ? [life.secondInterface] : [];
  const since = sighting.event.time;
  const received = peers
    .receivedAt(origin.address)
    .filter(({ key, account, time }) => key !== history.key && account === history.workload.account && time > since)
    .map(({ time, eventId, action }) => ({ ...LOST, time, eventId, action }));
  const lost = (peers.book.byAddress.get(origin.address) ?? []).find(
    ({ holder, since: from }) => holder.kind !== 'allocation' && holder.id !== history.workload.id && from > since,
  );
  const known = lost ? [{ ...LOST, time: lost.since, eventId: lost.sinceEvent, action: lost.sinceAction }] : [];
  return [...known, ...received];
}

const LOST = { cause: 'eip-lost', admits: 'public' } as const;

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
