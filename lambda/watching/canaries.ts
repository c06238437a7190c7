import * as z from 'zod';
import { isoTime } from '../detection/model/event-time';
import { PARTITIONS } from '../store/table-schema';
import type { Heartbeat } from '../store/heartbeats';
import { reasonOf } from '../telemetry';
import type { LockTable } from '../store/lock-table';
import { withConcurrency } from './concurrency-limit';

/** A role to assume as a canary: CloudTrail records it in that account and Region. */
export interface CanaryTarget {
  readonly account: string;
  readonly region: string;
  readonly roleArn: string;
}

export interface CanaryDependencies {
  readonly table: LockTable;
  /** Assumes the role at the Region's own STS endpoint, with the session name of canaries. */
  readonly assume: (target: CanaryTarget) => Promise<void>;
  /** Current time in epoch milliseconds. */
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
  /** Regions that members forward from, with events or without. */
  readonly regions: readonly string[];
}

export interface CanaryResult {
  readonly sent: number;
  /** Canaries that could not be sent, or not in time. */
  readonly refused: readonly (Pick<CanaryTarget, 'account' | 'region'> & { readonly reason: string })[];
  /** Canaries that did not arrive in time. `since`: when the first of them was sent. */
  readonly missing: readonly (Pick<CanaryTarget, 'account' | 'region'> & { readonly since: string })[];
}

const MINUTE = 60_000;

/** CloudTrail delivers most events within minutes, log files within a quarter of an hour. */
const PATIENCE = 30 * MINUTE;

/** Clocks differ, and CloudTrail's times have no milliseconds. */
const SKEW = MINUTE;

/** By then the missing events of a source have been reported. */
const FORGOTTEN = 7 * 24 * 60 * MINUTE;
const KEEP_SECONDS = 30 * 86_400;

/** Concurrent calls per Region, so that a slow STS endpoint delays no other Region. */
const AT_ONCE = 8;

/** Leaves time for the results: `watch` has a timeout of five minutes. */
const MOST_TIME = 200_000;

/**
 * The hub's account and Region, those that sent events lately, and each of `regions` in these accounts and `members`: a
 * Region without rules never sends any. Those without a role to assume are left out.
 */
export function canaryTargets(
  heartbeats: readonly Heartbeat[],
  places: CanaryPlaces,
  { members, now }: { readonly members: readonly string[]; readonly now: number },
): CanaryTarget[] {
  const { hubAccount, hubRegion, regions } = places;
  const active = heartbeats.filter(({ kind, last }) => kind === 'any' && now - Date.parse(last) <= FORGOTTEN);
  // In the hub account only the hub's Region is sure to have rules.
  const accounts = [...new Set([...members, ...active.map(({ account }) => account)])].filter(
    (account) => account !== hubAccount,
  );
  const expected = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  const all = [{ account: hubAccount, region: hubRegion }, ...active, ...expected];
  const targets = all.flatMap(({ account, region }) => {
    const role = account === hubAccount ? places.canaryRole : places.verificationRole;
    return role === null ? [] : [{ account, region, roleArn: `arn:${places.partition}:iam::${account}:role/${role}` }];
  });
  return [...new Map(targets.map((target) => [skOf(target), target])).values()];
}

/**
 * Sends a canary to every target. One is missing if it was sent half an hour ago or longer and none has arrived since. A
 * target to which canaries can be sent no longer is missing too, so that deleting the role does not hide it.
 */
export async function sendCanaries(
  targets: readonly CanaryTarget[],
  heartbeats: readonly Heartbeat[],
  dependencies: CanaryDependencies,
): Promise<CanaryResult> {
  const arrived = new Map(heartbeats.flatMap((one) => (one.kind === 'canary' ? [[skOf(one), one.last]] : [])));
  const waiting = new Map<string, string>();
  for (const { sk, body } of await dependencies.table.query(PARTITIONS.canaries))
    waiting.set(sk, SENT.parse(JSON.parse(body)).waitingSince);
  const now = dependencies.now();
  const missing: { account: string; region: string; since: string }[] = [];
  const refused: { account: string; region: string; reason: string }[] = [];
  const visit = async (target: CanaryTarget): Promise<void> => {
    const { account, region } = target;
    const known = waiting.get(skOf(target));
    const since = unanswered(known, arrived.get(skOf(target)));
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

/** When the first canary without an answer was sent; null if the latest or a later one has arrived. */
function unanswered(waitingSince: string | undefined, arrived: string | undefined): string | null {
  if (waitingSince === undefined) return null;
  return arrived !== undefined && Date.parse(arrived) >= Date.parse(waitingSince) - SKEW ? null : waitingSince;
}

/** `isKnown`: true if one was sent there before. */
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
