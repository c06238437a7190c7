import {
  type CloudWatchLogsClient,
  CloudWatchLogsServiceException,
  DeleteSubscriptionFilterCommand,
  DescribeLogGroupsCommand,
  DescribeSubscriptionFiltersCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeClusterCommand, ListClustersCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { ClusterLogs, SubscriptionFilter } from '../../watching/subscribe-clusters';

/** What the sessions of `credlock-subscribe` do. */
export const SUBSCRIBE_ACTIONS = [
  'eks:ListClusters',
  'eks:DescribeCluster',
  'logs:DescribeLogGroups',
  'logs:DescribeSubscriptionFilters',
  'logs:PutSubscriptionFilter',
  'logs:DeleteSubscriptionFilter',
  'iam:PassRole',
];

/** The clusters of the clients' account and Region. Closes the clients. */
export function clusterLogs(eks: EKSClient, logs: CloudWatchLogsClient): ClusterLogs {
  return {
    clusters: () => clustersOf(eks),
    writesAuditLog: (cluster) => writesAuditLog(eks, cluster),
    logGroups: (prefix) => logGroupsOf(logs, prefix),
    filters: (logGroup) => filtersOf(logs, logGroup),
    put: (logGroup, filter) => putFilter(logs, logGroup, filter),
    remove: async (logGroupName, filterName) => {
      await logs.send(new DeleteSubscriptionFilterCommand({ logGroupName, filterName }));
    },
    close: () => {
      eks.destroy();
      logs.destroy();
    },
  };
}

async function clustersOf(eks: EKSClient): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await eks.send(new ListClustersCommand({ ...(nextToken !== undefined && { nextToken }) }));
    names.push(...(answer.clusters ?? []));
    ({ nextToken } = answer);
  } while (nextToken !== undefined);
  return names;
}

async function writesAuditLog(eks: EKSClient, name: string): Promise<boolean> {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
  const setups = cluster?.logging?.clusterLogging ?? [];
  return setups.some(({ types = [], enabled = false }) => enabled && types.includes('audit'));
}

async function logGroupsOf(logs: CloudWatchLogsClient, logGroupNamePrefix: string): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix, ...(nextToken !== undefined && { nextToken }) }),
    );
    names.push(...(answer.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []));
    ({ nextToken } = answer);
  } while (nextToken !== undefined);
  return names;
}

/** A log group has so few that they come at once. */
async function filtersOf(logs: CloudWatchLogsClient, logGroupName: string): Promise<SubscriptionFilter[] | null> {
  try {
    const { subscriptionFilters = [] } = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
    return subscriptionFilters.map(({ filterName, destinationArn, roleArn, filterPattern }) => ({
      name: filterName ?? '',
      destinationArn: destinationArn ?? '',
      roleArn: roleArn ?? null,
      pattern: filterPattern ?? '',
    }));
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return null;
    throw error;
  }
}

async function putFilter(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  { name, destinationArn, roleArn, pattern }: SubscriptionFilter,
): Promise<boolean> {
  try {
    await logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName,
        filterName: name,
        filterPattern: pattern,
        destinationArn,
        ...(roleArn !== null && { roleArn }),
      }),
    );
    return true;
  } catch (error) {
    if (isNamed(error, 'LimitExceededException')) return false;
    throw error;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof CloudWatchLogsServiceException && error.name === name;
}
