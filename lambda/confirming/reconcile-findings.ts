import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { FINDING_TYPES, SEVERITIES, type Finding } from '../detection/model/finding';
import type { Mode, Settings } from '../detection/model/settings';
import { ConcurrentChange } from '../store/concurrent-change';
import { findingSchema } from '../store/finding-schema';
import type { LockTable, RevisedItem, StoredItem } from '../store/lock-table';
import { partition, SORT_KEYS } from '../store/table-schema';
import { accountsOf, highestMode, modeOf } from '../judging/mode';
import { noteOpen } from '../store/open-findings';

/**
 * Sends a finding to the sinks, or throws: then it stays unpublished and is retried. Publishing one twice is an update; an
 * older `updatedAt` (epoch milliseconds) never overwrites a later one.
 */
export type Publish = (finding: Finding, updatedAt: number, delivery: Delivery) => Promise<void>;

export interface Delivery {
  readonly mode: Mode;
  /** The highest mode it is or may have been published in: sinks that got it then get its updates. */
  readonly reach: Mode;
  /** The `SameOrigin` group that is shown instead of it; null for none. */
  readonly groupId: string | null;
  /** True if it was, or may have been, published before without a group. */
  readonly wasUngrouped: boolean;
  /** The state published last; null for none. */
  readonly lastPublished: LastPublished | null;
}

export interface LastPublished extends Pick<Finding, 'type' | 'severity' | 'status'> {
  /** The mode it was published in. */
  readonly mode: Mode;
}

/** Milliseconds between updates in which nothing but the calls changed. */
const CALLS_INTERVAL = 3_600_000;
const KEEP_DAYS = 400;

const MODE = z.enum(['learn', 'report', 'live']);
const LAST_PUBLISHED = z.object({
  type: z.enum(FINDING_TYPES),
  severity: z.enum(SEVERITIES),
  status: z.enum(['ACTIVE', 'ARCHIVED']),
  mode: MODE,
});
const STORED = z.object({
  finding: findingSchema,
  updatedAt: z.number(),
  published: z.boolean(),
  reach: MODE,
  groupId: z.nullable(z.string()),
  wasUngrouped: z.boolean(),
  lastPublished: z.nullable(LAST_PUBLISHED),
});
type Stored = z.infer<typeof STORED>;

export interface ReconcileContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly publish: Publish;
  readonly now: number;
  /** Groups that stand for findings, by the finding's id. */
  readonly groups?: ReadonlyMap<string, string>;
  /** False if facts may be missing: no open finding is then archived or lowered. @default true */
  readonly isComplete?: boolean;
  /** True if a finding that is not open yet must wait. */
  readonly isHeld?: (finding: Finding) => boolean;
  /** False if the findings are not noted as open, so that `rejudge` has none of them judged again. @default true */
  readonly isJudgedAgain?: boolean;
}

/**
 * Brings the findings stored in a partition to `wanted`: new and changed ones are published, explained ones archived.
 * Only findings that `concerns` admits are changed. True when anything was written.
 */
export async function reconcile(
  pk: string,
  wanted: readonly Finding[],
  context: ReconcileContext,
  concerns: (finding: Finding) => boolean = () => true,
): Promise<boolean> {
  const items = await context.table.query(pk, SORT_KEYS.finding);
  const known = new Map(items.map((item) => [item.sk, { item, stored: STORED.parse(JSON.parse(item.body)) }]));
  const { isComplete = true } = context;
  const here = wanted.filter(
    (finding) => concerns(finding) && (isComplete || !lowers(finding, known.get(skOf(finding)))),
  );
  let isWritten = false;
  for (const finding of here)
    if (await upsertFinding(pk, finding, known.get(skOf(finding)) ?? null, context)) isWritten = true;
  if (!isComplete) return isWritten;
  const ids = new Set(here.map(skOf));
  for (const { item, stored } of known.values()) {
    if (ids.has(item.sk) || !concerns(stored.finding)) continue;
    const archived: Finding = { ...stored.finding, status: 'ARCHIVED', archivedBecause: WITHDRAWN };
    const withdrawn = stored.finding.status === 'ARCHIVED' ? stored.finding : archived;
    if (await upsertFinding(pk, withdrawn, { item, stored }, context)) isWritten = true;
  }
  return isWritten;
}

function lowers({ severity }: Finding, known: Known | undefined): boolean {
  const open = known?.stored.finding;
  return open?.status === 'ACTIVE' && rankOf(severity) < rankOf(open.severity);
}

function rankOf(severity: Finding['severity']): number {
  return SEVERITIES.indexOf(severity);
}

const WITHDRAWN = 'later records explain the origin, or report it as part of a group';

