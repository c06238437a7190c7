import { endpointStanding } from '../claims';
import { ruledOut, suspicious, type Case, type Rule, type RuleAnswer } from '../case';

/** So many workloads of an account at endpoints of one unknown owner, and the owner is its network team. */
const USUAL = 3;

/** Rule 3: an endpoint is judged before its address: anyone can have the victim's private address in a network of his own. */
export const endpoint: Rule = { name: 'endpoint', apply };

function apply(trial: Case): RuleAnswer {
  const { origin, who, around } = trial;
  if (origin.kind !== 'endpoint') return [];
  const standing = endpointStanding(origin, who, around);
  const owner = origin.endpointAccount ?? around.book.endpoints.get(origin.endpointId ?? '')?.account ?? null;
  if (standing === 'foreign') {
    return suspicious(
      `${origin.endpointId ?? ''} belongs to account ${owner ?? ''}, which is not of the organisation`,
      'ForeignEndpoint',
      'HIGH',
    );
  }
  if (standing === 'ours')
    return ruledOut(
      'foreign-endpoint',
      `${origin.endpointId ?? ''} belongs to account ${owner ?? ''} of the organisation: the endpoint is ours, the address is the question`,
    );
  if (owner !== null && !around.organization.listed && appearedLater(trial) && !isUsual(trial, owner)) {
    return suspicious(
      `${origin.endpointId ?? ''} belongs to account ${owner}, of which no record was seen, and the workload’s calls through endpoints began elsewhere`,
      'ForeignEndpoint',
      'MEDIUM',
    );
  }
  return [];
}

function appearedLater({ origin, learned, time }: Case): boolean {
  const anchor = learned.anchors.get('endpoint');
  if (!anchor || anchor.origin.endpointId === origin.endpointId) return false;
  return anchor.sighting.event.time <= time && anchor.origin.endpointAccount !== origin.endpointAccount;
}

function isUsual({ who, around }: Case, owner: string): boolean {
  const users = around.endpointUsers(who.history.workload.account, owner);
  return users.size - Number(users.has(who.history.key)) >= USUAL;
}
