import type { Change, Grant } from '../facts/facts';
import type { Maker } from '../facts/makers';
import type { History } from '../facts/workload-history';
import type { CidrSet } from '../model/address';
import { isoTime } from '../model/event-time';
import { originOf, originText, type SeenOrigin } from '../model/origin';
import type { WorkloadKey } from '../model/workload';
import { compareText } from '../model/compare-text';

/** A network change that is left out of the book because a workload's session made it away from the workload's base. */
export interface RejectedChange {
  readonly change: Change;
  /** Null for a change by a principal that the workload's session made: it is evidence about the instance it names alone. */
  readonly madeBy: WorkloadKey | null;
  /** Continues a sentence about the change: `was made …`. */
  readonly why: string;
}

export function rejectedChange(change: Change, maker: Maker, privateNetworks: CidrSet): RejectedChange {
  const { history, by, grant } = maker;
  const why = whyRejected(history.workload.id, originOf(by.source, privateNetworks), grant);
  return { change, madeBy: grant ? null : history.key, why };
}

function whyRejected(id: string, origin: SeenOrigin, grant: Grant | null): string {
  const place = originText(origin);
  const made = grant
    ? `was made by a principal that the credentials of ${id} made or opened (record ${grant.eventId})`
    : `was made with the credentials of ${id}`;
  if (origin.kind !== 'service') return `${made} from ${place}, which is not its own origin`;
  if (!origin.attributed) return `${made} by ${place}, and no invokedBy shows that the service made it`;
  const session = `a session of ${id}, which had been used away from its own origins`;
  return grant ? `${made} through ${place}, for ${session}` : `was made by ${place} for ${session}`;
}

/** Which change was rejected, and why. */
export function rejectedText({ change: { action, time, eventId }, why }: RejectedChange): string {
  return `${action} at ${isoTime(time)} (record ${eventId}) ${why}, so it explains nothing`;
}

/** Orders rejected changes, whatever the order in which they were read. */
export function byTime({ change: a }: RejectedChange, { change: b }: RejectedChange): number {
  return a.time - b.time || compareText(a.id, b.id);
}

/** By public address, private address and VPC endpoint: the rejected changes that gave it to somebody, or created it. */
export function byGiven(rejected: readonly RejectedChange[]): ReadonlyMap<string, readonly RejectedChange[]> {
  const given = new Map<string, RejectedChange[]>();
  for (const one of rejected) {
    const { publicIps, interfaces, endpointIds, action } = one.change;
    const addresses = interfaces.flatMap(({ privateIps, ipv6 }) => [...privateIps, ...ipv6]);
    const created = action === 'CreateVpcEndpoint' ? endpointIds : [];
    for (const name of new Set([...publicIps, ...addresses, ...created]))
      given.set(name, [...(given.get(name) ?? []), one]);
  }
  return given;
}

/** The rejected change that gave a workload this address, or created this endpoint for anyone, by the time of the call. */
export function givenBefore(
  { address, endpoint }: SeenOrigin,
  time: number,
  { key, workload: { account, id } }: History,
  given: ReadonlyMap<string, readonly RejectedChange[]>,
): RejectedChange | null {
  const concerns = ({ change, madeBy }: RejectedChange): boolean =>
    change.time <= time && (madeBy === key || (change.instanceId === id && change.account === account));
  const created = given.get(endpoint)?.find(({ change }) => change.time <= time);
  return created ?? given.get(address)?.find(concerns) ?? null;
}
