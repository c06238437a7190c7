import * as z from 'zod';
import { isoTime } from '../detection/model/event-time';
import { RUNTIME_AGENTS } from '../detection/vocabulary';
import type { LockTable } from './lock-table';
import { PARTITIONS } from './table-schema';

/**
 * - `subscribed`: its records arrive.
 * - `no-audit-log`: the cluster writes none.
 * - `no-log-group`: it writes one, but the log group does not exist yet.
 * - `quota-full`: its log group has as many subscription filters as it may.
 * - `not-wanted`: the settings leave out clusters.
 * - `not-removed`: it is not wanted, or its account or Region is no longer watched, but its subscription may still be there.
 * - `refused`: see `reason`.
 */
export const CLUSTER_STATES = [
  'subscribed',
  'no-audit-log',
  'no-log-group',
  'quota-full',
  'not-wanted',
  'not-removed',
  'refused',
] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

const ROW = z.object({
  account: z.string(),
  region: z.string(),
  /** Null for a place whose clusters could not be listed. */
  name: z.nullable(z.string()),
  /** The agent whose log group this is about; null for the audit log. */
  agent: z.nullable(z.enum(RUNTIME_AGENTS)).default(null),
  state: z.enum(CLUSTER_STATES),
  reason: z.nullable(z.string()),
  /** ISO 8601. */
  checked: z.string(),
});

/** What `watch` found about a log of a cluster. */
export type ClusterRow = z.infer<typeof ROW>;

const HOUR = 3_600_000;
/** Rows of deleted clusters expire with it. */
const KEEP_HOURS = 72;
/** Older rows are of clusters that are gone, or of a `watch` that no longer runs. */
const CURRENT_HOURS = 3;

/** Replaces the row of a log. */
export async function writeClusterRow(table: LockTable, row: Omit<ClusterRow, 'checked'>, now: number): Promise<void> {
  const { account, region, name, agent } = row;
  await table.raise({
    pk: PARTITIONS.clusters,
    sk: [account, region, name ?? '', ...(agent === null ? [] : [agent])].join('#'),
    body: JSON.stringify({ ...row, checked: isoTime(now) }),
    expires: Math.floor((now + KEEP_HOURS * HOUR) / 1_000),
    revision: now,
  });
}

/** The rows of the last rounds, in order of account, Region and name. */
export async function clusterRows(table: LockTable, now: number): Promise<ClusterRow[]> {
  return (await allRows(table)).filter(({ checked }) => now - Date.parse(checked) <= CURRENT_HOURS * HOUR);
}

/** The rows of logs that may be subscribed, also of older rounds. */
export async function subscribedRows(table: LockTable): Promise<ClusterRow[]> {
  return (await allRows(table)).filter(
    ({ name, state }) => name !== null && (state === 'subscribed' || state === 'not-removed'),
  );
}

async function allRows(table: LockTable): Promise<ClusterRow[]> {
  return (await table.query(PARTITIONS.clusters)).map(({ body }) => ROW.parse(JSON.parse(body)));
}
