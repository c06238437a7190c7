import type { Anchor } from '../anchors';
import { endpointStanding, isThroughForeignEndpoint, ownAddress } from '../plausibility';
import type { ProvenSighting } from '../../facts/workload-history';
import type { SeenOrigin } from '../../model/origin';
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
  if (standing === 'ours') return ofOurs(input, owner, belongs);
  const unseen = `${belongs}, of which no record was seen`;
  if (isThroughForeignEndpoint(origin, subject, peers))
    return suspicious('ForeignEndpoint', `${unseen}, and shows a public address`);
  const calls = callsElsewhere(input);
  if (calls === null || isUsual(input, owner)) return [];
  return suspicious('ForeignEndpoint', `${unseen}, and the workload’s ${calls} from elsewhere`);
}

function callsElsewhere(input: RuleInput): string | null {
  if (appearedLater(input)) return 'first calls came';
  return appearedOnlyBefore(input) ? 'later calls come' : null;
}

/** Whether the workload was anchored earlier at another endpoint, or on another path while the address is not shown to be its own. */
function appearedLater({ origin, learned, time, subject, peers }: RuleInput): boolean {
  const { history } = subject;
  // Functions have no anchors.
  if (history.kind.lockPolicy(history.workload) === 'aws-address')
    return history.sightings.some((one) => isElsewhere(one, origin) && one.event.time < time);
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

/** Whether the workload, whose address is not shown to be its own, left the owner's endpoints for good: later calls all come from elsewhere. */
function appearedOnlyBefore({ origin, time, subject, peers }: RuleInput): boolean {
  if (ownAddress(origin, time, subject, peers)) return false;
  const { sightings } = subject.history;
  const last = sightings.findLast((one) => one.origin.endpointAccount === origin.endpointAccount)?.event.time ?? time;
  const elsewhere = sightings.filter((one) => isElsewhere(one, origin));
  return elsewhere.length > 0 && elsewhere.every(({ event }) => event.time > last);
}

/** Clusters are called beside endpoints of AWS. */
function isElsewhere({ origin }: ProvenSighting, { endpointAccount }: SeenOrigin): boolean {
  return origin.path !== null && origin.kind !== 'cluster' && origin.endpointAccount !== endpointAccount;
}

function ofOurs(input: RuleInput, owner: string, belongs: string): RuleAnswer {
  if (owner !== input.subject.history.workload.account && isAnotherOwner(input) && !isUsual(input, owner)) {
    const why = `${belongs} of the organisation, and the workload’s own calls go through endpoints of another account`;
    return suspicious('AffiliatedAccount', why);
  }
  return ruledOut('foreign-endpoint', `${belongs} of the organisation, so only its address is in question`);
}

/** Any account can have the workload's private address in a network of its own. */
function isAnotherOwner({ origin, learned, time }: RuleInput): boolean {
  const anchor = learned.anchors.get('endpoint');
  const before = anchor?.origin.endpointAccount ?? null;
  return before !== null && before !== origin.endpointAccount && (anchor?.sighting.event.time ?? time) < time;
}

/** Of an account that is ours any use counts; of another one only where the workloads are anchored, as mass theft is use too. */
function isUsual({ subject, peers, origin }: RuleInput, owner: string): boolean {
  const { account } = subject.history.workload;
  const isOurs = endpointStanding(origin, subject, peers) === 'ours';
  const users = isOurs ? peers.endpointUses(account, owner) : peers.endpointUsers(account, owner);
  return users.size - Number(users.has(subject.history.key)) >= USUAL;
}
