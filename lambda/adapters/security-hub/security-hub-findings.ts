import type { Finding } from '../../detection/model/finding';
import { originText } from '../../detection/model/origin';
import { workloadKey } from '../../detection/model/workload';

/**
 * What of these findings Security Hub is told: all but the active members of an active `SameOrigin` group, for which the
 * group stands (`sameOriginMembers` says which). An archived member goes through, so that it ends where it was imported.
 */
export function securityHubFindings(findings: readonly Finding[]): Finding[] {
  const members = sameOriginMembers(findings);
  return findings.filter(({ id }) => !members.has(id));
}

/** The ids of findings that a `SameOrigin` group among them stands for, each with the group's id. */
export function sameOriginMembers(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const groupAt = new Map<string, string>();
  for (const group of findings) {
    if (group.type !== 'SameOrigin' || group.status !== 'ACTIVE') continue;
    for (const workload of group.workloads ?? []) {
      groupAt.set(`${workloadKey(workload)} ${placeOf(group)}`, group.id);
    }
  }
  const members = new Map<string, string>();
  for (const finding of findings) {
    const { id, workload, status, type } = finding;
    // Groups are made without console sessions, which are a story of their own.
    if (!workload || status !== 'ACTIVE' || type === 'ConsoleSession') continue;
    const group = groupAt.get(`${workloadKey(workload)} ${placeOf(finding)}`);
    if (group !== undefined) members.set(id, group);
  }
  return members;
}

function placeOf({ origin }: Finding): string {
  return origin ? originText(origin) : '';
}
