import type { Partition, Resource } from '@aws-sdk/client-securityhub';
import type { Finding, FindingSession } from '../../detection/model/finding';
import { parseSessionArn } from '../../detection/model/session-arn';
import { ASFF_LIMITS, cutEnd } from './asff-limits';
import { kubernetesResources } from './asff-kubernetes-resources';
import { relatedResources, workloadResource, type PlacedResource } from './asff-workload-resources';

/** Partitions in Security Hub's names; it has none for the others. */
const PARTITIONS: ReadonlyMap<string, Partition> = new Map([
  ['aws', 'aws'],
  ['aws-cn', 'aws-cn'],
  ['aws-us-gov', 'aws-us-gov'],
  ['aws-iso', 'aws-us-iso'],
  ['aws-iso-b', 'aws-us-iso-b'],
]);

/** Account and role of a session, from its ARN. The role's path is not known. */
interface Holder {
  readonly partition: string;
  readonly account: string | null;
  readonly role: string;
  readonly roleArn: string;
  readonly keys: readonly string[];
}

/**
 * At most 32 resources of the finding, each once: its workloads, their clusters, the roles, and the access keys, the latest
 * used first and those of chained sessions last. Never empty. `region` is used for roles and keys of workloads whose Region is
 * unknown.
 */
export function asffResources(finding: Finding, region: string): Resource[] {
  const subjects = finding.workload ? [finding.workload] : (finding.workloads ?? []).slice(0, ASFF_LIMITS.resources);
  const home = finding.workload?.region ?? region;
  const holders = finding.sessions.map(holderOf);
  const chained = finding.related.map(holderOf);
  const placed = [
    ...subjects.map((subject) => workloadResource(subject)),
    ...subjects.flatMap(relatedResources),
    ...subjects.flatMap(kubernetesResources),
    ...holders.map((holder) => roleResource(holder, home)),
    ...latestFirst([...holders, ...chained], finding).map(({ id, holder }) => keyResource(id, holder, home)),
  ];
  if (placed.length === 0) return [{ Type: 'Other', Id: cutEnd(finding.id, ASFF_LIMITS.resourceId) }];
  return eachOnce(placed).slice(0, ASFF_LIMITS.resources).map(resourceOf);
}

function eachOnce(resources: readonly PlacedResource[]): PlacedResource[] {
  const seen = new Set<string>();
  return resources.filter(({ Type, Id }) => seen.size < seen.add(`${Type} ${Id}`).size);
}

/** A resource with Security Hub's name of its partition, and its id and Region within their limits. */
export function resourceOf({ partition, Region, ...rest }: PlacedResource): Resource {
  const known = PARTITIONS.get(partition);
  return {
    ...rest,
    Id: cutEnd(rest.Id ?? '', ASFF_LIMITS.resourceId),
    ...(known && { Partition: known }),
    ...(Region !== undefined && Region.length <= ASFF_LIMITS.region && { Region }),
  };
}

function holderOf({ arn, accessKeyIds: keys }: Pick<FindingSession, 'arn' | 'accessKeyIds'>): Holder {
  const session = parseSessionArn(arn);
  if (!session) return { partition: '', account: null, role: arn, roleArn: arn, keys };
  const { partition, account, role } = session;
  return { partition, account, role, roleArn: `arn:${partition}:iam::${account}:role/${role}`, keys };
}

function roleResource({ partition, role, roleArn }: Holder, region: string): PlacedResource {
  return { Type: 'AwsIamRole', Id: roleArn, partition, Region: region, Details: { AwsIamRole: { RoleName: role } } };
}

/** With GuardDuty's resource id, so that the findings of both show at one resource. */
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

/** Credentials expire within hours, so that the latest used ones are the ones to act on. */
function latestFirst(holders: readonly Holder[], { events }: Finding): { id: string; holder: Holder }[] {
  const used = new Map<string, string>();
  for (const { accessKeyId, time } of events) {
    if (accessKeyId !== null && time > (used.get(accessKeyId) ?? '')) used.set(accessKeyId, time);
  }
  const usedAt = ({ id }: { id: string }): string => used.get(id) ?? '';
  return holders
    .flatMap((holder) => holder.keys.map((id) => ({ id, holder })))
    .sort((a, b) => (usedAt(a) === usedAt(b) ? 0 : usedAt(a) > usedAt(b) ? -1 : 1));
}
