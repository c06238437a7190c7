import type { ProvenSighting } from '../facts/workload-history';
import type { Owner } from '../judge/ownership';
import type { Subject } from '../judge/subject';
import type { FindingOrigin, FindingSession, FindingWorkload } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { SeenOrigin } from '../model/origin';
import { roleOf } from '../model/session-arn';
import { compareText } from '../model/compare-text';

/** With the time of an instance's termination among the attributes. */
export function findingWorkload({ history, region, life }: Subject): FindingWorkload {
  const { kind, id, account, partition } = history.workload;
  const attributes: Record<string, string> = {};
  for (const issuance of history.issuances) Object.assign(attributes, issuance.attributes);
  if (life?.terminated) attributes['terminated'] = isoTime(life.terminated.time);
  return { kind, id, account, region, partition, attributes };
}

export function findingOrigin(origin: SeenOrigin, owner: Owner): FindingOrigin {
  const { kind, ip, endpointId, endpointAccount, service, cluster } = origin;
  return {
    kind,
    ip,
    endpointId,
    endpointAccount,
    service,
    ...(cluster !== undefined && { cluster }),
    ownership: owner.ownership,
    account: owner.account,
    region: owner.region,
  };
}

export function sessionsOf(sightings: readonly ProvenSighting[]): FindingSession[] {
  const keys = new Map<string, Set<string>>();
  for (const { caller } of sightings) {
    const known = keys.get(caller.sessionArn) ?? new Set<string>();
    if (caller.accessKeyId !== null) known.add(caller.accessKeyId);
    keys.set(caller.sessionArn, known);
  }
  return [...keys]
    .sort(([a], [b]) => compareText(a, b))
    .map(([arn, ids]) => ({ arn, role: roleOf(arn), accessKeyIds: [...ids].sort() }));
}
