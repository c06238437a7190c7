import type { Anchor } from '../anchors';
import { endpointStanding, isThroughForeignEndpoint, ownAddress } from '../plausibility';
import { ruledOut, suspicious, type RuleInput, type Rule, type RuleAnswer } from '../rule';

/** An unknown owner whose endpoints so many other workloads of the account use is taken for its network team. */
const USUAL = 3;

/** Judged before the address: an attacker can have the workload's private address in a network of their own. */
export const endpoint: Rule = { name: 'endpoint', apply };

function apply(input: RuleInput): RuleAnswer {
  const { origin, subject, peers } = input;
  const { endpointId } = origin;
  if (endpointId === null) return [];
  const owner = origin.endpointAccount ?? peers.book.endpoints.get(endpointId)?.account ?? null;
  if (owner === null) return [];
  const belongs = `${endpointId} belongs to account ${owner}`;
  const standing = endpointStanding(origin, subject, peers);
  if (standing === 'foreign') return suspicious('ForeignEndpoint', `${belongs}, which is not in the organisation`);
  if (standing === 'ours')
    return ruledOut('foreign-endpoint', `${belongs} of the organisation, so only its address is in question`);
  const unseen = `${belongs}, of which no record was seen`;
  if (isThroughForeignEndpoint(origin, subject, peers))
    return suspicious('ForeignEndpoint', `${unseen}, and shows a public address`);
  if (!appearedLater(input) || isUsual(input, owner)) return [];
  return suspicious('ForeignEndpoint', `${unseen}, and the workload’s first calls came from elsewhere`);
}

/** Whether the workload was anchored earlier at another endpoint, or on another path while the address is not shown to be its own. */
function appearedLater({ origin, learned, time, subject, peers }: RuleInput): boolean {
  const isBefore = (anchor: Anchor | undefined): boolean => anchor !== undefined && anchor.sighting.event.time <= time;
  const anchor = learned.anchors.get('endpoint');
  if (anchor && anchor.origin.endpointId !== origin.endpointId)
    return isBefore(anchor) && anchor.origin.endpointAccount !== origin.endpointAccount;
  if (ownAddress(origin, time, subject, peers)) return false;
  const first = anchor?.sighting.event.time ?? time;
  return [learned.anchors.get('public-ipv4'), learned.anchors.get('public-ipv6')].some(
    (one) => isBefore(one) && (one?.sighting.event.time ?? 0) < first,
  );
}

function isUsual({ subject, peers }: RuleInput, owner: string): boolean {
  const users = peers.endpointUsers(subject.history.workload.account, owner);
  return users.size - Number(users.has(subject.history.key)) >= USUAL;
}
