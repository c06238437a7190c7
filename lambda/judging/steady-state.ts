import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Caller, EventRef, Issuance, Sighting } from '../detection/facts/facts';
import type { Subject } from '../detection/judge/subject';
import type { History } from '../detection/facts/workload-history';
import type { Settings } from '../detection/model/settings';
import { OBSERVED_HOURS } from '../detection/judge/egress-pools';
import { workloadKey, type Workload } from '../detection/model/workload';
import { ConcurrentChange } from '../store/concurrent-change';
import { isUnproven, partition, SORT_KEYS } from '../store/table-schema';
import type { ItemKey, LockTable, StoredItem } from '../store/lock-table';
import type { ReadingCost } from './reading-queue';
import { hasOneOrigin, type JudgingContext, type Judged } from './judge-workloads';
import { compareText } from '../detection/model/compare-text';

/**
 * Most workloads do the same hour after hour. The steady state lists the calls that need no judgement. A judgement without
 * verdicts saves it, unless it was invalidated since that judgement began to read; any other fact about the workload
 * invalidates it before judging. So a worker that stores a fact and then reads a steady state that lists it is done.
 *
 * Or it says until when a workload whose judgement reads much is not judged again by `observe`. It is written after
 * a confirmation of the workload was requested, so a worker that stores a fact and then reads it is done as well.
 * This bounds how often a flood of origins is judged.
 */
const NOTE = z.object({
  /** Version of the settings and address ranges it was judged by. */
  by: z.string(),
  /** Digest of a caller → since when it is steady (epoch milliseconds), and the bits of `Did` it may add. */
  rows: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Epoch milliseconds. */
  busyUntil: z.optional(z.number()),
});
type Rows = Record<string, [number, number]>;

const HOUR = 3_600_000;
const NOT_STEADY = 'null';
const MOST_ROWS = 64;
const ATTEMPTS = 8;

/** A judgement that reads at least this much is not repeated at once. */
const MUCH = { queries: 500, ownItems: 30_000 };
/** Milliseconds; the longest delay of SQS has room for `most` and a margin. */
const WAIT = { query: 30, item: 6, least: 60_000, most: 12 * 60_000 };
/** Milliseconds by which workers' clocks may differ. */
export const CLOCK_MARGIN = 60_000;

export function noteKey(workload: Workload): ItemKey {
  return { pk: partition.workload(workload), sk: SORT_KEYS.steadyState };
}

/** True if the fact changes no verdict. `saved`: the steady state, read after the fact was stored. */
export function isSteady(saved: StoredItem | undefined, fact: Sighting | Issuance, context: JudgingContext): boolean {
  if (!saved || saved.body === NOT_STEADY) return false;
  const { by, rows } = NOTE.parse(JSON.parse(saved.body));
  const row = rows[fact.fact === 'sighting' ? rowOf(fact.caller) : rowOfIssuance(fact)];
  if (by !== versionOf(context) || !row) return false;
  const [since, did] = row;
  return fact.fact === 'sighting' ? fact.event.time >= since && (fact.did & ~did) === 0 : fact.time >= since;
}

/** True if the workload will be confirmed later, and need not be judged before. `now`: epoch milliseconds. */
export function isBusy(saved: StoredItem | undefined, now: number): boolean {
  if (!saved || saved.body === NOT_STEADY) return false;
  return now < (NOTE.parse(JSON.parse(saved.body)).busyUntil ?? 0);
}

/** How long, in milliseconds, a workload is busy after a judgement of this cost; null if it is not. */
export function busyFor({ queries, ownItems }: ReadingCost): number | null {
  if (queries < MUCH.queries && ownItems < MUCH.ownItems) return null;
  const wait = queries * WAIT.query + ownItems * WAIT.item;
  return Math.round(Math.min(WAIT.most, Math.max(WAIT.least, wait)));
}

/** Saves until when the workload is busy. To be called after its confirmation then was requested. */
export async function saveBusy(
  table: LockTable,
  { workload, kept }: Judged,
  context: JudgingContext,
  { until, expires }: { readonly until: number; readonly expires: number },
): Promise<void> {
  const body = JSON.stringify({ by: versionOf(context), rows: {}, busyUntil: until });
  const revision = (kept(SORT_KEYS.steadyState)?.revision ?? 0) + 1;
  await table.revise({ ...noteKey(workload), body, expires, revision });
}

