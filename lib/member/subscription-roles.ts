import { Token, type CfnCondition } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledgements';
import { RUNTIME_AGENTS, RUNTIME_LOG_GROUPS } from '../../lambda/detection/vocabulary';
import { NAMES, named } from '../names';
import { policy } from '../policy';

export interface SubscriptionRolesProps {
  /** Account of the hub, whose role `credlock-watch` may subscribe clusters. */
  readonly hubAccount: string;
  /** The account of the roles. */
  readonly account: string;
  readonly partition: string;
  /**
   * Condition under which the roles are created.
   *
   * @default - always
   */
  readonly condition?: CfnCondition;
}

/** Log groups of clusters' control planes, and of the agents in them. */
const LOG_GROUPS = ['/aws/eks/*/cluster', ...RUNTIME_AGENTS.map((agent) => `${RUNTIME_LOG_GROUPS}${agent}/*`)];

/**
 * The roles of an account by which the logs of its clusters reach the hub: one that `watch` assumes to subscribe their log
 * groups to the hub's destinations and to nothing else, and one that CloudWatch Logs assumes to show that the account
 * may deliver to a destination of its organisation.
 */
export class SubscriptionRoles extends Construct {
  constructor(scope: Construct, id: string, props: SubscriptionRolesProps) {
    super(scope, id);
    const { hubAccount, account, partition, condition } = props;
    for (const role of [this.#delivery(props), this.#subscribe(props)]) {
      if (condition) role.cfnOptions.condition = condition;
      const { groups, anyGroup, clusters, destinations } = resourcesOf(hubAccount, account, partition);
      acknowledgeWildcards(
        role,
        [...groups, anyGroup, clusters, destinations],
        'Clusters come and go, in every Region.',
      );
    }
  }

  #delivery({ account, partition }: SubscriptionRolesProps): CfnRole {
    return new CfnRole(this, 'Delivery', {
      roleName: NAMES.logDeliveryRole,
      description: 'credlock: lets CloudWatch Logs deliver audit records of clusters to the hub',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'logs.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
      policies: [
        {
          policyName: 'deliver',
          policyDocument: policy({
            Effect: 'Allow',
            Action: 'logs:PutLogEvents',
            Resource: resourcesOf(account, account, partition).groups,
          }),
        },
      ],
    });
  }

  #subscribe({ hubAccount, account, partition }: SubscriptionRolesProps): CfnRole {
    return new CfnRole(this, 'Subscribe', {
      roleName: NAMES.subscribeRole,
      description: 'credlock: subscribes audit logs of clusters to the hub',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: Token.isUnresolved(hubAccount) ? hubAccount : `arn:${partition}:iam::${hubAccount}:root` },
        Action: 'sts:AssumeRole',
        Condition: { ArnLike: { 'aws:PrincipalArn': `arn:*:iam::${hubAccount}:role/${named('watch')}` } },
      }),
      policies: [{ policyName: 'subscribe', policyDocument: policy(...subscribing(hubAccount, account, partition)) }],
    });
  }
}

function resourcesOf(hubAccount: string, account: string, partition: string) {
  return {
    groups: LOG_GROUPS.map((name) => `arn:${partition}:logs:*:${account}:log-group:${name}:*`),
    anyGroup: `arn:${partition}:logs:*:${account}:log-group:*`,
    clusters: `arn:${partition}:eks:*:${account}:cluster/*`,
    destinations: `arn:${partition}:logs:*:${hubAccount}:destination:${NAMES.auditDestination}`,
  };
}

function subscribing(hubAccount: string, account: string, partition: string): object[] {
  const { groups, anyGroup, clusters, destinations } = resourcesOf(hubAccount, account, partition);
  return [
    // Listing does not support resource-level permissions.
    { Effect: 'Allow', Action: 'eks:ListClusters', Resource: '*' },
    { Effect: 'Allow', Action: 'eks:DescribeCluster', Resource: clusters },
    // CloudWatch Logs asks for this permission on all log groups, also for names with a prefix.
    { Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: anyGroup },
    {
      Effect: 'Allow',
      Action: ['logs:DescribeSubscriptionFilters', 'logs:DeleteSubscriptionFilter'],
      Resource: groups,
    },
    {
      Effect: 'Allow',
      Action: 'logs:PutSubscriptionFilter',
      Resource: [...groups, destinations],
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `arn:${partition}:iam::${account}:role/${NAMES.logDeliveryRole}`,
      Condition: { StringEquals: { 'iam:PassedToService': 'logs.amazonaws.com' } },
    },
  ];
}
