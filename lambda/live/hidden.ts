import type { Finding } from '../detection/model/finding';
import type { Settings } from '../detection/model/settings';
import { suppressedBy } from '../detection/findings/suppression';

/** A suppressed finding is recorded, and withdrawn where it was said before. */
export function hidden(finding: Finding, { suppressions }: Pick<Settings, 'suppressions'>): Finding {
  const by = suppressedBy(finding, suppressions);
  const archivedBecause = by ? `suppressed until ${by.expires} by ${by.owner}: ${by.reason}` : 'suppressed';
  return { ...finding, status: 'ARCHIVED', archivedBecause };
}
