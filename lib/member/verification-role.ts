import { Token, type CfnCondition } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NAME_PREFIX } from '../patterns/event-patterns';
import { NAMES, named } from '../names';

export interface VerificationRoleProps {
  /** Account of the hub, whose `credlock-watch` may assume it. */
  readonly hubAccount: string;
  /** Partition of both accounts. */
  readonly partition: string;
  /**
   * Roles of the hub account, beside that one, that may assume it: people who seed and ask the doctor. Names with their
   * path, `*` allowed: `aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Security_*`.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
  /**
   * Only where this holds: one Region of an account, as roles are global.
   *
   * @default - always
   */
  readonly condition?: CfnCondition;
}

/** What AWS lets nobody narrow to a resource: descriptions of EC2, and lists. */
export const UNNARROWED_ACTIONS = [
  'cloudtrail:DescribeTrails',
  'ec2:DescribeAddresses',
  'ec2:DescribeInstances',
  'ec2:DescribeNatGateways',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcEndpoints',
  'events:ListRules',
] as const;

/** All it may do: look at addresses, and at what credlock needs to work. */
function statements(partition: string) {
  return [
    { Effect: 'Allow', Action: UNNARROWED_ACTIONS, Resource: '*' },
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

/** The read-only role in a member account. */
export class VerificationRole extends Construct {
  constructor(scope: Construct, id: string, props: VerificationRoleProps) {
    super(scope, id);
    const { hubAccount, partition, operatorRoles = [], condition } = props;
    const roles = [named('watch'), ...operatorRoles];
    const role = new CfnRole(this, 'Resource', {
      roleName: NAMES.verificationRole,
      description: 'credlock: looks at addresses, rules and trails; changes nothing',
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
          policyName: 'look',
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
