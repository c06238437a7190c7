import type { Change, Fact } from '../detection/facts';
import { addLine, rowIn } from '../detection/fact-lines';
import { FactSet } from '../detection/fact-set';
import { workloadKey, type Workload } from '../detection/workload';
import { entitiesOf, partition } from './filing';
import type { LockTable } from './lock-table';
import { suspectIn } from './suspects';

/** The workloads whose verdicts a stored fact may change. Asked after the fact was stored, so that nobody falls between. */
export async function touchedBy(fact: Fact, table: LockTable): Promise<Workload[]> {
  if (fact.fact === 'issuance') return [fact.workload, ...(await namedUnderKey(fact.accessKeyId, table))];
  if (fact.fact === 'sighting')
    return [...named(fact.caller.workload), ...(await issuedTo(fact.caller.accessKeyId, fact.caller.shown, table))];
  if (fact.fact === 'foreign-key')
    return [...named(fact.by?.workload ?? null), ...(await namedUnderKey(fact.accessKeyId, table))];
  return touchedByChange(fact, table);
}

function named(workload: Workload | null): Workload[] {
  return workload ? [workload] : [];
}

/** Whose a key is that the record itself does not prove. */
async function issuedTo(accessKeyId: string | null, shown: string, table: LockTable): Promise<Workload[]> {
  if (accessKeyId === null || shown === 'scope' || shown === 'delivery') return [];
  const items = await table.query(partition.key(accessKeyId), 'I#');
  return items.flatMap(({ body }) => {
    const fact = addLine(new FactSet(), body);
    return fact?.fact === 'issuance' ? [fact.workload] : [];
  });
}

/** The workloads that sightings with a key name. */
async function namedUnderKey(accessKeyId: string | null, table: LockTable): Promise<Workload[]> {
  if (accessKeyId === null) return [];
  const items = await table.query(partition.key(accessKeyId), 'S#');
  return items.flatMap(({ body }) => named(rowIn(body).caller.workload));
}

/** The instance named, and who is suspected at the addresses and endpoints. */
async function touchedByChange(change: Change, table: LockTable): Promise<Workload[]> {
  const { partition: aws, account, instanceId } = change;
  const own = instanceId === null ? [] : [{ partition: aws, account, kind: 'ec2-instance', id: instanceId }];
  const places = await placesOfChange(change, table);
  const suspects = await Promise.all(places.map((place) => suspectsAt(place, table)));
  return unique([...own, ...named(change.by?.workload ?? null), ...suspects.flat()]);
}

/** A record often names an allocation only; the address stands in another, filed under the same allocation. */
async function placesOfChange(change: Change, table: LockTable): Promise<string[]> {
  const related = await Promise.all(
    entitiesOf(change)
      .filter((entity) => /^(?:eipalloc|eipassoc|nat|eni|attachment)\//.test(entity))
      .map((entity) => table.query(partition.entity(entity), 'X#')),
  );
  const changes = related.flat().flatMap(({ body }) => {
    const fact = addLine(new FactSet(), body);
    return fact?.fact === 'change' ? [fact] : [];
  });
  return [...new Set([change, ...changes].flatMap(({ publicIps, endpointIds }) => [...publicIps, ...endpointIds]))];
}

export async function suspectsAt(place: string, table: LockTable): Promise<Workload[]> {
  const items = await table.query(partition.suspects(place), 'W#');
  return items.flatMap(({ body }) => suspectIn(body)?.workload ?? []);
}

export function unique(workloads: readonly Workload[]): Workload[] {
  return [...new Map(workloads.map((workload) => [workloadKey(workload), workload])).values()];
}
