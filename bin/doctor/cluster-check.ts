import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { clusterRows, type ClusterRow, type ClusterState } from '../../lambda/store/cluster-rows';
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

/** What follows "cluster demo"; null where its records arrive or are not wanted. */
const FAULTS: Readonly<Record<ClusterState, ((row: ClusterRow) => string) | null>> = {
  subscribed: null,
  'not-wanted': null,
  'no-audit-log': () => 'writes no audit log: switch on the type "audit" of its control plane logs',
  'no-log-group': () => 'is not subscribed: its log group does not exist yet',
  'quota-full': ({ agent }) =>
    `is not subscribed: ${agent === null ? 'its log group' : 'it'} has as many subscription filters as CloudWatch Logs allows`,
  'not-removed': ({ reason, state }) => `is no longer read, but may still be subscribed: ${reason ?? state}`,
  refused: ({ reason, state }) => `is not subscribed: ${reason ?? state}`,
};

/** Null for a cluster whose records arrive or are not wanted. */
export function faultOf(row: ClusterRow): string | null {
  const { account, region, name, agent, state, reason } = row;
  if (name === null) {
    const place = `${account} ${region}`;
    return state === 'not-removed'
      ? `subscriptions in ${place}, where no cluster is read any more, cannot be removed: ${reason ?? state}`
      : `clusters in ${place} cannot be listed: ${reason ?? state}`;
  }
  const fault = FAULTS[state]?.(row);
  const whose = agent === null ? '' : `${AGENTS[agent]}'s log group of `;
  return fault === undefined ? null : `${whose}cluster ${name} (${account} ${region}) ${fault}`;
}
