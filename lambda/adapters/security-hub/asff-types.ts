import { ASFF } from '../../detection/findings/finding-type-row';
import { FINDING_TYPE_TABLE } from '../../detection/findings/finding-types';
import type { Finding, FindingOrigin } from '../../detection/model/finding';

/**
 * The finding's types in Security Hub's taxonomy (`namespace/category/classifier`), GuardDuty's first. The classifiers are
 * those that GuardDuty's integration page lists; ours are `credlock:<type>`.
 */
export function asffTypes(finding: Finding): string[] {
  const { asff, asffFirst } = FINDING_TYPE_TABLE[finding.type];
  const ours = asff.map((prefix) => {
    if (prefix === ASFF.consoleLogin) return prefix;
    return prefix === ASFF.exfiltration ? `${prefix}/${exfiltration(finding)}` : `${prefix}/credlock:${finding.type}`;
  });
  return asffFirst ? [asffFirst(finding.workload?.attributes ?? {}), ...ours] : ours;
}

/** GuardDuty has one name for EC2 and one for all other workloads; without a suffix both begin with the same text. */
function exfiltration({ workload, workloads, origin }: Finding): string {
  const kinds = (workload ? [workload] : (workloads ?? [])).map(({ kind }) => kind);
  const whose = kinds.every((kind) => kind === 'ec2-instance') ? 'Instance' : 'Resource';
  return `UnauthorizedAccess:IAMUser-${whose}CredentialExfiltration${origin === null ? '' : suffix(origin)}`;
}

function suffix({ kind, ownership }: FindingOrigin): string {
  if (kind === 'endpoint' || kind === 'cluster') return '.InsideAWS';
  switch (ownership) {
    case 'outside-aws':
      return '.OutsideAWS';
    case 'aws':
    case 'organization-account':
    case 'same-account':
    case 'foreign-account':
      return '.InsideAWS';
    case 'unknown':
    case 'none':
      return '';
    default:
      return ownership satisfies never;
  }
}
