import { CfnCondition, Fn, Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CloudTrailRule } from './cloudtrail-rule';
import { observedPatterns, tamperingPattern, type WorkloadName } from './event-patterns';
import { FORWARD_ROLE, NAMES } from './names';
import { policy } from './policy';
import { VerificationRole } from './verification-role';

/** What is the same in every account and Region that is watched. */
export interface MemberSettings {
  /** Account of the hub. */
  readonly hubAccount: string;
  /** Region of the hub. */
  readonly hubRegion: string;
  /**
   * Kinds of workloads whose calls are forwarded.
   *
   * @default - EC2 instances, ECS tasks, EKS pods and Lambda functions
   */
  readonly workloads?: readonly WorkloadName[];
  /**
   * Forward every call of every role session.
   *
   * @default false
   */
  readonly forwardAll?: boolean;
  /**
   * The one Region of an account in which its read-only role is made, by which the hub looks at addresses and rules.
   *
   * @default - no such role
   */
  readonly verificationRoleRegion?: string;
  /**
   * Roles of the hub account that may assume that role, beside credlock's own; with their paths, `*` allowed.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
}

/** The kinds that are watched unless told otherwise, as the settings have it. */
export const DEFAULT_WORKLOADS: readonly WorkloadName[] = ['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function'];

/**
 * The part of credlock in an account and Region: rules on the default bus that forward to the hub's, and the role they do
 * it with. No assets and no parameters, so that any template service can deploy it. In the hub's own Region of its own
 * account there are no rules: the hub has its own.
 */
export class Member extends Construct {
  constructor(scope: Construct, id: string, settings: MemberSettings) {
    super(scope, id);
    const { hubAccount, hubRegion, workloads = DEFAULT_WORKLOADS, forwardAll = false } = settings;
    const { partition, account, region } = Stack.of(this);
    const hubBusArn = `arn:${partition}:events:${hubRegion}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = this.#forwardRole(hubBusArn);
    const away = new CfnCondition(this, 'AwayFromTheHub', {
      expression: Fn.conditionNot(
        Fn.conditionAnd(Fn.conditionEquals(account, hubAccount), Fn.conditionEquals(region, hubRegion)),
      ),
    });
    const patterns = [...observedPatterns({ workloads, forwardAll, account }), tamperingPattern({ account })];
    for (const pattern of patterns) {
      const target = { arn: hubBusArn, roleArn: role.attrArn };
      new CloudTrailRule(this, pattern.name, { pattern, target, condition: away });
    }
    this.#verificationRole(settings);
  }

  #forwardRole(hubBusArn: string): CfnRole {
    return new CfnRole(this, 'Forward', {
      roleName: FORWARD_ROLE,
      description: 'credlock: with it EventBridge forwards to the hub',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      policies: [
        {
          policyName: 'forward',
          policyDocument: policy({ Effect: 'Allow', Action: 'events:PutEvents', Resource: hubBusArn }),
        },
      ],
    });
  }

  #verificationRole({ hubAccount, verificationRoleRegion, operatorRoles }: MemberSettings): void {
    if (verificationRoleRegion === undefined) return;
    const { partition, region } = Stack.of(this);
    const condition = new CfnCondition(this, 'RoleRegion', {
      expression: Fn.conditionEquals(region, verificationRoleRegion),
    });
    new VerificationRole(this, 'Verification', {
      hubAccount,
      partition,
      condition,
      ...(operatorRoles && { operatorRoles }),
    });
  }
}
