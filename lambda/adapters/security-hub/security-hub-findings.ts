import { sameOriginMembers } from '../../detection/findings/group-findings';
import type { Finding } from '../../detection/model/finding';

/**
 * What of these findings Security Hub is told: all but the active members of an active `SameOrigin` group, for which the
 * group stands (`sameOriginMembers` says which). An archived member goes through, so that it ends where it was imported.
 */
export function securityHubFindings(findings: readonly Finding[]): Finding[] {
  const members = sameOriginMembers(findings);
  return findings.filter(({ id }) => !members.has(id));
}
