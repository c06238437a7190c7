import { Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function';
export interface CanaryRoleProps {
    /** The only one that may assume it. */
    readonly watch: HandlerFunction;
}
/** A role that may do nothing: that it was assumed is a record of CloudTrail, and proves the way to the lock table. */
export declare class CanaryRole extends Construct {
    readonly role: Role;
    constructor(scope: Construct, id: string, { watch }: CanaryRoleProps);
}
