import { sameOriginMembers } from '../../detection/findings/same-origin-members';
import type { Finding } from '../../detection/model/finding';

/**
 * The findings to import: all but the active members of an active `SameOrigin` group, which is shown instead of them. Archived
 * members are included, so that their imports are archived.
 */
export function securityHubFindings(findings: readonly Finding[]): Finding[] {
  const members = sameOriginMembers(findings);
  return findings.filter(({ id }) => !members.has(id));
}
