import { Token, type CfnCondition } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NAME_PREFIX } from '../patterns/event-patterns';
import { NAMES, named } from '../names';

export interface VerificationRoleProps {
  /** Account of the hub, whose roles `credlock-watch` and `credlock-verify` may assume the verification role. */
  readonly hubAccount: string;
  /** Partition of the accounts. */
  readonly partition: string;
  /**
   * Further roles of the hub account that may assume it, for `credlock seed` and `credlock doctor`: names with paths, `*`
   * allowed, such as `aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Security_*`.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
  /**
   * Condition under which the role is created.
   *
   * @default - always
   */
  readonly condition?: CfnCondition;
}

/** Actions that show who has an address. */
export const ADDRESS_ACTIONS = [
  'ec2:DescribeAddresses',
  'ec2:DescribeInstances',
  'ec2:DescribeNatGateways',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcEndpoints',
] as const;

/** Actions that do not support resource-level permissions. */
export const UNSCOPED_ACTIONS = ['cloudtrail:DescribeTrails', ...ADDRESS_ACTIONS, 'events:ListRules'] as const;

function statements(partition: string) {
  return [
    { Effect: 'Allow', Action: UNSCOPED_ACTIONS, Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrailStatus'],
      Resource: `arn:${partition}:cloudtrail:*:*:trail/*`,
    },
    {
      Effect: 'Allow',
      Action: 'events:ListTargetsByRule',
      Resource: `arn:${partition}:events:*:*:rule/${NAME_PREFIX}-*`,
    },
  ];
}

/** The read-only role in a member account, with which the hub inspects addresses, rules and trails. */
export class VerificationRole extends Construct {
  constructor(scope: Construct, id: string, props: VerificationRoleProps) {
    super(scope, id);
    const { hubAccount, partition, operatorRoles = [], condition } = props;
    const roles = [named('watch'), named('verify'), ...operatorRoles];
    const role = new CfnRole(this, 'Resource', {
      roleName: NAMES.verificationRole,
      description: 'credlock: reads addresses, rules and trails',
      assumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: {
              AWS: Token.isUnresolved(hubAccount) ? hubAccount : `arn:${partition}:iam::${hubAccount}:root`,
            },
            Action: 'sts:AssumeRole',
            Condition: {
              ArnLike: { 'aws:PrincipalArn': roles.map((name) => `arn:*:iam::${hubAccount}:role/${name}`) },
            },
          },
        ],
      },
      policies: [
        {
          policyName: 'read',
          policyDocument: {
            Version: '2012-10-17',
            Statement: statements(partition),
          },
        },
      ],
    });
    if (condition) role.cfnOptions.condition = condition;
  }
}
