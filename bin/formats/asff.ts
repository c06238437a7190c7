import { asffOf } from '../../lambda/adapters/security-hub/asff';
import { securityHubFindings } from '../../lambda/adapters/security-hub/security-hub-findings';
import type { Finding } from '../../lambda/detection/model/finding';

/** Where a finding names no Region of its own. */
const SOMEWHERE: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

/**
 * The findings as Security Hub takes them: one JSON array of ASFF, as `aws securityhub batch-import-findings --findings`
 * reads it (100 at a time). The importing account is `account`, or each workload's own; members of a `SameOrigin` group
 * give way to it.
 */
export function asffDocument(findings: readonly Finding[], account: string | undefined, runbookUrl: string): string {
  const asff = securityHubFindings(findings).map((finding) => {
    const home = finding.workload ?? finding.workloads?.[0];
    const partition = home?.partition ?? 'aws';
    return asffOf(finding, {
      account: account ?? home?.account ?? '',
      region: home?.region ?? SOMEWHERE[partition] ?? 'us-east-1',
      partition,
      updatedAt: finding.lastSeen,
      runbookUrl,
    });
  });
  return `${JSON.stringify(asff, null, 2)}\n`;
}
