import type { Finding } from '../model/finding';
import { originText } from '../model/origin';
import { workloadKey } from '../model/workload';

/** The ids of findings that a `SameOrigin` group among them stands for, each with the group's id. */
export function sameOriginMembers(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const groupAt = new Map<string, string>();
  const active = findings.filter(({ status }) => status === 'ACTIVE');
  for (const group of active) {
    if (group.type !== 'SameOrigin') continue;
    for (const workload of group.workloads ?? []) groupAt.set(`${workloadKey(workload)} ${placeOf(group)}`, group.id);
    // Then all findings at the place are its members.
    if (group.workloadsLeftOut) groupAt.set(placeOf(group), group.id);
  }
  const members = new Map<string, string>();
  for (const finding of active) {
    const { id, workload, type } = finding;
    // Console sessions are never grouped.
    if (!workload || type === 'ConsoleSession') continue;
    const place = placeOf(finding);
    const group = groupAt.get(`${workloadKey(workload)} ${place}`) ?? groupAt.get(place);
    if (group !== undefined) members.set(id, group);
  }
  return members;
}

function placeOf({ origin, workload, workloads }: Finding): string {
  return `${(workload ?? workloads?.[0])?.partition ?? ''} ${origin ? originText(origin) : ''}`;
}