/**
 * Invalidates the steady state: after a fact was stored, and before judging by it. False if the workload is busy and its
 * steady state stays. `expires`: epoch seconds; `now`: epoch milliseconds.
 */
export async function invalidateSteadyState(
  table: LockTable,
  workload: Workload,
  { expires, now }: { readonly expires: number; readonly now: number },
): Promise<boolean> {
  const key = noteKey(workload);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [saved] = await table.read([key]);
    if (isBusy(saved, now)) return false;
    if (await table.revise({ ...key, body: NOT_STEADY, expires, revision: (saved?.revision ?? 0) + 1 })) return true;
  }
  throw new ConcurrentChange(`${workloadKey(workload)}: its steady state`);
}

/** Saves the steady state a judgement allows, unless it was invalidated since the judgement began to read. */
export async function saveSteadyState(
  table: LockTable,
  { workload, judgement, kept }: Judged,
  context: JudgingContext,
  { newestChange, expires }: { readonly newestChange: number; readonly expires: number },
): Promise<void> {
  const { subject, history, anchors, verdicts } = judgement;
  const isSettled = [...anchors.values()].every(({ hours }) => hours >= OBSERVED_HOURS);
  if (verdicts.length > 0 || !isSettled || !isAlone(subject) || context.settings.serviceCallerFindings) return;
  const rows = rowsOf(history, subject.region, newestChange + settledAfterChange(context.settings));
  const body = JSON.stringify({ by: versionOf(context), rows });
  const before = kept(SORT_KEYS.steadyState);
  if (Object.keys(rows).length === 0 || before?.body === body) return;
  await table.revise({ ...noteKey(workload), body, expires, revision: (before?.revision ?? 0) + 1 });
}

/** True if no call depends on another one. */
function isAlone({ history, configurations }: Subject): boolean {
  const policy = history.kind.lockPolicy(history.workload);
  if (policy === 'aws-address') return configurations.length === 0;
  return policy === 'first-use' && hasOneOrigin(history);
}

/** After this time a change of the network has no effect that depends on time: grace periods and doors are over. */
function settledAfterChange({ doorHours }: Settings): number {
  return (Math.max(1, doorHours) + 1) * HOUR;
}

function rowsOf(history: History, region: string | null, steadySince: number): Rows {
  const rows = new Map<string, [number, number]>();
  const lasting = new Set<string>();
  for (const { caller, event, did } of history.sightings) {
    if (isUnproven(caller)) continue;
    const row = rowOf(caller);
    const [first, done] = rows.get(row) ?? [event.time, 0];
    rows.set(row, [first, done | did]);
    if (event.time > steadySince) lasting.add(row);
  }
  for (const issuance of history.issuances) {
    if (issuance.region !== null && issuance.region !== region) continue;
    const row = rowOfIssuance(issuance);
    if (!rows.has(row)) rows.set(row, [issuance.time, 0]);
    lasting.add(row);
  }
  const kept = [...rows].filter(([row]) => lasting.has(row)).sort(([a], [b]) => compareText(a, b));
  if (kept.length > MOST_ROWS) return {};
  return Object.fromEntries(kept.map(([row, [first, did]]) => [row, [Math.max(first, steadySince), did]]));
}

/** Digest of a caller without its access key, which changes from hour to hour. */
export function rowOf(caller: Caller): string {
  return digestOf(JSON.stringify({ ...caller, accessKeyId: null }));
}

function rowOfIssuance({ sessionArn, region }: Issuance): string {
  return digestOf(`${sessionArn} ${region ?? ''}`);
}

const versions = new WeakMap<Settings, string>();

function versionOf({ settings, ipRanges }: JudgingContext): string {
  const version = versions.get(settings) ?? digestOf(JSON.stringify(settings));
  versions.set(settings, version);
  return `${version} ${ipRanges?.createDate ?? 'none'}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

/** True if the workload makes the same calls in another hour, or with another access key. */
export function isOneMoreHour(fact: Sighting, { sightings }: History): boolean {
  const row = rowOf(fact.caller);
  return sightings.some(
    ({ caller, event, did }) =>
      (caller.accessKeyId !== fact.caller.accessKeyId || hourOf(event) !== hourOf(fact.event)) &&
      (fact.did & ~did) === 0 &&
      rowOf(caller) === row,
  );
}

function hourOf({ time }: EventRef): number {
  return Math.floor(time / HOUR);
}