function skOf({ id }: Finding): string {
  return `${SORT_KEYS.finding}${id}`;
}

/** Writes the next revision, publishes it and marks it published, so that the next run completes an interrupted one. */
async function upsertFinding(
  pk: string,
  finding: Finding,
  known: Known | null,
  context: ReconcileContext,
): Promise<boolean> {
  const { table, publish, now, isJudgedAgain = true } = context;
  const stored = known?.stored ?? null;
  const delivery = await withPast(finding, known, deliveryOf(finding, stored, context), context);
  if (stored?.published && isUpToDate(finding, delivery, stored, now)) return false;
  if (becomesActive(finding, stored) && context.isHeld?.(finding)) return false;
  const { updatedAt, revision } = nextAfter(known, now);
  const at = { pk, sk: skOf(finding), expires: Math.floor(now / 1_000) + KEEP_DAYS * 86_400 };
  const { reach, groupId } = delivery;
  const written = { finding, updatedAt, reach, groupId, wasUngrouped: delivery.wasUngrouped || groupId === null };
  await write({ ...at, revision }, { ...written, published: false, lastPublished: delivery.lastPublished }, table);
  if (isJudgedAgain) await noteOpen(table, finding, { home: pk, revision, expires: at.expires });
  await publish(finding, updatedAt, delivery);
  const { type, severity, status } = finding;
  const lastPublished = { type, severity, status, mode: delivery.mode };
  await write({ ...at, revision: revision + 1 }, { ...written, published: true, lastPublished }, table);
  return true;
}

/**
 * A finding that is new here is in the sinks already if a hunt published it: then it is updated and archived there, whatever
 * the mode. It is not taken for one that notifications were sent of.
 */
async function withPast(
  finding: Finding,
  known: Known | null,
  delivery: Delivery,
  { table, isJudgedAgain = true }: ReconcileContext,
): Promise<Delivery> {
  if (known || !isJudgedAgain) return delivery;
  const [past] = await table.read([{ pk: partition.past(finding.id), sk: skOf(finding) }]);
  const published = past ? STORED.parse(JSON.parse(past.body)).reach : 'learn';
  if (published === 'learn') return delivery;
  return { ...delivery, reach: highestMode([delivery.reach, published]), wasUngrouped: true };
}

interface Known {
  readonly item: StoredItem;
  readonly stored: Stored;
}

function nextAfter(known: Known | null, now: number): { readonly updatedAt: number; readonly revision: number } {
  if (!known) return { updatedAt: now, revision: 1 };
  return { updatedAt: Math.max(now, known.stored.updatedAt + 1), revision: known.item.revision + 1 };
}

async function write(
  at: Omit<RevisedItem, 'body'>,
  stored: Omit<Stored, 'finding'> & { readonly finding: Finding },
  table: LockTable,
): Promise<void> {
  if (!(await table.revise({ ...at, body: JSON.stringify(stored) }))) throw new ConcurrentChange(stored.finding.id);
}

function becomesActive(finding: Finding, stored: Stored | null): boolean {
  return isActive(finding) && stored?.finding.status !== 'ACTIVE';
}

function deliveryOf(finding: Finding, stored: Stored | null, { settings, groups }: ReconcileContext): Delivery {
  const mode = modeOf(finding, accountsOf(finding), settings);
  const { reach, wasUngrouped, lastPublished } = stored ?? NEW;
  if (!isActive(finding)) return { mode, reach, groupId: null, wasUngrouped, lastPublished };
  return {
    mode,
    reach: highestMode([mode, reach]),
    groupId: groups?.get(finding.id) ?? null,
    wasUngrouped,
    lastPublished,
  };
}

const NEW = { reach: 'learn', wasUngrouped: false, lastPublished: null } as const;

function isActive({ status }: Finding): boolean {
  return status === 'ACTIVE';
}

/** True if nothing changed, or only the calls did and the last update is recent. */
function isUpToDate(finding: Finding, { reach, groupId }: Delivery, stored: Stored, now: number): boolean {
  const { finding: before, updatedAt } = stored;
  if (reach !== stored.reach || groupId !== stored.groupId) return false;
  const plain = findingSchema.parse(JSON.parse(JSON.stringify(finding)));
  if (!isDeepStrictEqual(withoutCalls(plain), withoutCalls(before))) return false;
  return now - updatedAt < CALLS_INTERVAL || isDeepStrictEqual(plain, before);
}

function withoutCalls(finding: Finding): object {
  const { calls: _calls, callsAtLeast: _atLeast, lastSeen: _lastSeen, events: _events, ...rest } = finding;
  return rest;
}
