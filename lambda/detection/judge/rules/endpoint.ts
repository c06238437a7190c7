import type { Anchor } from '../anchors';
import { endpointStanding, ownAddress } from '../plausibility';
import { ruledOut, suspicious, type RuleInput, type Rule, type RuleAnswer } from '../rule';

/** So many workloads of an account at endpoints of one unknown owner, and the owner is its network team. */
const USUAL = 3;

/** Rule 3: an endpoint is judged before its address: anyone can have the victim's private address in a network of his own. */
export const endpoint: Rule = { name: 'endpoint', apply };

function apply(trial: RuleInput): RuleAnswer {
  const { origin, who, around } = trial;
  const { kind, endpointId } = origin;
  if (kind !== 'endpoint' || endpointId === null) return [];
  const owner = origin.endpointAccount ?? around.book.endpoints.get(endpointId)?.account ?? null;
  if (owner === null) return [];
  const belongs = `${endpointId} belongs to account ${owner}`;
  const standing = endpointStanding(origin, who, around);
  if (standing === 'foreign')
    return suspicious(`${belongs}, which is not of the organisation`, 'ForeignEndpoint', 'HIGH');
  if (standing === 'ours')
    return ruledOut(
      'foreign-endpoint',
      `${belongs} of the organisation: the endpoint is ours, the address is the question`,
    );
  if (around.organization.listed || !appearedLater(trial) || isUsual(trial, owner)) return [];
  const why = `${belongs}, of which no record was seen, and the workload’s calls began elsewhere`;
  return suspicious(why, 'ForeignEndpoint', 'MEDIUM');
}

/** Whether the workload was anchored before: at another endpoint, or on another path while nothing says the address is its own. */
function appearedLater({ origin, learned, time, who, around }: RuleInput): boolean {
  const isBefore = (anchor: Anchor | undefined): boolean => anchor !== undefined && anchor.sighting.event.time <= time;
  const anchor = learned.anchors.get('endpoint');
  if (anchor && anchor.origin.endpointId !== origin.endpointId)
    return isBefore(anchor) && anchor.origin.endpointAccount !== origin.endpointAccount;
  if (ownAddress(origin, time, who, around)) return false;
  const first = anchor?.sighting.event.time ?? time;
  return [learned.anchors.get('public-ipv4'), learned.anchors.get('public-ipv6')].some(
    (one) => isBefore(one) && (one?.sighting.event.time ?? 0) < first,
  );
}

function isUsual({ who, around }: RuleInput, owner: string): boolean {
  const users = around.endpointUsers(who.history.workload.account, owner);
  return users.size - Number(users.has(who.history.key)) >= USUAL;
}
