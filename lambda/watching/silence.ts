import type { Settings } from '../detection/model/settings';
import type { Heartbeat } from '../store/heartbeats';

/** What used to be heard and is not any more. */
export interface Silences {
  /** Accounts and Regions of which nothing at all is heard. */
  readonly sources: readonly Silence[];
  /** Kinds of workload, in accounts and Regions of which other things are. */
  readonly kinds: readonly Silence[];
}

export interface Silence extends Pick<Heartbeat, 'account' | 'region' | 'kind' | 'last'> {
  readonly hours: number;
}

const HOUR = 3_600_000;
/** By then somebody has looked, or nobody will: what is gone for good is not told for ever. */
const LONGEST = 7 * 24 * HOUR;
/** What was quiet before, over a weekend say, may be as quiet again, and a little longer. */
const PATIENCE = 2;

/**
 * Who fell silent: not heard for `silenceHours`, nor for twice as long as ever before, having been heard over as long a time
 * before that. Accounts that `organizationAccounts` does not list any more have left. `now`: epoch milliseconds.
 */
export function silencesIn(
  heartbeats: readonly Heartbeat[],
  settings: Pick<Settings, 'silenceHours' | 'organizationAccounts'>,
  now: number,
): Silences {
  const silent = heartbeats.filter((one) => isOurs(one, settings) && isSilent(one, settings.silenceHours * HOUR, now));
  const sources = silent.filter(({ kind }) => kind === 'any');
  const quiet = new Set(sources.map(placeOf));
  const kinds = silent.filter((one) => one.kind !== 'any' && one.kind !== 'canary' && !quiet.has(placeOf(one)));
  return { sources: sources.map((one) => silenceOf(one, now)), kinds: kinds.map((one) => silenceOf(one, now)) };
}

function isOurs({ account }: Heartbeat, { organizationAccounts }: Pick<Settings, 'organizationAccounts'>): boolean {
  return organizationAccounts.length === 0 || organizationAccounts.includes(account);
}

function isSilent({ since, last, longestPause }: Heartbeat, least: number, now: number): boolean {
  const quiet = now - Date.parse(last);
  const spokeFor = Date.parse(last) - Date.parse(since);
  return least > 0 && spokeFor >= least && quiet >= Math.max(least, PATIENCE * longestPause) && quiet <= LONGEST;
}

function placeOf({ account, region }: Pick<Heartbeat, 'account' | 'region'>): string {
  return `${account} ${region}`;
}

function silenceOf({ account, region, kind, last }: Heartbeat, now: number): Silence {
  return { account, region, kind, last, hours: Math.floor((now - Date.parse(last)) / HOUR) };
}
