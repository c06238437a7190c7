import type { Settings } from '../detection/model/settings';
import type { Heartbeat } from '../store/heartbeats';

export interface SourcesWithoutEvents {
  /** Accounts and Regions from which no events arrive. */
  readonly sources: readonly SourceWithoutEvents[];
  /** Kinds of workload without events in accounts and Regions that send others. */
  readonly kinds: readonly SourceWithoutEvents[];
}

export interface SourceWithoutEvents extends Pick<Heartbeat, 'account' | 'region' | 'kind' | 'last'> {
  /** Full hours since the last event. */
  readonly hours: number;
}

const HOUR = 3_600_000;
/** Sources that are gone for good are not reported for ever. */
const LONGEST = 7 * 24 * HOUR;
/** A pause as long as an earlier one, such as a weekend, is normal. */
const PAUSES = 2;

/**
 * Sources that sent events over at least `noEventsHours`, and have sent none for as long and for twice their longest pause.
 * Accounts that `organizationAccounts` no longer lists are left out. `now`: epoch milliseconds.
 */
export function sourcesWithoutEvents(
  heartbeats: readonly Heartbeat[],
  settings: Pick<Settings, 'noEventsHours' | 'organizationAccounts'>,
  now: number,
): SourcesWithoutEvents {
  const quiet = heartbeats.filter((one) => isOurs(one, settings) && isQuiet(one, settings.noEventsHours * HOUR, now));
  const sources = quiet.filter(({ kind }) => kind === 'any');
  const places = new Set(sources.map(placeOf));
  const kinds = quiet.filter((one) => one.kind !== 'any' && one.kind !== 'canary' && !places.has(placeOf(one)));
  return { sources: sources.map((one) => entryOf(one, now)), kinds: kinds.map((one) => entryOf(one, now)) };
}

function isOurs({ account }: Heartbeat, { organizationAccounts }: Pick<Settings, 'organizationAccounts'>): boolean {
  return organizationAccounts.length === 0 || organizationAccounts.includes(account);
}

function isQuiet({ since, last, longestPause }: Heartbeat, least: number, now: number): boolean {
  const pause = now - Date.parse(last);
  const active = Date.parse(last) - Date.parse(since);
  return least > 0 && active >= least && pause >= Math.max(least, PAUSES * longestPause) && pause <= LONGEST;
}

function placeOf({ account, region }: Pick<Heartbeat, 'account' | 'region'>): string {
  return `${account} ${region}`;
}

function entryOf({ account, region, kind, last }: Heartbeat, now: number): SourceWithoutEvents {
  return { account, region, kind, last, hours: Math.floor((now - Date.parse(last)) / HOUR) };
}
