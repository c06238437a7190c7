import { createTime, type IpRanges } from '../detection/model/ip-ranges';
import type { Settings } from '../detection/model/settings';
import { METRICS } from '../environment';
import { canaryTargets, sendCanaries, type CanaryTarget, type CanaryPlaces } from './canaries';
import { checkRules, type ExpectedRules, type Place } from './check-rules';
import { readHeartbeats, type Heartbeat } from '../store/heartbeats';
import type { Log, Meter } from '../telemetry';
import type { LockTable } from '../store/lock-table';
import type { RuleSeen } from './rule-faults';
import { sourcesWithoutEvents, type SourceWithoutEvents } from './sources-without-events';

export interface RoundContext {
  readonly table: LockTable;
  readonly places: CanaryPlaces;
  readonly assume: (target: CanaryTarget) => Promise<void>;
  /** The rules that should exist; none are checked if none are named. */
  readonly expected: ExpectedRules;
  /** Opens what reads the rules in one round. */
  readonly openRules: () => RuleReader;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Reads rules; `close` closes its clients. */
export interface RuleReader {
  readonly read: (place: Place, rules: readonly string[]) => Promise<readonly RuleSeen[]>;
  readonly close: () => void;
}

/** Log lines of one sort; the metric counts all of them. */
const MOST_LINES = 100;

/** Sends canaries; counts and logs those that could not be sent and those whose records did not arrive. */
export async function runCanaries(
  { table, places, assume, log, meter, now: clock }: RoundContext,
  { organizationAccounts: members }: Settings,
): Promise<{ sent: number; refused: number; missing: number }> {
  const now = clock();
  const heartbeats = await readHeartbeats(table);
  const targets = canaryTargets(heartbeats, places, { members, now });
  const { sent, refused, missing } = await sendCanaries(targets, heartbeats, { table, assume, now: clock });
  for (const one of refused.slice(0, MOST_LINES)) log.warn('canary could not be sent', one);
  for (const one of missing.slice(0, MOST_LINES)) log.error('canary missing', one);
  meter.count(METRICS.canariesSent, sent);
  meter.count(METRICS.canariesRefused, refused.length);
  meter.count(METRICS.canariesMissing, missing.length);
  meter.count(METRICS.watchRounds, 1, { task: 'canary' });
  const figures = { sent, refused: refused.length, missing: missing.length };
  log.info('canaries', figures);
  return figures;
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

/** Returns how many are missing. */
async function reportMissingRules(
  { places, expected, openRules, log, meter, now }: RoundContext,
  heartbeats: readonly Heartbeat[],
  { organizationAccounts: members }: Settings,
): Promise<number> {
  const targets = canaryTargets(heartbeats, { ...places, canaryRole: null }, { members, now: now() });
  const { read, close } = openRules();
  const hub = { account: places.hubAccount, region: places.hubRegion };
  const { missing, unchecked } = await checkRules({ targets, hub, expected, readRules: read, now }).finally(close);
  for (const one of missing.slice(0, MOST_LINES)) log.error('rule missing', one);
  for (const one of unchecked.slice(0, MOST_LINES)) log.warn('rules not checked', one);
  meter.count(METRICS.rulesMissing, missing.length);
  meter.count(METRICS.rulesUnchecked, unchecked.length);
  return missing.length;
}

function lineOf({ account, region, kind, last, hours }: SourceWithoutEvents): Record<string, unknown> {
  return { account, region, kind, last, hours };
}

const DAY = 86_400_000;
/** AWS publishes new ranges several times a week. */
const STALE_DAYS = 30;

function isStale(ipRanges: IpRanges | null, now: number): boolean {
  return !ipRanges || now - createTime(ipRanges.createDate) > STALE_DAYS * DAY;
}
