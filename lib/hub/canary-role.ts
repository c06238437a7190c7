import { ArnPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function';
import { NAMES } from '../names';

export interface CanaryRoleProps {
  /** The only one that may assume it. */
  readonly watch: HandlerFunction;
}

/** A role that may do nothing: that it was assumed is a record of CloudTrail, and proves the way to the lock table. */
export class CanaryRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { watch }: CanaryRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Resource', {
      roleName: NAMES.canaryRole,
      description: 'credlock: assumed by watch as a canary; may do nothing',
      assumedBy: new ArnPrincipal(watch.role.roleArn),
    });
    this.role.grantAssumeRole(watch.grantPrincipal);
    watch.tell('canaryRole', NAMES.canaryRole);
  }
}
