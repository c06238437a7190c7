import type { Partition, Resource } from '@aws-sdk/client-securityhub';
import type { Finding, FindingSession } from '../../detection/finding';
import { parseSessionArn } from '../../detection/session-arn';
import { ASFF_LIMITS, cutEnd } from './asff-limits';
import { clusterResource, workloadResource, type PlacedResource } from './asff-workload-resources';

/** Security Hub has words of its own for two partitions, and none for the others. */
const PARTITIONS: Readonly<Record<string, Partition>> = {
  aws: 'aws',
  'aws-cn': 'aws-cn',
  'aws-us-gov': 'aws-us-gov',
  'aws-iso': 'aws-us-iso',
  'aws-iso-b': 'aws-us-iso-b',
};

/** A session as its ARN tells it: whose it is, and the role behind it. The role's path is not known. */
interface Holder {
  readonly partition: string;
  readonly account: string | null;
  readonly role: string;
  readonly roleArn: string;
}

/**
 * What the finding is about, at most 32: its workload or workloads, their clusters, the roles, the keys, each once, those
 * used last before those used earlier, and the keys of chained sessions at the end. Never empty.
 * `region` is given to roles and keys of workloads whose Region is unknown.
 */
export function asffResources(finding: Finding, region: string): Resource[] {
  const { workload, workloads, sessions, related } = finding;
  const subjects = workload ? [workload] : (workloads ?? []);
  const home = workload?.region ?? region;
  const holders = sessions.map((session) => ({ ...session, holder: holderOf(session) }));
  const chained = related.map(({ arn, accessKeyIds }) => {
    const role = parseSessionArn(arn)?.role ?? arn;
    return { arn, role, accessKeyIds, holder: holderOf({ arn, role, accessKeyIds }) };
  });
  const placed = [
    ...subjects.map(workloadResource),
    ...subjects.flatMap(clusterResource),
    ...holders.map(({ holder }) => roleResource(holder, home)),
    ...latestFirst([...holders, ...chained], finding).map(({ id, holder }) => keyResource(id, holder, home)),
  ];
  if (placed.length === 0) return [{ Type: 'Other', Id: cutEnd(finding.id, ASFF_LIMITS.resourceId) }];
  return eachOnce(placed).slice(0, ASFF_LIMITS.resources).map(resource);
}

function eachOnce(resources: readonly PlacedResource[]): PlacedResource[] {
  const seen = new Set<string>();
  return resources.filter(({ Type, Id }) => seen.size < seen.add(`${Type} ${Id}`).size);
}

function resource({ partition, Region, ...rest }: PlacedResource): Resource {
  const known = PARTITIONS[partition];
  return {
    ...rest,
    Id: cutEnd(rest.Id ?? '', ASFF_LIMITS.resourceId),
    ...(known && { Partition: known }),
    ...(Region !== undefined && Region.length <= ASFF_LIMITS.region && { Region }),
  };
}

function holderOf({ arn, role }: FindingSession): Holder {
  const session = parseSessionArn(arn);
  if (!session) return { partition: '', account: null, role, roleArn: role };
  const { partition, account } = session;
  return { partition, account, role, roleArn: `arn:${partition}:iam::${account}:role/${role}` };
}

function roleResource({ partition, role, roleArn }: Holder, region: string): PlacedResource {
  return { Type: 'AwsIamRole', Id: roleArn, partition, Region: region, Details: { AwsIamRole: { RoleName: role } } };
}

/** Keyed and named as GuardDuty does it, so that both findings meet at one resource. */
function keyResource(id: string, { partition, account, role, roleArn }: Holder, region: string): PlacedResource {
  const owner = account === null ? {} : { AccountId: account };
  return {
    Type: 'AwsIamAccessKey',
    Id: `AWS::IAM::AccessKey:${id}`,
    partition,
    Region: region,
    Details: {
      AwsIamAccessKey: {
        AccessKeyId: id,
        ...owner,
        PrincipalType: 'AssumedRole',
        PrincipalName: role,
        SessionContext: { SessionIssuer: { Type: 'Role', Arn: roleArn, ...owner, UserName: role } },
      },
    },
  };
}

/** Keys live for hours: of many, those used last are the ones to act on. */
function latestFirst(
  sessions: readonly { readonly accessKeyIds: readonly string[]; readonly holder: Holder }[],
  { events }: Finding,
): { id: string; holder: Holder }[] {
  const used = new Map<string, string>();
  for (const { accessKeyId, time } of events) {
    if (accessKeyId !== null && time > (used.get(accessKeyId) ?? '')) used.set(accessKeyId, time);
  }
  const keys = sessions.flatMap(({ accessKeyIds, holder }) => accessKeyIds.map((id) => ({ id, holder })));
  const usedAt = ({ id }: { id: string }): string => used.get(id) ?? '';
  return keys.sort((a, b) => (usedAt(a) === usedAt(b) ? 0 : usedAt(a) > usedAt(b) ? -1 : 1));
}
