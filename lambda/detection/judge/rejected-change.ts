import type { Change } from '../facts/facts';
import type { History } from '../facts/workload-history';
import type { CidrSet } from '../model/address';
import { isoTime } from '../model/event-time';
import { originOf, originText, type SeenOrigin } from '../model/origin';
import type { WorkloadKey } from '../model/workload';

/** A network change that is left out of the book because a workload's session made it away from the workload's base. */
export interface RejectedChange {
  readonly change: Change;
  readonly madeBy: WorkloadKey;
  /** Continues a sentence about the change: `was made …`. */
  readonly why: string;
}

export function rejectedChange(change: Change, maker: History, privateNetworks: CidrSet): RejectedChange {
  const origin = change.by && originOf(change.by.source, privateNetworks);
  return { change, madeBy: maker.key, why: whyRejected(maker.workload.id, origin) };
}

function whyRejected(id: string, origin: SeenOrigin | null): string {
  const place = origin ? originText(origin) : 'an unknown origin';
  if (origin?.kind !== 'service')
    return `was made with the credentials of ${id} from ${place}, which is not its own origin`;
  if (!origin.attributed)
    return `was made with the credentials of ${id} by ${place}, and no invokedBy shows that the service made it`;
  return `was made by ${place} for a session of ${id}, which had been used away from its own origins`;
}

/** Which change was rejected, and why. */
export function rejectedText({ change: { action, time, eventId }, why }: RejectedChange): string {
  return `${action} at ${isoTime(time)} (record ${eventId}) ${why}, so it explains nothing`;
}
