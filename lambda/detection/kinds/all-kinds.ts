import { ec2Instance } from './ec2-instance';
import { ecsTask } from './ecs-task';
import { eksPod } from './eks-pod';
import { lambdaFunction } from './lambda-function';
import { serviceSession } from './service-session';
import type { WorkloadKind } from '../model/workload-kind';

/** Kinds are tried in this order; the fallback is the last. */
const KINDS = [ec2Instance, ecsTask, eksPod, lambdaFunction, serviceSession] as const;

export const WORKLOAD_KINDS: readonly WorkloadKind[] = KINDS;

export type WorkloadName = (typeof KINDS)[number]['name'];

/** The kinds' names, as the setting `workloads` has them. */
export const WORKLOADS: readonly WorkloadName[] = KINDS.map(({ name }) => name);

/** The kinds that are watched unless the setting `workloads` says otherwise. */
export const DEFAULT_WORKLOADS: readonly WorkloadName[] = KINDS.filter((kind) => kind.watchedByDefault).map(
  ({ name }) => name,
);

/** The kinds with these names. */
export function kindsNamed(names: readonly string[]): readonly WorkloadKind[] {
  return WORKLOAD_KINDS.filter(({ name }) => names.includes(name));
}

/** The kind with this name; undefined for a kind of an older or newer version. */
export function kindNamed(name: string, kinds: readonly WorkloadKind[] = WORKLOAD_KINDS): WorkloadKind | undefined {
  return kinds.find((kind) => kind.name === name);
}
