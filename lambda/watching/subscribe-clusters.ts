import { AUDIT_LOG, RUNTIME_AGENTS, RUNTIME_LOG_GROUPS, type RuntimeAgent } from '../detection/vocabulary';
import { runtimeLogGroup } from '../runtime/runtime-log-group';
import { writeClusterRow, type ClusterRow, type ClusterState } from '../store/cluster-rows';
import type { Heartbeat } from '../store/heartbeats';
import type { LockTable } from '../store/lock-table';
import { reasonOf } from '../telemetry';
import type { CanaryPlaces } from './canaries';
import { withConcurrency } from './concurrency-limit';
import type { WatchedPlace } from './shards';

/** A subscription filter of a log group. */
export interface SubscriptionFilter {
  readonly name: string;
  readonly destinationArn: string;
  readonly roleArn: string | null;
  readonly pattern: string;
}

/** The clusters of an account and Region, and their log groups. */
export interface ClusterLogs {
  /** Names. */
  readonly clusters: () => Promise<readonly string[]>;
  readonly writesAuditLog: (cluster: string) => Promise<boolean>;
  /** Names of the log groups that begin so. */
  readonly logGroups: (prefix: string) => Promise<readonly string[]>;
  /** Null where the log group does not exist. */
  readonly filters: (logGroup: string) => Promise<readonly SubscriptionFilter[] | null>;
  /** Creates or replaces a filter. False where the log group has as many filters as it may. */
  readonly put: (logGroup: string, filter: SubscriptionFilter) => Promise<boolean>;
  readonly remove: (logGroup: string, filterName: string) => Promise<void>;
  readonly close: () => void;
}

/** Opens the clusters of a place with the role of its account. Rejects where it cannot be assumed. */
export type OpenClusterLogs = (place: WatchedPlace, roleArn: string) => Promise<ClusterLogs>;

export interface SubscribeContext {
  readonly table: LockTable;
  readonly places: Pick<CanaryPlaces, 'partition' | 'hubAccount'>;
  /** Name of the role in every account. */
  readonly subscribeRole: string;
  /** Filter pattern of the audit records that are delivered. */
  readonly pattern: string;
  /** False: the detector's filters are removed. */
  readonly isWanted: boolean;
  readonly open: OpenClusterLogs;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}

/** Places at the same time. In each, one cluster after another: CloudWatch Logs takes five filters a second. */
const AT_ONCE = 10;
const MOST_TIME = 200_000;

/**
 * Each watched account in each watched Region: `members`, else the accounts that sent events. What other accounts deliver is
 * rejected. The hub's account is one, as it may have clusters too.
 */
export function placesWithClusters(
  heartbeats: readonly Heartbeat[],
  { hubAccount, hubRegion, regions }: Pick<CanaryPlaces, 'hubAccount' | 'hubRegion' | 'regions'>,
  members: readonly string[],
): WatchedPlace[] {
  const active = heartbeats.filter(({ kind }) => kind === 'any').map(({ account }) => account);
  const accounts = new Set([hubAccount, ...(members.length > 0 ? members : active)]);
  const watched = regions.length === 0 ? [hubRegion] : regions;
  return [...accounts].flatMap((account) => watched.map((region) => ({ account, region })));
}

/** Those in which logs are subscribed and that are not `watched`, such as of accounts that left the organisation. */
export function placesLeft(subscribed: readonly WatchedPlace[], watched: readonly WatchedPlace[]): WatchedPlace[] {
  const known = new Set(watched.map(keyOf));
  const left = subscribed.filter((place) => !known.has(keyOf(place)));
  return [...new Map(left.map(({ account, region }) => [keyOf({ account, region }), { account, region }])).values()];
}

function keyOf({ account, region }: WatchedPlace): string {
  return `${account}/${region}`;
}

type Row = Omit<ClusterRow, 'checked'>;

/**
 * Subscribes the audit logs of the clusters in these places and the log groups of their agents, or ends their subscriptions.
 * Gives, and stores, what was found about each.
 */
