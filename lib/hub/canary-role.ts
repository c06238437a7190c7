import { ArnPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { HandlerFunction } from './handler-function';
import { NAMES } from '../names';

export interface CanaryRoleProps {
  /** The only principal that may assume the role. */
  readonly watch: HandlerFunction;
}

/** A role without permissions. Assuming it creates a CloudTrail record, whose arrival proves that events reach the lock table. */
export class CanaryRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { watch }: CanaryRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Resource', {
      roleName: NAMES.canaryRole,
      description: 'credlock: assumed by watch as a canary; has no permissions',
      assumedBy: new ArnPrincipal(watch.role.roleArn),
    });
    this.role.grantAssumeRole(watch.grantPrincipal);
    watch.setVariable('canaryRole', NAMES.canaryRole);
  }
}
