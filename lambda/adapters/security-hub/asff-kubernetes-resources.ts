import type { ContainerDetails } from '@aws-sdk/client-securityhub';
import type { FindingWorkload } from '../../detection/model/finding';
import { workloadKey } from '../../detection/model/workload';
import { ASFF_LIMITS, cutEnd } from './asff-limits';
import type { PlacedResource } from './asff-workload-resources';

const MOST_MOUNTS = 20;

/** The cluster, the containers, the node’s instance and the user of a finding on a cluster. Empty for other findings. */
export function kubernetesResources(workload: FindingWorkload): PlacedResource[] {
  const { kind, partition, region } = workload;
  if (kind !== 'kubernetes-workload' && kind !== 'eks-cluster') return [];
  const place = { partition, ...(region !== null && { Region: region }) };
  return [clusterOf(workload), containerOf(workload), instanceOf(workload), userOf(workload)].flatMap((one) =>
    one ? [{ ...place, ...one }] : [],
  );
}

type Unplaced = Omit<PlacedResource, 'partition' | 'Region'>;

/** Where a part of its ARN is not known there is no such resource. */
function clusterOf({ account, region, attributes }: FindingWorkload): Unplaced | null {
  const { cluster, clusterArn } = attributes;
  if (cluster === undefined || clusterArn === undefined || region === null || !/^\d{12}$/.test(account)) return null;
  return {
    Type: 'AwsEksCluster',
    Id: clusterArn,
    Details: { AwsEksCluster: { Arn: clusterArn, Name: cluster } },
  };
}

function containerOf(workload: FindingWorkload): Unplaced | null {
  const { image, container, privileged, mounts = '' } = workload.attributes;
  if (image === undefined) return null;
  const Container: ContainerDetails = {
    ImageName: image,
    ...(container !== undefined && { Name: container }),
    ...(privileged !== undefined && { Privileged: privileged === 'true' }),
    ...(mounts !== '' && { VolumeMounts: mounts.split(', ').slice(0, MOST_MOUNTS).map(mountOf) }),
  };
  return { Type: 'Container', Id: `${workloadKey(workload)}/${image}`, Details: { Container } };
}

/** `/etc:/host-etc`: on the node, in the container. */
function mountOf(text: string): { Name?: string; MountPath?: string } {
  const [path = '', at = ''] = text.split(':');
  return { ...(path !== '' && { Name: path }), ...(at !== '' && { MountPath: at }) };
}

/** A cluster’s nodes are of its own account and Region. */
function instanceOf({ partition, account, region, attributes }: FindingWorkload): Unplaced | null {
  const { instance } = attributes;
  if (instance === undefined || region === null || !/^\d{12}$/.test(account)) return null;
  return { Type: 'AwsEc2Instance', Id: `arn:${partition}:ec2:${region}:${account}:instance/${instance}` };
}

function userOf({ attributes }: FindingWorkload): Unplaced | null {
  const { user, cluster = 'unknown', clusterArn = '' } = attributes;
  if (user === undefined) return null;
  const Other = { kind: 'KubernetesUser', cluster, user: cutEnd(user, ASFF_LIMITS.otherDetailsValue) };
  return { Type: 'Other', Id: `${clusterArn}/user/${user}`, Details: { Other } };
}
