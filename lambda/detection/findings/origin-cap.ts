import { FINDING_TYPE_TABLE } from './finding-types';
import { incidentId } from './compose-finding';
import { sessionsOf } from './finding-parts';
import type { Finding } from '../model/finding';
import { chainedEvidence, highest, relatedTo, type ComposedFinding } from './group-findings';
import { workloadKey } from '../model/workload';

/** One finding for the origins beyond the first `most`; null where there are none. */
export function manyOrigins(rest: readonly ComposedFinding[], most: number): Finding | null {
  const [first] = rest;
  if (!first) return null;
  const { workload } = first.judgement.history;
  const findings = rest.map(({ finding }) => finding);
  return {
    ...first.finding,
    id: `credlock/${workloadKey(workload)}/many-origins`,
    incidentId: incidentId(workload),
    type: 'ManyOrigins',
    severity: highest(findings.map(({ severity }) => severity)),
    contested: false,
    title: FINDING_TYPE_TABLE.ManyOrigins.title({
      subject: workload.id,
      account: workload.account,
      place: '',
      count: rest.length,
    }),
    description: `Each of the first ${most} untrusted origins has its own finding; ${rest.length} more were seen between ${first.finding.firstSeen} and ${latest(findings)}.`,
    sessions: sessionsOf(rest.flatMap(({ verdict }) => verdict.sightings)),
    origin: null,
    lastSeen: latest(findings),
    calls: null,
    callsAtLeast: findings.reduce((sum, { calls, callsAtLeast }) => sum + (calls ?? callsAtLeast ?? 0), 0),
    events: findings.slice(0, most).flatMap(({ events }) => events.slice(0, 1)),
    evidence: [
      `${rest.length} origins beyond the first ${most}, from ${findings
        .slice(0, 3)
        .map(({ origin }) => origin?.ip ?? origin?.service ?? '')
        .join(', ')} on.`,
      ...chainedEvidence(rest),
    ],
    ruledOut: [],
    related: relatedTo(rest),
  };
}

function latest(findings: readonly Finding[]): string {
  return (
    findings
      .map(({ lastSeen }) => lastSeen)
      .sort()
      .at(-1) ?? ''
  );
}