export async function subscribeClusters(places: readonly WatchedPlace[], context: SubscribeContext): Promise<Row[]> {
  const { table, now } = context;
  const began = now();
  const rows: Row[] = [];
  const found = async (row: Row): Promise<void> => {
    await writeClusterRow(table, row, now());
    rows.push(row);
  };
  const visit = async (place: WatchedPlace): Promise<void> => {
    try {
      if (now() - began > MOST_TIME) throw new Error('no time was left');
      await visitPlace(place, context, found);
    } catch (error) {
      await found({ ...place, name: null, agent: null, ...failure(error, context) });
    }
  };
  await withConcurrency(places, AT_ONCE, visit);
  return rows;
}

async function visitPlace(
  place: WatchedPlace,
  context: SubscribeContext,
  found: (row: Row) => Promise<void>,
): Promise<void> {
  const { partition } = context.places;
  const logs = await context.open(place, `arn:${partition}:iam::${place.account}:role/${context.subscribeRole}`);
  try {
    for (const name of await logs.clusters()) {
      const log = auditLog(name, logs, context.pattern);
      await found({ ...place, name, agent: null, ...(await subscribe(log, logs, { place, context })) });
    }
    for (const agent of RUNTIME_AGENTS)
      for (const logGroup of await logs.logGroups(`${RUNTIME_LOG_GROUPS}${agent}/`)) {
        const name = runtimeLogGroup(logGroup)?.cluster;
        if (name === undefined) continue;
        const log = { logGroup, pattern: ALARMS[agent], isWritten: () => Promise.resolve(true) };
        await found({ ...place, name, agent, ...(await subscribe(log, logs, { place, context })) });
      }
  } finally {
    logs.close();
  }
}

interface SubscribedLog {
  readonly logGroup: string;
  readonly pattern: string;
  readonly isWritten: () => Promise<boolean>;
}

function auditLog(name: string, logs: ClusterLogs, pattern: string): SubscribedLog {
  return { logGroup: `/aws/eks/${name}/cluster`, pattern, isWritten: () => logs.writesAuditLog(name) };
}

/**
 * Filter patterns of lines that may be alarms. Words, not paths in JSON: a shipper may have put the agent's line into a member
 * of its own.
 */
const ALARMS: Readonly<Record<RuntimeAgent, string>> = {
  falco: 'output_fields',
  tetragon: '?policy_name ?process_loader ?links',
};

/** Its name has the Region, as what CloudWatch Logs delivers names the account, the log group and the filter only. */
function filterFor(
  { account, region }: WatchedPlace,
  { partition, hubAccount }: SubscribeContext['places'],
): Omit<SubscriptionFilter, 'pattern'> {
  return {
    name: `${AUDIT_LOG.filterPrefix}${region}`,
    destinationArn: `arn:${partition}:logs:${region}:${hubAccount}:destination:${AUDIT_LOG.destination}`,
    roleArn: `arn:${partition}:iam::${account}:role/${AUDIT_LOG.deliveryRole}`,
  };
}

async function subscribe(
  { logGroup, pattern, isWritten }: SubscribedLog,
  logs: ClusterLogs,
  { place, context }: { readonly place: WatchedPlace; readonly context: SubscribeContext },
): Promise<{ readonly state: ClusterState; readonly reason: string | null }> {
  const filter = { ...filterFor(place, context.places), pattern };
  try {
    const there = await logs.filters(logGroup);
    if (!context.isWanted) {
      if (there?.some((one) => one.name === filter.name)) await logs.remove(logGroup, filter.name);
      return { state: 'not-wanted', reason: null };
    }
    if (!(await isWritten())) return { state: 'no-audit-log', reason: null };
    if (!there) return { state: 'no-log-group', reason: null };
    if (there.some((one) => isSame(one, filter))) return { state: 'subscribed', reason: null };
    return { state: (await logs.put(logGroup, filter)) ? 'subscribed' : 'quota-full', reason: null };
  } catch (error) {
    return failure(error, context);
  }
}

function failure(error: unknown, { isWanted }: SubscribeContext): { state: ClusterState; reason: string } {
  return { state: isWanted ? 'refused' : 'not-removed', reason: reasonOf(error) };
}

function isSame(one: SubscriptionFilter, other: SubscriptionFilter): boolean {
  return (
    one.name === other.name &&
    one.destinationArn === other.destinationArn &&
    one.roleArn === other.roleArn &&
    one.pattern === other.pattern
  );
}
