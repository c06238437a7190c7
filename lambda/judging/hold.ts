import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';

const MINUTE = 60_000;

/** Whether no later fact could explain it, so that it is neither held nor kept back while learning. */
export function isFinal(
  { type }: Pick<Finding, 'type'>,
  { organizationAccounts }: Pick<Settings, 'organizationAccounts'>,
): boolean {
  if (type === 'AfterTermination' || type === 'ConsoleSession' || type === 'DetectorTampered') return true;
  // Without a list, records of an account not seen before may still make it one of ours.
  return type === 'ForeignEndpoint' && organizationAccounts.length > 0;
}

/** When a finding may be said, in epoch milliseconds: the hold counts from its first event, however late that came. */
export function dueAt(finding: Finding, settings: Pick<Settings, 'organizationAccounts' | 'holdMinutes'>): number {
  const firstSeen = Date.parse(finding.firstSeen);
  return isFinal(finding, settings) ? firstSeen : firstSeen + settings.holdMinutes * MINUTE;
}

/** Whether it has to wait. An event of the future (a clock that is wrong) is not waited for. */
export function isHeld(
  finding: Finding,
  settings: Pick<Settings, 'organizationAccounts' | 'holdMinutes'>,
  now: number,
): boolean {
  return Date.parse(finding.firstSeen) <= now && now < dueAt(finding, settings);
}
