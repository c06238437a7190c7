import { originOf, originText, type Path, type Source } from '../../model/origin';
import { claimOf, endpointStanding, Strength, type NetworkContext, slotOf } from '../plausibility';
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
      `credentials were requested here, through ${origin.endpointId ?? ''} of the workload’s own network`,
    );
  const others = peersAt(input);
  if (claim.strength > Strength.none && others > 0)
    return trusted(
      'issuance',
      `credentials were requested here, and ${others} other workloads of the account call from here`,
    );
  if (claim.strength > Strength.none && first?.origin.key === origin.key)
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

function peersAt({ origin, subject, peers }: RuleInput): number {
  const { account } = subject.history.workload;
  return peers
    .anchoredAt(originText(origin))
    .filter(({ key, workload }) => key !== subject.history.key && workload.account === account).length;
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
  const asked = sighting.issuance?.asked;
  if (!asked || !sighting.issuance) return [];
  const issuer = originOf(asked.source, peers.privateNetworks);
  if (issuer.path !== origin.path) return [];
  const slot = slotOf(origin, subject, peers);
  const issued = `its credentials were requested from ${originText(issuer)} at ${isoTime(sighting.issuance.time)}`;
  if (slotOf(issuer, subject, peers) !== slot) return ruledOut('issuing-origin', issued);
  return learned.lock.has(slot)
    ? trusted('issuance', issued)
    : ruledOut('issuing-origin', `${issued}, and that origin is not trusted`);
}
