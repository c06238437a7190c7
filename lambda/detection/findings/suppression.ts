import { cidrSet } from '../model/address';
import { namesRole } from '../judge/plausibility';
import type { Finding, FindingSession, FindingSummary, FindingWorkload } from '../model/finding';
import { parseSessionArn } from '../model/session-arn';
import type { Settings, Suppression } from '../model/settings';

/** The suppression that applies to a finding, or null. Everything it names must match every workload and session of the finding. */
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

/** The finding as it is stored while suppressed: archived, so that a published one is withdrawn. */
export function archivedBySuppression(finding: Finding, { suppressions }: Pick<Settings, 'suppressions'>): Finding {
  const by = suppressedBy(finding, suppressions);
  const archivedBecause = by ? `suppressed until ${by.expires} by ${by.owner}: ${by.reason}` : 'suppressed';
  return { ...finding, status: 'ARCHIVED', archivedBecause };
}
