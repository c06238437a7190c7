import type { Resource, ResourceDetails } from '@aws-sdk/client-securityhub';
import type { FindingWorkload } from '../../detection/model/finding';
import { workloadKey } from '../../detection/model/workload';
import { ASFF_LIMITS, cutEnd } from './asff-limits';

/** A resource whose partition is still called as ARNs call it. */
export type PlacedResource = Omit<Resource, 'Partition'> & { readonly partition: string };

/**
 * A workload as Security Hub knows it. ARNs of workloads whose Region is unknown leave it blank: the endpoint called says
 * nothing of where a workload is. Pods and sessions of services have no type of their own there.
 */
export function workloadResource(workload: FindingWorkload): PlacedResource {
  const { kind, id } = workload;
  switch (kind) {
    case 'ec2-instance':
      return known(workload, 'AwsEc2Instance', arnOf(workload, 'ec2', `instance/${id}`), {});
    case 'ecs-task':
      return ecsTask(workload);
    case 'lambda-function':
      return id.startsWith('role/') ? other(workload, workloadKey(workload)) : lambdaFunction(workload);
    case 'service-session':
      return other(workload, `arn:${workload.partition}:sts::${workload.account}:assumed-role/${id}`);
    default:
      return other(workload, workloadKey(workload));
  }
}

/** The cluster a pod runs in, where it has a name and its Region is known. */
export function clusterResource(workload: FindingWorkload): PlacedResource[] {
  const { kind, partition, region, attributes } = workload;
  const name = attributes['cluster'];
  if (kind !== 'eks-pod' || name === undefined || region === null) return [];
  const arn = arnOf(workload, 'eks', `cluster/${name}`);
  return [
    { Type: 'AwsEksCluster', Id: arn, partition, Region: region, Details: { AwsEksCluster: { Arn: arn, Name: name } } },
  ];
}

function ecsTask(workload: FindingWorkload): PlacedResource {
  const { id, region, attributes } = workload;
  const name = attributes['cluster'];
  const arn = arnOf(workload, 'ecs', name === undefined ? `task/${id}` : `task/${name}/${id}`);
  if (name === undefined || region === null) return known(workload, 'AwsEcsTask', arn, {});
  return known(workload, 'AwsEcsTask', arn, { AwsEcsTask: { ClusterArn: arnOf(workload, 'ecs', `cluster/${name}`) } });
}

function lambdaFunction(workload: FindingWorkload): PlacedResource {
  const { id } = workload;
  const details = { AwsLambdaFunction: { FunctionName: id } };
  return known(workload, 'AwsLambdaFunction', arnOf(workload, 'lambda', `function:${id}`), details);
}

/** A resource of a type Security Hub has; what its own fields cannot hold goes into `Other`. */
function known(workload: FindingWorkload, type: string, id: string, details: ResourceDetails): PlacedResource {
  return placed(workload, { Type: type, Id: id, Details: { ...details, Other: otherDetails(workload) } });
}

function other(workload: FindingWorkload, id: string): PlacedResource {
  return placed(workload, { Type: 'Other', Id: id, Details: { Other: otherDetails(workload) } });
}

function placed(
  { partition, region }: FindingWorkload,
  rest: Omit<PlacedResource, 'partition' | 'Region'>,
): PlacedResource {
  return { ...rest, partition, ...(region !== null && { Region: region }) };
}

/** The member account is in every one of them: the finding itself carries the account that imports it. */
function otherDetails({ kind, id, account, attributes }: FindingWorkload): Record<string, string> {
  const entries = Object.entries({ kind, id, account, ...attributes });
  const filled = entries.flatMap(([key, value]) => {
    const text = cutEnd(value, ASFF_LIMITS.otherDetailsValue);
    return text === '' ? [] : [[cutEnd(key, ASFF_LIMITS.otherDetailsKey), text] as const];
  });
  return Object.fromEntries(filled.slice(0, ASFF_LIMITS.otherDetails));
}

function arnOf({ partition, region, account }: FindingWorkload, service: string, rest: string): string {
  return `arn:${partition}:${service}:${region ?? ''}:${account}:${rest}`;
}
