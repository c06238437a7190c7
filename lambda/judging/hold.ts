import { FINDING_TYPE_TABLE } from '../detection/findings/finding-types';
import { summariesOf, type ReportedVerdicts } from '../detection/findings/reported-verdicts';
import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';

const MINUTE = 60_000;

/** True if no later fact can explain it: it is neither held nor withheld in `learn` mode. */
export function isFinal(
  { type }: Pick<Finding, 'type'>,
  { organizationAccounts }: Pick<Settings, 'organizationAccounts'>,
): boolean {
  const { explainable } = FINDING_TYPE_TABLE[type];
  return explainable === 'no' || (explainable === 'without-organization-list' && organizationAccounts.length > 0);
}

/** When a finding may be published, in epoch milliseconds: the hold counts from its first event, however late that came. */
export function dueAt(
  finding: Pick<Finding, 'type' | 'firstSeen'>,
  settings: Pick<Settings, 'organizationAccounts' | 'holdMinutes'>,
): number {
  const firstSeen = Date.parse(finding.firstSeen);
  return isFinal(finding, settings) ? firstSeen : firstSeen + settings.holdMinutes * MINUTE;
}

/** True while the hold lasts. A first event in the future (a wrong clock) is not held. */
export function isHeld(
  finding: Finding,
  settings: Pick<Settings, 'organizationAccounts' | 'holdMinutes'>,
  now: number,
): boolean {
  return Date.parse(finding.firstSeen) <= now && now < dueAt(finding, settings);
}

/** When the last of the findings may be published, in epoch milliseconds; 0 where one is final, or there is none. */
export function allDueAt(
  reported: ReportedVerdicts,
  settings: Pick<Settings, 'organizationAccounts' | 'holdMinutes'>,
): number {
  const findings = summariesOf(reported);
  if (findings.some((finding) => isFinal(finding, settings))) return 0;
  return Math.max(0, ...findings.map((finding) => dueAt(finding, settings)));
}
