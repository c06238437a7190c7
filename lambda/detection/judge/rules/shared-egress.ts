import { natOf } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { egressByCount, egressOfAccount } from '../egress-evidence';

/** Rule 8: an address that many workloads leave by. */
export const sharedEgress: Rule = { name: 'shared-egress', apply };

function apply({ origin, time, who, around }: RuleInput): RuleAnswer {
  if (origin.kind !== 'public') return [];
  const nat = natOf(origin, time, who, around);
  if (nat) return trusted('shared-egress', nat.why, nat.events);
  const count = egressByCount(origin, time, who, around);
  if (count.reached) return trusted('shared-egress', count.why);
  const account = egressOfAccount(origin, time, who, around);
  if (account) return trusted('shared-egress', account);
  return ruledOut('shared-egress', count.why);
}
