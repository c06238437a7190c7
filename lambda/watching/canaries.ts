import * as z from 'zod';
import { isoTime } from '../detection/model/event-time';
import { PARTITIONS } from '../store/table-schema';
import type { Heartbeat } from '../store/heartbeats';
import { reasonOf } from '../telemetry';
import type { LockTable } from '../store/lock-table';
import { withConcurrency } from './concurrency-limit';
import { spreadOf, type WatchedPlace } from './shards';

/** A role to assume as a canary: CloudTrail records it in that account and Region. */
export interface CanaryTarget extends WatchedPlace {
  readonly roleArn: string;
}

export interface CanaryDependencies {
  readonly table: LockTable;
  /** Assumes the role at the Region's own STS endpoint, with the session name of canaries. */
  readonly assume: (target: CanaryTarget) => Promise<void>;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}

/** A canary to send. `since`: when the first one without an answer was sent; `isKnown`: one was sent there before. */
export interface DueCanary extends WatchedPlace {
  readonly since: string | null;
  readonly isKnown: boolean;
}

export interface CanaryPlan {
  readonly due: readonly DueCanary[];
  /** Canaries that did not arrive in time. `since`: when the first of them was sent. */
  readonly missing: readonly (WatchedPlace & { readonly since: string })[];
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
  readonly refused: readonly (WatchedPlace & { readonly reason: string })[];
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
  const targets = all.flatMap((place) => targetOf(place, places) ?? []);
  return [...new Map(targets.map((target) => [skOf(target), target])).values()];
}

/** Null where there is no role to assume. */
export function targetOf({ account, region }: WatchedPlace, places: CanaryPlaces): CanaryTarget | null {
  const role = account === places.hubAccount ? places.canaryRole : places.verificationRole;
  return role === null ? null : { account, region, roleArn: `arn:${places.partition}:iam::${account}:role/${role}` };
}

/** Minutes between two rounds. */
export const ROUND_MINUTES = 15;

/**
 * The canaries to send in this round: to each place once in `minutes`, spread over the rounds, and in every round where
 * there is no answer or none was sent yet. One is missing if it was sent half an hour ago or longer and none has arrived
 * since. A place to which canaries can be sent no longer is missing too, so that deleting the role does not hide it.
 */
export async function planCanaries(
  targets: readonly WatchedPlace[],
  heartbeats: readonly Heartbeat[],
  { table, now, minutes }: { readonly table: LockTable; readonly now: number; readonly minutes: number },
): Promise<CanaryPlan> {
  const arrived = new Map(heartbeats.flatMap((one) => (one.kind === 'canary' ? [[skOf(one), one.last]] : [])));
  const waiting = new Map<string, string>();
  for (const { sk, body } of await table.query(PARTITIONS.canaries))
    waiting.set(sk, SENT.parse(JSON.parse(body)).waitingSince);
  const rounds = Math.max(1, Math.floor(minutes / ROUND_MINUTES));
  const turn = Math.floor(now / (ROUND_MINUTES * MINUTE)) % rounds;
  const due: DueCanary[] = [];
  const missing: (WatchedPlace & { since: string })[] = [];
  for (const { account, region } of targets) {
    const key = skOf({ account, region });
    const known = waiting.get(key);
    const since = unanswered(known, arrived.get(key));
    if (since !== null && now - Date.parse(since) >= PATIENCE) missing.push({ account, region, since });
    if (known === undefined || since !== null || spreadOf(key) % rounds === turn)
      due.push({ account, region, since, isKnown: known !== undefined });
  }
  return { due, missing };
}

/** Sends canaries, and notes when. */
export async function sendCanaries(
  due: readonly DueCanary[],
  places: CanaryPlaces,
  dependencies: CanaryDependencies,
): Promise<CanaryResult> {
  const began = dependencies.now();
  const refused: (WatchedPlace & { reason: string })[] = [];
  const visit = async (canary: DueCanary): Promise<void> => {
    const { account, region } = canary;
    try {
      if (dependencies.now() - began > MOST_TIME) throw new Error('no time was left');
      await sendCanary(canary, targetOf(canary, places), dependencies);
    } catch (error) {
      refused.push({ account, region, reason: reasonOf(error) });
    }
  };
  await Promise.all(byRegion(due).map((some) => withConcurrency(some, AT_ONCE, visit)));
  return { sent: due.length - refused.length, refused };
}

const SENT = z.object({ waitingSince: z.string() });

/** When the first canary without an answer was sent; null if the latest or a later one has arrived. */
function unanswered(waitingSince: string | undefined, arrived: string | undefined): string | null {
  if (waitingSince === undefined) return null;
  return arrived !== undefined && Date.parse(arrived) >= Date.parse(waitingSince) - SKEW ? null : waitingSince;
}

async function sendCanary(
  { account, region, since, isKnown }: DueCanary,
  target: CanaryTarget | null,
  { table, assume, now: clock }: CanaryDependencies,
): Promise<void> {
  if (!target) throw new Error('no role to assume');
  const now = clock();
  const expires = Math.floor(now / 1_000) + KEEP_SECONDS;
  const body = JSON.stringify({ waitingSince: since ?? isoTime(now) });
  const note = { pk: PARTITIONS.canaries, sk: skOf({ account, region }), body, expires, revision: now };
  try {
    await assume(target);
  } catch (error) {
    if (isKnown) await table.raise(note);
    throw error;
  }
  await table.raise(note);
}

function skOf({ account, region }: WatchedPlace): string {
  return `${account}#${region}`;
}

function byRegion(due: readonly DueCanary[]): DueCanary[][] {
  const regions = new Map<string, DueCanary[]>();
  for (const one of due) regions.set(one.region, [...(regions.get(one.region) ?? []), one]);
  return [...regions.values()];
}
