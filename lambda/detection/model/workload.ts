/** What AWS issued credentials to. Identified by partition, account, kind and id; nothing else. */
export interface Workload {
  readonly partition: string;
  readonly account: string;
  /** A kind's `name`: `ec2-instance`, `ecs-task`, … */
  readonly kind: string;
  readonly id: string;
}

/** `partition/account/kind/id`: one text for one workload, in the order people sort by. The id may contain slashes. */
export type WorkloadKey = string;

export function workloadKey(workload: Workload): WorkloadKey {
  return `${workload.partition}/${workload.account}/${workload.kind}/${workload.id}`;
}
