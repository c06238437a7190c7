import { cidrSet } from '../model/address';
import { matchesImage } from '../model/image-name';
import { namesRole } from '../judge/plausibility';
import type { Finding, FindingSession, FindingSummary, FindingWorkload } from '../model/finding';
import { parseSessionArn } from '../model/session-arn';
import type { Settings, Suppression } from '../model/settings';

/** The suppression that applies to a finding, or null. Everything it names must match every workload and session of the finding. */
export function suppressedBy(finding: FindingSummary, suppressions: readonly Suppression[]): Suppression | null {
  return suppressions.find((one) => fits(one, finding)) ?? null;
}

function fits(suppression: Suppression, finding: FindingSummary): boolean {
  const { account, workload, role, cidr, types, expires } = suppression;
  if (Date.parse(finding.firstSeen) >= Date.parse(expires)) return false;
  if (types?.length && !types.includes(finding.type)) return false;
  if (cidr !== undefined && !cidrSet([cidr]).has(finding.origin?.ip ?? '')) return false;
  if (role !== undefined && !isOnlyOf(finding, role)) return false;
  const workloads = workloadsOf(finding);
  return (
    workloads.every((one) => (account ?? one.account) === one.account && (workload ?? one.id) === one.id) &&
    isInCluster(workloads, suppression)
  );
}

/** Requests to a cluster may have no AWS session, and then are of no role. */
function isOnlyOf({ sessions }: FindingSummary, role: string): boolean {
  return sessions.length > 0 && sessions.every((one) => isOfRole(one, role));
}

function isInCluster(workloads: readonly FindingWorkload[], suppression: Suppression): boolean {
  const { cluster, namespace, image } = suppression;
  if (cluster === undefined && namespace === undefined && image === undefined) return true;
  return workloads.length > 0 && workloads.every((one) => isIn(one, suppression));
}

/** By attributes, which workloads outside of clusters do not have. */
function isIn({ attributes }: FindingWorkload, { cluster, namespace, image }: Suppression): boolean {
  if (cluster !== undefined && attributes['cluster'] !== cluster && attributes['clusterArn'] !== cluster) return false;
  if (namespace !== undefined && attributes['namespace'] !== namespace) return false;
  return image === undefined || matchesImage(image, attributes['image'] ?? '');
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
