import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { ASFF_LIMITS } from './asff-limits';

/** Product fields that are kept whatever the size: they identify the finding and its workload. */
const KEPT_FIELDS = 8;

/**
 * A finding of at most 240 KB as it is sent (UTF-8, JSON): the last product fields go first, as they are ordered by
 * importance, then the last resources. Only texts with many characters beyond ASCII come near.
 */
export function withinFindingSize(finding: AwsSecurityFinding): AwsSecurityFinding {
  const fields = Object.entries(finding.ProductFields ?? {});
  const resources = [...(finding.Resources ?? [])];
  let fitting = finding;
  while (bytesOf(fitting) > ASFF_LIMITS.findingBytes) {
    if (fields.length > KEPT_FIELDS) fields.pop();
    else if (resources.length > 1) resources.pop();
    else break;
    fitting = { ...finding, ProductFields: Object.fromEntries(fields), Resources: resources };
  }
  return fitting;
}

function bytesOf(finding: AwsSecurityFinding): number {
  return Buffer.byteLength(JSON.stringify(finding));
}
