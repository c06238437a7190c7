import { cidrSet } from '../model/address';
import { namesRole } from '../judge/plausibility';
import type { Finding, FindingSession, FindingSummary, FindingWorkload } from '../model/finding';
import { parseSessionArn } from '../model/session-arn';
import type { Settings, Suppression } from '../model/settings';

/** The suppression that hides a finding; null where none does. All that a suppression names must fit all that the finding tells of. */
export function suppressedBy(finding: FindingSummary, suppressions: readonly Suppression[]): Suppression | null {
  return suppressions.find((one) => fits(one, finding)) ?? null;
}

function fits({ account, workload, role, cidr, types, expires }: Suppression, finding: FindingSummary): boolean {
  if (Date.parse(finding.firstSeen) >= Date.parse(expires)) return false;
  if (types?.length && !types.includes(finding.type)) return false;
  if (cidr !== undefined && !cidrSet([cidr]).has(finding.origin?.ip ?? '')) return false;
  if (role !== undefined && !finding.sessions.every((session) => isOfRole(session, role))) return false;
  return workloadsOf(finding).every(
    (one) => (account ?? one.account) === one.account && (workload ?? one.id) === one.id,
  );
}

function workloadsOf({ workload, workloads }: FindingSummary): readonly FindingWorkload[] {
  return workload ? [workload] : (workloads ?? []);
}

function isOfRole({ arn, role }: FindingSession, asked: string): boolean {
  return namesRole(asked, role, parseSessionArn(arn)?.account ?? '');
}

/** A suppressed finding is recorded, and withdrawn where it was said before. */
export function hidden(finding: Finding, { suppressions }: Pick<Settings, 'suppressions'>): Finding {
  const by = suppressedBy(finding, suppressions);
  const archivedBecause = by ? `suppressed until ${by.expires} by ${by.owner}: ${by.reason}` : 'suppressed';
  return { ...finding, status: 'ARCHIVED', archivedBecause };
}
