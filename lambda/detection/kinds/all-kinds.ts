import { ec2Instance } from './ec2-instance';
import { ecsTask } from './ecs-task';
import { eksPod } from './eks-pod';
import { lambdaFunction } from './lambda-function';
import { serviceSession } from './service-session';
import type { WorkloadKind } from '../model/workload-kind';

/** Every kind of workload, in the order they are asked; the fallback last. */
export const WORKLOAD_KINDS: readonly WorkloadKind[] = [ec2Instance, ecsTask, eksPod, lambdaFunction, serviceSession];

/** The kinds that `workloads` of the settings names. */
export function kindsNamed(names: readonly string[]): readonly WorkloadKind[] {
  return WORKLOAD_KINDS.filter(({ name }) => names.includes(name));
}
