import type { Finding } from '../detection/finding';
import type { Settings } from '../detection/settings';
import { suppressedBy } from '../detection/suppression';

/** A suppressed finding is recorded, and withdrawn where it was said before. */
export function hidden(finding: Finding, { suppressions }: Pick<Settings, 'suppressions'>): Finding {
  const by = suppressedBy(finding, suppressions);
  const archivedBecause = by ? `suppressed until ${by.expires} by ${by.owner}: ${by.reason}` : 'suppressed';
  return { ...finding, status: 'ARCHIVED', archivedBecause };
}
