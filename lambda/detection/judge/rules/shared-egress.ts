import { firstUseBeside } from '../displaced-first-use';
import { originText } from '../../model/origin';
import { isEgressPath, natOf } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { egressBeside, egressByCount, egressInTurn, egressOfAccount } from '../egress-evidence';

/** An address that many workloads share for outgoing traffic. */
export const sharedEgress: Rule = { name: 'shared-egress', apply };

function apply(input: RuleInput): RuleAnswer {
  const { origin, time, sighting, subject, peers } = input;
  const nat = natOf(origin, time, subject, peers);
  if (nat) return trusted('shared-egress', nat.why, nat.events);
  if (!isEgressPath(origin, subject, peers)) return [];
  const count = egressByCount(origin, time, subject, peers);
  const beside = count.reached ? firstUseBeside(origin, subject, peers) : null;
  if (count.reached && !beside) return trusted('shared-egress', count.why);
  const account = egressOfAccount(origin, time, subject, peers);
  if (account) return trusted('shared-egress', account);
  const sibling = egressBeside(input);
  if (sibling) return trusted('shared-egress', sibling);
  const inTurn = egressInTurn({ origin, role: sighting.role, time }, subject, peers);
  if (inTurn) return trusted('shared-egress', inTurn);
  return ruledOut(
    'shared-egress',
    beside
      ? `the workload was established at ${originText(beside.origin)} before, and still calls from there`
      : count.why,
  );
}
