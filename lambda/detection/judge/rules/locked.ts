import { otherInstanceAt } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { isoTime } from '../../model/event-time';
import { slotOf } from '../plausibility';
import { holdsAt } from '../../network/address-tenure';

/** What was learned stays; what the network gives is asked anew each time. */
const LEARNED = new Set(['first-use', 'first-use-unverified', 'door']);

/** Rule 6: an origin in the lock, still valid. An address that went to somebody else is theirs. */
export const locked: Rule = { name: 'locked', apply };

function apply(trial: RuleInput): RuleAnswer {
  const { learned, origin, who, around } = trial;
  const entry = learned.lock.get(slotOf(origin, who, around));
  if (!entry || !LEARNED.has(entry.because)) return [];
  const lost = lossOf(trial, entry.since);
  if (lost === null) return trusted(entry.because, `locked since ${isoTime(entry.since)}: ${entry.why}`);
  entry.until ??= lost.time;
  return ruledOut('locked-origin', lost.why);
}

/** When and why an address stopped being what it was at `since` (epoch milliseconds); null while it may still be. */
export function lossOf({ origin, who, around, time }: RuleInput, since: number): { time: number; why: string } | null {
  if (origin.kind !== 'public' || origin.ip === null) return null;
  const other = otherInstanceAt(origin.ip, time, who, around);
  if (other) {
    const why = `the address went to ${other.holder.id} of account ${other.account} at ${isoTime(other.since)}`;
    return { time: other.since, why };
  }
  const tenures = around.book.byAddress.get(origin.ip) ?? [];
  const past = tenures.findLast(({ until }) => until !== null && until >= since && until <= time);
  if (!past?.until || tenures.some((tenure) => holdsAt(tenure, time))) return null;
  return { time: past.until, why: `the address was given back at ${isoTime(past.until)}` };
}
