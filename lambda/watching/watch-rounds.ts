import { createTime, type IpRanges } from '../detection/model/ip-ranges';
import type { Settings } from '../detection/model/settings';
import { KUBERNETES } from '../detection/vocabulary';
import { METRICS } from '../environment';
import {
  canaryTargets,
  planCanaries,
  ROUND_MINUTES,
  sendCanaries,
  targetOf,
  type CanaryPlaces,
  type CanaryTarget,
  type DueCanary,
} from './canaries';
import { checkRules, hubRules, memberRules, type ExpectedRules, type Place, type PlaceRules } from './check-rules';
import { readHeartbeats, type Heartbeat } from '../store/heartbeats';
import type { Log, Meter } from '../telemetry';
import type { LockTable } from '../store/lock-table';
import { subscribedRows } from '../store/cluster-rows';
import type { RuleSeen } from './rule-faults';
import { inShards, PLACES_PER_SHARD, spreadOf, type Shard, type WatchedPlace } from './shards';
import { placesLeft, placesWithClusters, subscribeClusters, type OpenClusterLogs } from './subscribe-clusters';
import { sourcesWithoutEvents, type SourceWithoutEvents } from './sources-without-events';

export interface RoundContext {
  readonly table: LockTable;
  readonly places: CanaryPlaces;
  readonly assume: (target: CanaryTarget) => Promise<void>;
  /** Minutes between two canaries to one place. */
  readonly canaryMinutes: number;
  /** Queues parts of a round, to be processed one after another. */
  readonly enqueue: (shards: readonly Shard[]) => Promise<void>;
  /** The rules that should exist; none are checked if none are named. */
  readonly expected: ExpectedRules;
  /** Opens what reads the rules in one round. */
  readonly openRules: () => RuleReader;
  /** Null where audit logs of clusters are not read. */
  readonly subscription: Subscription | null;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Subscription {
  /** Name of the role in every account. */
  readonly subscribeRole: string;
  /** CloudWatch Logs filter pattern. */
  readonly pattern: string;
  /** Opens what reads and subscribes clusters in one round; `close` closes its clients. */
  readonly openClusters: () => { readonly open: OpenClusterLogs; readonly close: () => void };
}

/** Reads rules; `close` closes its clients. */
export interface RuleReader {
  readonly read: (place: Place, rules: readonly string[]) => Promise<readonly RuleSeen[]>;
  readonly close: () => void;
}

/** Members whose rules' targets are read every hour instead of once a day. */
const FEW_PLACES = 25;

/** Log lines of one sort; the metric counts all of them. */
const MOST_LINES = 100;

/**
 * Plans the canaries of a round and sends them, by the queue where they are many. Counts and logs those whose records did not
 * arrive.
 */
export async function runCanaries(
  rounds: RoundContext,
  { organizationAccounts: members }: Settings,
): Promise<{ sent: number; refused: number; missing: number }> {
  const { table, places, canaryMinutes: minutes, enqueue, log, meter, now: clock } = rounds;
  const now = clock();
  const heartbeats = await readHeartbeats(table);
  const targets = canaryTargets(heartbeats, places, { members, now });
  const { due, missing } = await planCanaries(targets, heartbeats, { table, now, minutes });
  for (const one of missing.slice(0, MOST_LINES)) log.error('canary missing', { ...one });
  meter.count(METRICS.canariesMissing, missing.length);
  const shards = inShards(due, Math.floor(now / (ROUND_MINUTES * MINUTE)));
  const figures = { sent: 0, refused: 0, missing: missing.length };
  if (shards.length > 1) await enqueue(shards.map((some) => ({ task: 'canary', places: some })));
  else Object.assign(figures, await sendShard(due, rounds));
  meter.count(METRICS.watchRounds, 1, { task: 'canary' });
  log.info('canaries', { ...figures, due: due.length, shards: shards.length });
  return figures;
}

/** Processes a part of a round. */
export async function runShard(shard: Shard, rounds: RoundContext): Promise<void> {
  if (shard.task === 'canary') await sendShard(shard.places, rounds);
  else if (shard.task === 'subscribe') await subscribeShard(shard.places, rounds, shard.isWanted);
  else
    await checkPlaces(
      shard.places.flatMap((one) => memberPlace(one, one.withTargets, rounds)),
      rounds,
    );
}

/** Counts and logs those that could not be sent. */
async function sendShard(
  due: readonly DueCanary[],
  { table, places, assume, log, meter, now }: RoundContext,
): Promise<{ sent: number; refused: number }> {
  const { sent, refused } = await sendCanaries(due, places, { table, assume, now });
  for (const one of refused.slice(0, MOST_LINES)) log.warn('canary could not be sent', { ...one });
  meter.count(METRICS.canariesSent, sent);
  meter.count(METRICS.canariesRefused, refused.length);
  return { sent, refused: refused.length };
}

/**
 * Subscribes the audit logs of clusters and the alarms of their agents in all watched accounts and Regions, by the queue where
 * they are many; ends the subscriptions where the settings leave out clusters, and where none is watched any more.
 */
export async function runSubscriptions(
  rounds: RoundContext,
  { organizationAccounts: members, workloads }: Settings,
): Promise<{ subscribed: number; withoutAuditLog: number; refused: number }> {
  const { table, places, enqueue, log, meter, now } = rounds;
  const targets = placesWithClusters(await readHeartbeats(table), places, members);
  const shards = inShards(targets, Math.floor(now() / HOUR));
  const isWanted = workloads.includes(KUBERNETES);
  const figures = { subscribed: 0, withoutAuditLog: 0, refused: 0 };
  if (shards.length > 1) await enqueue(shards.map((some) => ({ task: 'subscribe', isWanted, places: some })));
  else Object.assign(figures, await subscribeShard(targets, rounds, isWanted));
  const left = placesLeft(await subscribedRows(table), targets);
  if (left.length > PLACES_PER_SHARD)
    await enqueue(inShards(left, 0).map((some) => ({ task: 'subscribe', isWanted: false, places: some })));
  else await subscribeShard(left, rounds, false);
  meter.count(METRICS.watchRounds, 1, { task: 'subscribe' });
  log.info('subscriptions', { ...figures, places: targets.length, shards: shards.length });
  return figures;
}

/** Counts logs of clusters by what was found, and logs those whose records do not arrive. */
async function subscribeShard(
  places: readonly WatchedPlace[],
  { subscription, log, meter, ...rounds }: RoundContext,
  isWanted: boolean,
): Promise<{ subscribed: number; withoutAuditLog: number; refused: number }> {
  if (!subscription) return { subscribed: 0, withoutAuditLog: 0, refused: 0 };
  const { openClusters, ...how } = subscription;
  const { open, close } = openClusters();
  const rows = await subscribeClusters(places, { ...rounds, ...how, open, isWanted }).finally(close);
  const unlogged = rows.filter(({ state }) => state === 'no-audit-log');
  const refused = rows.filter(({ state }) => state === 'quota-full' || state === 'refused');
  for (const one of unlogged.slice(0, MOST_LINES)) log.warn('cluster without audit log', one);
  for (const one of refused.slice(0, MOST_LINES)) log.error('cluster not subscribed', one);
  for (const one of rows.filter(({ state }) => state === 'not-removed').slice(0, MOST_LINES))
    log.warn('subscription not removed', one);
  const arriving = rows.filter(({ state }) => state === 'subscribed');
  const subscribed = arriving.filter(({ agent }) => agent === null).length;
  meter.count(METRICS.clustersSubscribed, subscribed);
  meter.count(METRICS.runtimeLogsSubscribed, arriving.length - subscribed);
  meter.count(METRICS.clustersWithoutAuditLog, unlogged.length);
  for (const { state: reason } of refused) meter.count(METRICS.clustersNotSubscribed, 1, { reason });
  return { subscribed, withoutAuditLog: unlogged.length, refused: refused.length };
}

/** Counts and logs sources without events, stale address ranges and missing rules. */
export async function runChecks(
  rounds: RoundContext,
  settings: Settings,
  ipRanges: IpRanges | null,
): Promise<{ sources: number; kinds: number; rules: number }> {
  const { table, log, meter, now } = rounds;
  const heartbeats = await readHeartbeats(table);
  const { sources, kinds } = sourcesWithoutEvents(heartbeats, settings, now());
  for (const one of sources.slice(0, MOST_LINES)) log.error('no events from source', lineOf(one));
  for (const one of kinds.slice(0, MOST_LINES)) log.warn('no events of kind', lineOf(one));
  meter.count(METRICS.sourcesWithoutEvents, sources.length);
  meter.count(METRICS.kindsWithoutEvents, kinds.length);
  if (isStale(ipRanges, now())) {
    log.error('ip-ranges.json is stale', { createDate: ipRanges?.createDate ?? null });
    meter.count(METRICS.ipRangesStale);
  }
  const rules = await reportMissingRules(rounds, heartbeats, settings);
  meter.count(METRICS.watchRounds, 1, { task: 'check' });
  const figures = { sources: sources.length, kinds: kinds.length, rules };
  log.info('checks', figures);
  return figures;
}

/**
 * Checks the rules of the hub and of all members, by the queue where they are many. Targets, which take a request for each
 * rule, are read once a day unless members are few. Returns how many rules are missing, except those that the queue's checks find.
 */
async function reportMissingRules(
  rounds: RoundContext,
  heartbeats: readonly Heartbeat[],
  { organizationAccounts: members }: Settings,
): Promise<number> {
  const { places, expected, enqueue } = rounds;
  const now = rounds.now();
  const hour = Math.floor(now / HOUR);
  const targets = canaryTargets(heartbeats, { ...places, canaryRole: null }, { members, now });
  const isMany = targets.length > PLACES_PER_SHARD;
  const placed = (expected.members.length === 0 ? [] : targets).map(({ account, region }) => ({
    account,
    region,
    withTargets: targets.length <= FEW_PLACES || spreadOf(account) % HOURS_A_DAY === hour % HOURS_A_DAY,
  }));
  if (isMany) await enqueue(inShards(placed, hour).map((some) => ({ task: 'check', places: some })));
  const inline = isMany ? [] : placed.flatMap((one) => memberPlace(one, one.withTargets, rounds));
  const hub = { account: places.hubAccount, region: places.hubRegion };
  return checkPlaces([...hubRules(hub, expected.hub), ...inline], rounds);
}

function memberPlace(place: WatchedPlace, withTargets: boolean, { places, expected }: RoundContext): PlaceRules[] {
  const target = place.account === places.hubAccount ? null : targetOf(place, places);
  return target ? [memberRules(target, expected, withTargets)] : [];
}

/** Returns how many rules are missing. */
async function checkPlaces(
  checked: readonly PlaceRules[],
  { openRules, log, meter, now }: RoundContext,
): Promise<number> {
  const { read, close } = openRules();
  const { missing, unchecked } = await checkRules(checked, { readRules: read, now }).finally(close);
  for (const one of missing.slice(0, MOST_LINES)) log.error('rule missing', one);
  for (const one of unchecked.slice(0, MOST_LINES)) log.warn('rules not checked', one);
  meter.count(METRICS.rulesMissing, missing.length);
  meter.count(METRICS.rulesUnchecked, unchecked.length);
  return missing.length;
}

function lineOf({ account, region, kind, last, hours }: SourceWithoutEvents): Record<string, unknown> {
  return { account, region, kind, last, hours };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HOURS_A_DAY = 24;
const DAY = HOURS_A_DAY * HOUR;
/** AWS publishes new ranges several times a week. */
const STALE_DAYS = 30;

function isStale(ipRanges: IpRanges | null, now: number): boolean {
  return !ipRanges || now - createTime(ipRanges.createDate) > STALE_DAYS * DAY;
}
