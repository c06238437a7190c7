import type { AwsSecurityFinding } from '@aws-sdk/client-securityhub';
import { EXPOSURE_ADVICE, wordsOfExposure, type RoleExposure } from '../../detection/posture/role-exposure';
import { asffId, type AsffTarget } from './asff';
import { ASFF_LIMITS, cutEnd, listed } from './asff-limits';
import { resourceOf } from './asff-resources';
import { withinFindingSize } from './asff-size';
import { workloadResource } from './asff-workload-resources';

const PRODUCT = 'credlock';
const TYPES = ['Software and Configuration Checks/AWS Security Best Practices/credlock:ImdsV1'];
/** The runbook’s section on these findings. */
const SECTION = 'closing-the-door';

/**
 * A LOW finding about a role whose credentials are still fetched by IMDSv1, in the AWS Security Finding Format. Pure. Its id
 * begins with `credlock/posture/`.
 */
export function postureAsffOf(exposure: RoleExposure, where: AsffTarget): AwsSecurityFinding {
  const { account, region, partition, updatedAt, runbookUrl } = where;
  const { title, description } = wordsOfExposure(exposure);
  return withinFindingSize({
    SchemaVersion: '2018-10-08',
    Id: asffId(exposure.id),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: PRODUCT,
    CompanyName: PRODUCT,
    GeneratorId: `${PRODUCT}/ImdsV1`,
    AwsAccountId: account,
    Types: TYPES,
    FindingProviderFields: { Severity: { Label: 'LOW', Original: 'LOW' }, Types: TYPES },
    Severity: { Label: 'LOW', Normalized: 1, Original: 'LOW' },
    CreatedAt: exposure.firstSeen,
    FirstObservedAt: exposure.firstSeen,
    LastObservedAt: exposure.lastSeen,
    UpdatedAt: updatedAt,
    Title: cutEnd(title, ASFF_LIMITS.title),
    Description: cutEnd(description, ASFF_LIMITS.description),
    Remediation: {
      Recommendation: {
        Text: cutEnd(EXPOSURE_ADVICE, ASFF_LIMITS.remediationText),
        Url: postureSection(runbookUrl),
      },
    },
    RecordState: exposure.status,
    Resources: resourcesOf(exposure, region),
    ProductFields: productFieldsOf(exposure),
  });
}

/** The runbook’s section on these findings. */
export function postureSection(runbookUrl: string): string {
  return `${runbookUrl.split('#')[0] ?? ''}#${SECTION}`;
}

/** The role, which the finding is about, then its instances: at most 32. */
function resourcesOf(exposure: RoleExposure, region: string): NonNullable<AwsSecurityFinding['Resources']> {
  const { partition, account, role, instances } = exposure;
  const placed = [
    {
      Type: 'AwsIamRole',
      Id: `arn:${partition}:iam::${account}:role/${role}`,
      partition,
      Region: region,
      Details: { AwsIamRole: { RoleName: cutEnd(role, 64) } },
    },
    ...instances.map((one) =>
      workloadResource({
        kind: 'ec2-instance',
        id: one.instance,
        account,
        partition,
        region: one.region,
        attributes: {},
      }),
    ),
  ];
  return placed.slice(0, ASFF_LIMITS.resources).map(resourceOf);
}

function productFieldsOf({ account, role, instances, instancesLeftOut }: RoleExposure): Record<string, string> {
  const agents = [...new Set(instances.flatMap(({ userAgents }) => userAgents))].sort();
  const fields = {
    'credlock/account': account,
    'credlock/role': role,
    'credlock/instances': String(instances.length + instancesLeftOut),
    'credlock/userAgents': listed(agents, ASFF_LIMITS.productFieldValue),
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [key, cutEnd(value, ASFF_LIMITS.productFieldValue)]),
  );
}
