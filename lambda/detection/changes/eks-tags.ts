import { parametersOf } from '../records/changes/parameters';

/** Tags that EKS, its node groups and eksctl put on their nodes, and the one that nodes run by hand must have. */
const EKS_TAGS = new Set(['eks:cluster-name', 'aws:eks:cluster-name', 'alpha.eksctl.io/cluster-name']);
const CLUSTER_TAG = 'kubernetes.io/cluster/';

/** Whether tags in these requests, responses or parts of them make an instance a node of an EKS cluster. */
export function hasEksTag(parts: readonly unknown[]): boolean {
  const keys = parametersOf(parts).get('key') ?? [];
  return keys.some((key) => EKS_TAGS.has(key) || key.startsWith(CLUSTER_TAG));
}
