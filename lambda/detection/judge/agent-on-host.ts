import { mayAnchor, type Anchor } from './anchors';
import { claimOf, slotOf, Strength } from './plausibility';
import type { RuleInput } from './rule';
import { originText, type SeenOrigin } from '../model/origin';
import { heldAt } from '../network/tenures-in-time';

/**
 * True for the first use of a role on a path where another role of the workload was first: one of the two is the agent's,
 * which calls from its host's address.
 */
export function isFirstBesideHost(anchor: Anchor, slot: string, input: RuleInput): boolean {
  const { origin, sighting, subject, peers } = input;
  if (!subject.history.kind.hasAgentOnHost || anchor.sighting.role === sighting.role) return false;
  const first = subject.history.sightings.find(
    (one) =>
      one.role === sighting.role &&
      one.origin.path === origin.path &&
      mayAnchor(one, input.learned.relayed) &&
      claimOf({ ...one, time: one.event.time }, subject, peers).strength > Strength.none,
  );
  if (!first || slotOf(first.origin, subject, peers) !== slot) return false;
  return [anchor.origin, origin].some((one) => isHost(one, input));
}

/** Whether an instance of the account has an address, or is anchored there. */
function isHost(origin: SeenOrigin, { subject, peers, time }: RuleInput): boolean {
  const { account, kind } = subject.history.workload;
  const isAnchored = peers
    .anchoredAt(originText(origin))
    .some(({ workload }) => workload.account === account && workload.kind !== kind);
  const ip = origin.address;
  const vpcId = peers.book.endpoints.get(origin.endpoint)?.vpcId;
  const held =
    origin.kind === 'public' ? peers.book.byAddress.get(ip) : peers.book.privateByVpc.get(`${vpcId ?? ''} ${ip}`);
  return isAnchored || heldAt(held, time).some((one) => one.account === account && one.holder.kind === 'instance');
}
