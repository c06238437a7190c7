import { byGravity } from '../../lambda/detection/findings/taken';
import { incidentId } from '../../lambda/detection/findings/compose-finding';
import type { Finding } from '../../lambda/detection/model/finding';
import { withJoinedIncidents } from './joined-incidents';

/** Findings of the worst incidents, and how many incidents there are. */
export interface WorstIncidents {
  readonly findings: readonly Finding[];
  readonly incidents: number;
}

/** The findings of the `most` worst incidents in their order, as the report sorts them. */
export function worstIncidents(findings: readonly Finding[], most: number): WorstIncidents {
  const joined = withJoinedIncidents(findings);
  const ids = [...new Set(byGravity(joined).map((finding) => finding.incidentId))];
  const worst = new Set(ids.slice(0, most));
  return { findings: findings.filter((_, at) => worst.has(joined[at]?.incidentId ?? '')), incidents: ids.length };
}

/** Ids of the pictures that a report of the findings shows: of the incidents, and of the workloads of groups. */
export function picturesShown(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.flatMap((finding) => [finding.incidentId, ...(finding.workloads ?? []).map(incidentId)]));
}
