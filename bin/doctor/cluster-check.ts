import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { clusterRows, type ClusterRow } from '../../lambda/store/cluster-rows';
import { awsFault } from '../deployment/aws-fault';
import type { Deployment } from '../deployment/deployment';
import { messageOf } from '../terminal/error-message';

/** EKS clusters whose audit records, or alarms of whose agents, do not arrive, as `watch` found them in its last rounds. */
export async function clusterFaults(deployment: Deployment, now: number): Promise<string[]> {
  const client = new DynamoDBClient(CLIENT_SETTINGS);
  try {
    const rows = await clusterRows(dynamoDbLockTable(client, deployment.need('lockTable')), now);
    return rows.flatMap((row) => faultOf(row) ?? []);
  } catch (error) {
    return [messageOf(awsFault('read the clusters in the lock table', error))];
  } finally {
    client.destroy();
  }
}

const AGENTS = { falco: 'Falco', tetragon: 'Tetragon' } as const;

/** Null for a cluster whose records arrive or are not wanted. */
export function faultOf({ account, region, name, agent, state, reason }: ClusterRow): string | null {
  if (name === null) return `clusters in ${account} ${region} cannot be listed: ${reason ?? state}`;
  const whose = agent === null ? '' : `${AGENTS[agent]}'s log group of `;
  const cluster = `${whose}cluster ${name} (${account} ${region})`;
  switch (state) {
    case 'subscribed':
    case 'not-wanted':
      return null;
    case 'no-audit-log':
      return `${cluster} writes no audit log: switch on the type "audit" of its control plane logs`;
    case 'no-log-group':
      return `${cluster} is not subscribed: its log group does not exist yet`;
    case 'quota-full':
      return `${cluster} is not subscribed: ${agent === null ? 'its log group' : 'it'} has as many subscription filters as CloudWatch Logs allows`;
    case 'refused':
      return `${cluster} is not subscribed: ${reason ?? 'refused'}`;
    default:
      return state satisfies never;
  }
}
