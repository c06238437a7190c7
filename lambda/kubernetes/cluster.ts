import type { Result } from '../detection/model/result';

/** An EKS cluster. A part that no wrapper and no option names is null and is called unknown in findings. */
export interface Cluster {
  readonly partition: string;
  readonly account: string | null;
  readonly region: string | null;
  readonly name: string | null;
}

export const UNKNOWN_CLUSTER: Cluster = { partition: 'aws', account: null, region: null, name: null };

/** `arn:aws:eks:eu-west-1:111122223333:cluster/demo`; unknown parts are empty. */
export function clusterKey({ partition, account, region, name }: Cluster): string {
  return `arn:${partition}:eks:${region ?? ''}:${account ?? ''}:cluster/${name ?? ''}`;
}

const CLUSTER_ARN = /^arn:(aws[a-z-]*):eks:([a-z]{2,}(?:-[a-z]+)+-\d+):(\d{12}):cluster\/([0-9A-Za-z][\w-]{0,99})$/;

/** The cluster of an ARN in the form `clusterKey` gives, all parts known. */
export function parseClusterArn(text: string): Result<Cluster> {
  const parts = CLUSTER_ARN.exec(text);
  if (!parts)
    return { faults: [`"${text}" is no ARN of a cluster, like arn:aws:eks:eu-west-1:111122223333:cluster/demo`] };
  const [, partition = '', region = '', account = '', name = ''] = parts;
  return { value: { partition, account, region, name } };
}

const LOG_GROUP = /^\/aws\/eks\/([0-9A-Za-z][\w-]{0,99})\/cluster$/;

/** The cluster's name in `/aws/eks/<name>/cluster`; null for any other log group. */
export function clusterOfLogGroup(group: string): string | null {
  return LOG_GROUP.exec(group)?.[1] ?? null;
}
