import type { IpRanges } from '../detection/ip-ranges';
import type { Settings } from '../detection/settings';
import { METRICS } from '../environment';
import { cagesFor, sing, type Cage, type CanaryPlaces } from './canaries';
import { readHeartbeats } from './heartbeats';
import type { Log, Meter } from './journal';
import type { LockTable } from './lock-table';
import { silencesIn, type Silence } from './silence';

export interface Rounds {
  readonly table: LockTable;
  readonly places: CanaryPlaces;
  readonly assume: (cage: Cage) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Lines of one sort; the metric counts all of them. */
const MOST_LINES = 100;

/** Sends canaries and tells, by metrics and a line each, which could not be sent and which were not heard. */
export async function letCanariesSing(
  { table, places, assume, log, meter, now: clock }: Rounds,
  { organizationAccounts: members }: Settings,
): Promise<{ sent: number; refused: number; missing: number }> {
  const now = clock();
  const heartbeats = await readHeartbeats(table);
  const cages = cagesFor(heartbeats, places, { members, now });
  const { sent, refused, missing } = await sing(cages, heartbeats, { table, assume, now: clock });
  for (const one of refused.slice(0, MOST_LINES)) log.warn('canary could not be sent', one);
  for (const one of missing.slice(0, MOST_LINES)) log.error('canary not heard', one);
  meter.count(METRICS.canariesSent, sent);
  meter.count(METRICS.canariesRefused, refused.length);
  meter.count(METRICS.canariesMissing, missing.length);
  const figures = { sent, refused: refused.length, missing: missing.length };
  log.info('canaries', figures);
  return figures;
}

/** Tells, by metrics and a line each, who fell silent, and whether the address ranges are stale. */
export async function listenForSilence(
  { table, log, meter, now }: Rounds,
  settings: Settings,
  ipRanges: IpRanges | null,
): Promise<{ sources: number; kinds: number }> {
  const { sources, kinds } = silencesIn(await readHeartbeats(table), settings, now());
  for (const one of sources.slice(0, MOST_LINES)) log.error('silent source', lineOf(one));
  for (const one of kinds.slice(0, MOST_LINES)) log.warn('silent kind', lineOf(one));
  meter.count(METRICS.silentSources, sources.length);
  meter.count(METRICS.silentKinds, kinds.length);
  if (isStale(ipRanges, now())) {
    log.error('ip-ranges.json is stale', { createDate: ipRanges?.createDate ?? null });
    meter.count(METRICS.ipRangesStale);
  }
  const figures = { sources: sources.length, kinds: kinds.length };
  log.info('silence', figures);
  return figures;
}

function lineOf({ account, region, kind, last, hours }: Silence): Record<string, unknown> {
  return { account, region, kind, last, hours };
}

const DAY = 86_400_000;
/** AWS publishes new ranges several times a week. */
const STALE_DAYS = 30;

/** A create date reads `2026-08-01-00-00-00`. */
function isStale(ipRanges: IpRanges | null, now: number): boolean {
  if (!ipRanges) return true;
  const [year, month, day] = ipRanges.createDate.split('-').map(Number);
  return now - Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1) > STALE_DAYS * DAY;
}
