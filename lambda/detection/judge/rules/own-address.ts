import { ownAddress } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { isoTime } from '../../model/event-time';
import { covers } from '../../network/network-book';
import { holdsAt, type Tenure } from '../../network/address-tenure';

/** Rule 5: an address the records gave to the workload, at that time. */
export const ownAddressRule: Rule = { name: 'own-address', apply };

function apply(trial: RuleInput): RuleAnswer {
  const claim = ownAddress(trial.origin, trial.time, trial.who, trial.around);
  if (!claim) return trial.origin.path === null ? [] : ruledOut('own-address', whyNot(trial));
  return trusted(claim.because ?? 'own-address', claim.why, claim.events, tenureOf(trial)?.until ?? null);
}

function tenureOf({ who, origin, time }: RuleInput): Tenure | null {
  const had = who.life?.tenures.filter((tenure) => covers(tenure, origin.ip ?? '')) ?? [];
  return had.findLast((tenure) => holdsAt(tenure, time)) ?? had.at(-1) ?? null;
}

function whyNot(trial: RuleInput): string {
  const had = tenureOf(trial);
  if (had && had.until !== null && had.until < trial.time)
    return `it had ${had.address} only until ${isoTime(had.until)}`;
  if (had) return `it has ${had.address} only since ${isoTime(had.since)}`;
  const held = trial.around.book.holderOf(trial.origin.ip ?? '', trial.time);
  if (held && held.holder.id !== trial.who.history.workload.id)
    return `${held.holder.id} of account ${held.account} had the address at the time`;
  const known = trial.who.life?.tenures.length ?? 0;
  return known === 0
    ? 'no record gives the workload any address'
    : `none of the ${known} addresses the records gave it`;
}
