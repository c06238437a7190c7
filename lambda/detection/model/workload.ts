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

/** A function's id as network changes name it: its name may be that of an instance or a task. */
export function functionEntity(name: string): string {
  return `function/${name}`;
}

/** The ARN of a resource in a workload's account and Region; its id alone where the Region is not known. */
export function arnBeside(
  { partition, region, account }: Omit<Workload, 'kind' | 'id'> & { readonly region: string | null },
  service: string,
  resource: string,
): string {
  const place = managedIn({ region });
  return place === null
    ? (resource.split(/[/:]/).at(-1) ?? resource)
    : `arn:${partition}:${service}:${place}:${account}:${resource}`;
}

/** The Region in which the AWS CLI finds the workload: functions at the edge are managed in one of them. */
export function managedIn({ region }: { readonly region: string | null }): string | null {
  return region === 'GLOBAL' ? 'us-east-1' : region;
}
