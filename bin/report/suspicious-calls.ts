import { byGravity } from '../../lambda/detection/findings/taken';
import { workloadCount, type Finding, type FindingEvent } from '../../lambda/detection/model/finding';
import { parseSessionArn } from '../../lambda/detection/model/session-arn';

/** A suspicious call with the gravest finding on it. */
export interface SuspiciousCall {
  readonly event: FindingEvent;
  readonly finding: Finding;
}

/** The calls of all findings, each once, in order of time. */
export function suspiciousCalls(findings: readonly Finding[]): SuspiciousCall[] {
  const calls = new Map<string, SuspiciousCall>();
  for (const finding of byGravity(findings))
    for (const event of finding.events) if (!calls.has(event.id)) calls.set(event.id, { event, finding });
  return [...calls.values()].sort((a, b) => compare(a.event.time, b.event.time) || compare(a.event.id, b.event.id));
}

/** The workload, or of a derived session its own name. */
export function subjectOf({ event, finding }: SuspiciousCall): string {
  const { workload, related } = finding;
  const { accessKeyId } = event;
  const derived = related.find(
    ({ kind, accessKeyIds }) =>
      kind === 'chained-session' && accessKeyId !== null && accessKeyIds.includes(accessKeyId),
  );
  const session = derived && parseSessionArn(derived.arn);
  if (session) return `${session.role}/${session.name}`;
  return workload?.attributes['pod'] ?? workload?.id ?? `${workloadCount(finding)} workloads`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
