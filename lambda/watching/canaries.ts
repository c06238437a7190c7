import * as z from 'zod';
import { isoTime } from '../detection/model/event-time';
import { PARTITIONS } from '../store/table-schema';
import type { Heartbeat } from '../store/heartbeats';
import { reasonOf } from '../telemetry';
import type { LockTable } from '../store/lock-table';
import { withConcurrency } from './concurrency-limit';

/** Where a canary is sent: CloudTrail records that the role was assumed, in that account and Region. */
export interface CanaryTarget {
  readonly account: string;
  readonly region: string;
  readonly roleArn: string;
}

export interface CanaryDependencies {
  readonly table: LockTable;
  /** Assumes the role at the Region's own endpoint of STS, under the name by which canaries are known. */
  readonly assume: (target: CanaryTarget) => Promise<void>;
  /** Epoch milliseconds, now and each time it is asked. */
  readonly now: () => number;
}

export interface CanaryPlaces {
  readonly partition: string;
  readonly hubAccount: string;
  readonly hubRegion: string;
  /** Name of the role in member accounts; null where there is none. */
  readonly verificationRole: string | null;
  /** Name of the role in the hub account; null where there is none. */
  readonly canaryRole: string | null;
  /** Where members forward from, heard or not. */
  readonly regions: readonly string[];
}

/** What became of the canaries. */
export interface CanaryResult {
  readonly sent: number;
  /** Those that could not be sent, or not in time, with the reason. */
  readonly refused: readonly (Pick<CanaryTarget, 'account' | 'region'> & { readonly reason: string })[];
  /** Those that were not heard in time, and since when. */
  readonly missing: readonly (Pick<CanaryTarget, 'account' | 'region'> & { readonly since: string })[];
}

const MINUTE = 60_000;

/** CloudTrail brings most events within minutes, log files within a quarter of an hour. */
const PATIENCE = 30 * MINUTE;

/** Clocks differ, and CloudTrail's times have no milliseconds. */
const SKEW = MINUTE;

/** Where nothing was heard for so long, silence was told. */
const FORGOTTEN = 7 * 24 * 60 * MINUTE;
const KEEP_SECONDS = 30 * 86_400;

/** In a Region: one whose STS hangs keeps no other waiting. */
const AT_ONCE = 8;

/** `watch` may take five minutes, and has to say then what came of it. */
const MOST_TIME = 200_000;

/**
 * Every account and Region that was heard lately and has a role to assume, the hub's own, and every Region that should be
 * heard of these accounts and `members`: a Region without rules is silent from the start.
 */
export function canaryTargets(
  heartbeats: readonly Heartbeat[],
  places: CanaryPlaces,
  { members, now }: { readonly members: readonly string[]; readonly now: number },
): CanaryTarget[] {
  const { hubAccount, hubRegion, regions } = places;
  const heard = heartbeats.filter(({ kind, last }) => kind === 'any' && now - Date.parse(last) <= FORGOTTEN);
  // In the hub account itself nothing but its own Region is sure to have rules.
  const accounts = [...new Set([...members, ...heard.map(({ account }) => account)])].filter(
    (account) => account !== hubAccount,
  );
  const expected = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  const all = [{ account: hubAccount, region: hubRegion }, ...heard, ...expected];
  const targets = all.flatMap(({ account, region }) => {
    const role = account === hubAccount ? places.canaryRole : places.verificationRole;
    return role === null ? [] : [{ account, region, roleArn: `arn:${places.partition}:iam::${account}:role/${role}` }];
  });
  return [...new Map(targets.map((target) => [skOf(target), target])).values()];
}

/**
 * Lets a canary out everywhere, and says which of those before were not heard: one that was sent half an hour ago or longer,
 * and none since. Where one could be sent once and cannot any more, it counts as sent: whoever takes the role away is not
 * rid of being missed.
 */
export async function sendCanaries(
  targets: readonly CanaryTarget[],
  heartbeats: readonly Heartbeat[],
  dependencies: CanaryDependencies,
): Promise<CanaryResult> {
  const heard = new Map(heartbeats.flatMap((one) => (one.kind === 'canary' ? [[skOf(one), one.last]] : [])));
  const waiting = new Map<string, string>();
  for (const { sk, body } of await dependencies.table.query(PARTITIONS.canaries))
    waiting.set(sk, SENT.parse(JSON.parse(body)).waitingSince);
  const now = dependencies.now();
  const missing: { account: string; region: string; since: string }[] = [];
  const refused: { account: string; region: string; reason: string }[] = [];
  const visit = async (target: CanaryTarget): Promise<void> => {
    const { account, region } = target;
    const known = waiting.get(skOf(target));
    const since = unanswered(known, heard.get(skOf(target)));
    if (since !== null && now - Date.parse(since) >= PATIENCE) missing.push({ account, region, since });
    try {
      if (dependencies.now() - now > MOST_TIME) throw new Error('no time was left');
      await sendCanary(target, { since: since ?? isoTime(now), isKnown: known !== undefined }, dependencies);
    } catch (error) {
      refused.push({ account, region, reason: reasonOf(error) });
    }
  };
  await Promise.all(byRegion(targets).map((some) => withConcurrency(some, AT_ONCE, visit)));
  return { sent: targets.length - refused.length, refused, missing };
}

const SENT = z.object({ waitingSince: z.string() });

/** Since when an answer is waited for; null where the latest canary, or a later one than that, was heard. */
function unanswered(waitingSince: string | undefined, heard: string | undefined): string | null {
  if (waitingSince === undefined) return null;
  return heard !== undefined && Date.parse(heard) >= Date.parse(waitingSince) - SKEW ? null : waitingSince;
}

/** `isKnown`: whether one was sent there before. */
async function sendCanary(
  target: CanaryTarget,
  { since, isKnown }: { readonly since: string; readonly isKnown: boolean },
  { table, assume, now: clock }: CanaryDependencies,
): Promise<void> {
  const now = clock();
  const expires = Math.floor(now / 1_000) + KEEP_SECONDS;
  const body = JSON.stringify({ waitingSince: since });
  const note = { pk: PARTITIONS.canaries, sk: skOf(target), body, expires, revision: now };
  try {
    await assume(target);
  } catch (error) {
    if (isKnown) await table.raise(note);
    throw error;
  }
  await table.raise(note);
}

function skOf({ account, region }: Pick<CanaryTarget, 'account' | 'region'>): string {
  return `${account}#${region}`;
}

function byRegion(targets: readonly CanaryTarget[]): CanaryTarget[][] {
  const regions = new Map<string, CanaryTarget[]>();
  for (const target of targets) regions.set(target.region, [...(regions.get(target.region) ?? []), target]);
  return [...regions.values()];
}
