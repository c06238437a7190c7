import { otherInstanceAt, slotOf } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { leftAddress } from '../left-address';
import { isoTime } from '../../model/event-time';
import { heldAt, lastEnded } from '../../network/tenures-in-time';

/** Only learned origins stay trusted; the other reasons are checked again for each sighting. */
const LEARNED = new Set(['first-use', 'first-use-unverified', 'door']);

/** An origin in the lock, unless its address was released or moved to another instance since. */
export const locked: Rule = { name: 'locked', apply };

function apply(input: RuleInput): RuleAnswer {
  const { learned, origin, subject, peers, sighting } = input;
  const entry = learned.lock.get(slotOf(origin, subject, peers));
  if (!entry || !(LEARNED.has(entry.because) || sighting.provenBy === 'chained')) return [];
  const lost = lossOf(input, entry.since) ?? leftAddress(input, entry.since);
  if (lost === null)
    return (entry.ruling ??= trusted(entry.because, `locked since ${isoTime(entry.since)}: ${entry.why}`));
  entry.until ??= lost.time;
  return ruledOut('locked-origin', lost.why);
}

/** When (epoch milliseconds) and why an address that was the workload's at `since` was lost; null while it may still be its own. */
export function lossOf(
  { origin, subject, peers, time }: RuleInput,
  since: number,
): { time: number; why: string } | null {
  if (origin.kind !== 'public' || origin.ip === null) return null;
  const other = otherInstanceAt(origin.ip, time, subject, peers);
  if (other) {
    const why = `the address went to ${other.holder.id} of account ${other.account} at ${isoTime(other.since)}`;
    return { time: other.since, why };
  }
  const tenures = peers.book.byAddress.get(origin.ip);
  const past = heldAt(tenures, time).length > 0 ? null : lastEnded(tenures, since, time);
  if (!past?.until) return null;
  return { time: past.until, why: `the address was released at ${isoTime(past.until)}` };
}
