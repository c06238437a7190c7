import { claimOf, endpointStanding, Strength, type NetworkContext } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { Did } from '../../facts/facts';
import { isoTime } from '../../model/event-time';
import { originOf, originText, type Path } from '../../model/origin';
import { slotOf } from '../plausibility';
import type { Source } from '../../model/origin';

/** For workloads that ask for their keys themselves: the origins that asked are theirs, and a key stays where it was asked for. */
export const issuanceRule: Rule = { name: 'issuance', apply };

function apply(trial: RuleInput): RuleAnswer {
  const { who, sighting } = trial;
  if (who.history.kind.lockPolicy(who.history.workload) !== 'issuing-origin') return [];
  return (sighting.did & Did.issuance) !== 0 ? askedFrom(trial) : usedFrom(trial);
}

/** Whether the issuance rule alone decides: a first use or a door is no way around it. */
export function isLockedToIssuance({ who, sighting, origin, around }: RuleInput): boolean {
  if (who.history.kind.lockPolicy(who.history.workload) !== 'issuing-origin') return false;
  const asked = sighting.issuance?.asked;
  return (
    (sighting.did & Did.issuance) !== 0 ||
    (asked !== undefined && asked !== null && pathOf(asked.source, around) === origin.path)
  );
}

/** Whether the token came from where the service account's pods are. */
function askedFrom(trial: RuleInput): RuleAnswer {
  const { origin, sighting, who, around, time } = trial;
  const claim = claimOf({ origin, role: sighting.role, time }, who, around);
  const first = trial.learned.anchors.get(origin.path ?? 'endpoint');
  if (claim.strength > Strength.firstUse)
    return trusted('issuance', `a key was asked for here: ${claim.why}`, claim.events);
  if (isOwnEndpoint(trial))
    return trusted(
      'issuance',
      `a key was asked for here, through ${origin.endpointId ?? ''} of the workload’s own network`,
    );
  const neighbours = neighboursAt(trial);
  if (claim.strength > Strength.none && neighbours > 0)
    return trusted(
      'issuance',
      `a key was asked for here, where ${neighbours} other workloads of the account call from`,
    );
  if (claim.strength > Strength.none && first?.origin.key === origin.key)
    return trusted('issuance', `the first key was asked for here: ${claim.why}`);
  if (isOnlyOrigin(trial))
    return trusted('first-use-unverified', `every key was asked for here, so nothing compares; ${claim.why}`);
  return ruledOut(
    'issuing-origin',
    first ? `keys of this service account are asked for from ${originText(first.origin)}; ${claim.why}` : claim.why,
  );
}

/** Pods come and go with their private addresses; the endpoint they pass says whose network it is. */
function isOwnEndpoint({ origin, who, around, learned }: RuleInput): boolean {
  if (origin.kind !== 'endpoint') return false;
  return (
    endpointStanding(origin, who, around) === 'ours' ||
    learned.anchors.get('endpoint')?.origin.endpointId === origin.endpointId
  );
}

function neighboursAt({ origin, who, around }: RuleInput): number {
  const { account } = who.history.workload;
  return around
    .anchoredAt(originText(origin))
    .filter(({ key, workload }) => key !== who.history.key && workload.account === account).length;
}

/** Clusters outside AWS exist; a service account whose keys were all asked for in one place tells nothing else apart. */
function isOnlyOrigin({ who, origin }: RuleInput): boolean {
  return who.history.sightings.every((one) => (one.did & Did.issuance) === 0 || one.origin.key === origin.key);
}

function pathOf(source: Source, { privateNetworks }: NetworkContext): Path | null {
  return originOf(source, privateNetworks).path;
}

/** A key is locked to the origin that asked for it, on that path. */
function usedFrom(trial: RuleInput): RuleAnswer {
  const { origin, sighting, who, around, learned } = trial;
  const asked = sighting.issuance?.asked;
  if (!asked || !sighting.issuance) return [];
  const issuer = originOf(asked.source, around.privateNetworks);
  if (issuer.path !== origin.path) return [];
  const slot = slotOf(origin, who, around);
  const issued = `its key was asked for from ${originText(issuer)} at ${isoTime(sighting.issuance.time)}`;
  if (slotOf(issuer, who, around) !== slot) return ruledOut('issuing-origin', issued);
  return learned.lock.has(slot)
    ? trusted('issuance', issued)
    : ruledOut('issuing-origin', `${issued}, and that origin is not trusted`);
}
