import { isSameVpcRange } from '../../model/address';
import { originOf, originText, type Path, type SeenOrigin, type Source } from '../../model/origin';
import type { Anchor } from '../anchors';
import { claimOf, endpointStanding, isInClusterNetwork, Strength, type NetworkContext, slotOf } from '../plausibility';
import type { AnchoredWorkload } from '../peers';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { Did } from '../../facts/facts';
import { isoTime } from '../../model/event-time';

/** For workloads that request their credentials themselves: the requesting origins are theirs, and credentials stay where they were requested. */
export const issuanceRule: Rule = { name: 'issuance', apply };

function apply(input: RuleInput): RuleAnswer {
  const { subject, sighting } = input;
  if (subject.history.kind.lockPolicy(subject.history.workload) !== 'issuing-origin') return [];
  return (sighting.did & Did.issuance) !== 0 ? requestedFrom(input) : usedFrom(input);
}

/** Whether this rule alone decides, so that a first use or a door cannot override it. */
export function isLockedToIssuance({ subject, sighting, origin, peers }: RuleInput): boolean {
  if (subject.history.kind.lockPolicy(subject.history.workload) !== 'issuing-origin') return false;
  const asked = sighting.issuance?.asked;
  return (
    (sighting.did & Did.issuance) !== 0 ||
    (asked !== undefined && asked !== null && pathOf(asked.source, peers) === origin.path)
  );
}

/** Decides whether the credentials were requested from where the service account's pods run. */
function requestedFrom(input: RuleInput): RuleAnswer {
  const { origin, sighting, subject, peers, time } = input;
  const claim = claimOf({ origin, role: sighting.role, time }, subject, peers);
  const first = input.learned.anchors.get(origin.path ?? 'endpoint');
  if (claim.strength > Strength.firstUse)
    return trusted('issuance', `credentials were requested here: ${claim.why}`, claim.events);
  if (isOwnEndpoint(input))
    return trusted(
      'issuance',
      `credentials were requested here, through ${origin.endpoint} of the workload’s own network`,
    );
  const others = peersAt(input);
  if (claim.strength > Strength.none && others > 0)
    return trusted('issuance', `credentials were requested here, and ${others} other workloads call from here`);
  if (claim.strength > Strength.none && first && isPodsOf(first, origin))
    return trusted('issuance', `the first credentials were requested here: ${claim.why}`);
  if (isOnlyOrigin(input))
    return trusted(
      'first-use-unverified',
      `all credentials were requested here, so there is nothing to compare with; ${claim.why}`,
    );
  return ruledOut(
    'issuing-origin',
    first
      ? `credentials of this service account are requested from ${originText(first.origin)}; ${claim.why}`
      : claim.why,
  );
}

/** Pods' private addresses change; the endpoint shows whose network they are in. */
function isOwnEndpoint({ origin, subject, peers, learned }: RuleInput): boolean {
  if (origin.kind !== 'endpoint') return false;
  return (
    endpointStanding(origin, subject, peers) === 'ours' ||
    learned.anchors.get('endpoint')?.origin.endpointId === origin.endpointId
  );
}

/** Other workloads of the account, and nodes and pods of the organisation, as a cluster's pods use roles of any account. */
function peersAt(input: RuleInput): number {
  const { account } = input.subject.history.workload;
  return othersAt(input).filter((other) => other.workload.account === account || isOfCluster(other, input)).length;
}

function othersAt({ origin, subject, peers }: RuleInput): AnchoredWorkload[] {
  return peers.anchoredAt(originText(origin)).filter(({ key }) => key !== subject.history.key);
}

function isOfCluster({ workload, isNode }: AnchoredWorkload, { subject, peers }: RuleInput): boolean {
  const { kind, account } = subject.history.workload;
  if (!isNode && workload.kind !== kind) return false;
  return workload.account === account || peers.organization.standing(workload.account) === 'ours';
}

/** Pods with IPv6 addresses of their own are in their cluster's VPC. */
function isPodsOf(first: Anchor, { key, address }: SeenOrigin): boolean {
  return first.origin.key === key || isSameVpcRange(first.origin.address, address);
}

/** On another path than the one they were requested on, credentials are used where nodes and other pods are. */
function usedAtNode(input: RuleInput): RuleAnswer {
  const { origin, sighting, subject, peers, time, learned } = input;
  const others = othersAt(input).filter((other) => isOfCluster(other, input)).length;
  const { strength } = claimOf({ origin, role: sighting.role, time }, subject, peers);
  if (strength === Strength.none) return [];
  const first = learned.anchors.get(origin.path ?? 'endpoint');
  if (others === 0 && first && isPodsOf(first, origin) && !learned.displaced.has(first.origin.path ?? 'endpoint'))
    return trusted('first-use', `pods of the service account call from this network: ${originText(first.origin)}`);
  if (others === 0) return [];
  return trusted('issuance', `${others} nodes or other pods of the organisation call from here`);
}

/** Clusters outside AWS exist: where all credentials were requested from one origin, there is none to compare it with. */
function isOnlyOrigin({ subject, origin }: RuleInput): boolean {
  return subject.history.sightings.every((one) => (one.did & Did.issuance) === 0 || one.origin.key === origin.key);
}

function pathOf(source: Source, { privateNetworks }: NetworkContext): Path | null {
  return originOf(source, privateNetworks).path;
}

/** Credentials are locked to the origin that requested them, on that path. */
function usedFrom(input: RuleInput): RuleAnswer {
  const { origin, sighting, subject, peers, learned } = input;
  if (isInClusterNetwork(origin, subject))
    return trusted('issuance', 'pods call clusters from private addresses, which change with them');
  const asked = sighting.issuance?.asked;
  if (!asked || !sighting.issuance) return [];
  const issuer = originOf(asked.source, peers.privateNetworks);
  if (issuer.path !== origin.path) return usedAtNode(input);
  const slot = slotOf(origin, subject, peers);
  const issued = `its credentials were requested from ${originText(issuer)} at ${isoTime(sighting.issuance.time)}`;
  if (slotOf(issuer, subject, peers) !== slot) return ruledOut('issuing-origin', issued);
  return learned.lock.has(slot)
    ? trusted('issuance', issued)
    : ruledOut('issuing-origin', `${issued}, and that origin is not trusted`);
}
