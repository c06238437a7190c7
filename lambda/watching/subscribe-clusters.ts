import { AUDIT_LOG } from '../detection/vocabulary';
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

/** The clusters of an account and Region, and the log groups of their control planes. */
export interface ClusterLogs {
  /** Names. */
  readonly clusters: () => Promise<readonly string[]>;
  readonly writesAuditLog: (cluster: string) => Promise<boolean>;
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
  /** Filter pattern of what is delivered. */
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

/** Subscribes the audit logs of the clusters in these places, or ends their subscriptions. Gives, and stores, what was found about each. */
export async function subscribeClusters(
  places: readonly WatchedPlace[],
  context: SubscribeContext,
): Promise<Omit<ClusterRow, 'checked'>[]> {
  const { table, now } = context;
  const began = now();
  const rows: Omit<ClusterRow, 'checked'>[] = [];
  const found = async (row: Omit<ClusterRow, 'checked'>): Promise<void> => {
    await writeClusterRow(table, row, now());
    rows.push(row);
  };
  const visit = async (place: WatchedPlace): Promise<void> => {
    try {
      if (now() - began > MOST_TIME) throw new Error('no time was left');
      await visitPlace(place, context, found);
    } catch (error) {
      await found({ ...place, name: null, state: 'refused', reason: reasonOf(error) });
    }
  };
  await withConcurrency(places, AT_ONCE, visit);
  return rows;
}

async function visitPlace(
  place: WatchedPlace,
  context: SubscribeContext,
  found: (row: Omit<ClusterRow, 'checked'>) => Promise<void>,
): Promise<void> {
  const { partition } = context.places;
  const logs = await context.open(place, `arn:${partition}:iam::${place.account}:role/${context.subscribeRole}`);
  try {
    for (const name of await logs.clusters()) {
      const outcome = await subscribe(name, logs, { filter: filterFor(place, context), isWanted: context.isWanted });
      await found({ ...place, name, ...outcome });
    }
  } finally {
    logs.close();
  }
}

/** Its name has the Region, as what CloudWatch Logs delivers names the account, the log group and the filter only. */
function filterFor({ account, region }: WatchedPlace, { places, pattern }: SubscribeContext): SubscriptionFilter {
  const { partition, hubAccount } = places;
  return {
    name: `${AUDIT_LOG.filterPrefix}${region}`,
    destinationArn: `arn:${partition}:logs:${region}:${hubAccount}:destination:${AUDIT_LOG.destination}`,
    roleArn: `arn:${partition}:iam::${account}:role/${AUDIT_LOG.deliveryRole}`,
    pattern,
  };
}

async function subscribe(
  name: string,
  logs: ClusterLogs,
  { filter, isWanted }: { readonly filter: SubscriptionFilter; readonly isWanted: boolean },
): Promise<{ readonly state: ClusterState; readonly reason: string | null }> {
  const logGroup = `/aws/eks/${name}/cluster`;
  try {
    const there = await logs.filters(logGroup);
    if (!isWanted) {
      if (there?.some((one) => one.name === filter.name)) await logs.remove(logGroup, filter.name);
      return { state: 'not-wanted', reason: null };
    }
    if (!(await logs.writesAuditLog(name))) return { state: 'no-audit-log', reason: null };
    if (!there) return { state: 'no-log-group', reason: null };
    if (there.some((one) => isSame(one, filter))) return { state: 'subscribed', reason: null };
    return { state: (await logs.put(logGroup, filter)) ? 'subscribed' : 'quota-full', reason: null };
  } catch (error) {
    return { state: 'refused', reason: reasonOf(error) };
  }
}

function isSame(one: SubscriptionFilter, other: SubscriptionFilter): boolean {
  return (
    one.name === other.name &&
    one.destinationArn === other.destinationArn &&
    one.roleArn === other.roleArn &&
    one.pattern === other.pattern
  );
}
