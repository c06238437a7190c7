import { cidrSet } from './address';
import { namesRole } from './claims';
import type { Finding } from './finding';
import type { Suppression } from './settings';

/** The suppression that hides a finding; null where none does. All that a suppression names must fit. */
export function suppressedBy(finding: Finding, suppressions: readonly Suppression[]): Suppression | null {
  return suppressions.find((one) => fits(one, finding)) ?? null;
}

function fits(one: Suppression, finding: Finding): boolean {
  const workloads = finding.workload ? [finding.workload] : (finding.workloads ?? []);
  if (Date.parse(finding.firstSeen) >= Date.parse(one.expires)) return false;
  if (one.types?.length && !one.types.includes(finding.type)) return false;
  if (one.cidr !== undefined && !cidrSet([one.cidr]).has(finding.origin?.ip ?? '')) return false;
  if (one.account !== undefined && !workloads.every(({ account }) => account === one.account)) return false;
  if (one.workload !== undefined && !workloads.every(({ id }) => id === one.workload)) return false;
  const { role } = one;
  if (role === undefined) return true;
  return finding.sessions.some((session) => workloads.some(({ account }) => namesRole(role, session.role, account)));
}
