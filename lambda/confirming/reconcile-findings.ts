import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { FINDING_TYPES, SEVERITIES, type Finding } from '../detection/model/finding';
import type { Mode, Settings } from '../detection/model/settings';
import { ConcurrentChange } from '../store/concurrent-change';
import { findingSchema } from '../store/finding-schema';
import type { LockTable, RevisedItem, StoredItem } from '../store/lock-table';
import { SORT_KEYS } from '../store/table-schema';
import { accountsOf, highestMode, modeOf } from '../judging/mode';
import { noteOpen } from '../store/open-findings';

/**
 * Hands a finding to the sinks, or throws: then it stays unpublished and is handed over again. Saying one twice is an
 * update; an older `updatedAt` (epoch milliseconds) never overwrites a later one.
 */
export type Publish = (finding: Finding, updatedAt: number, how: Delivery) => Promise<void>;

/** In what light a finding is said. */
export interface Delivery {
  readonly mode: Mode;
  /** The highest mode it is said in now or may have been before: what was said there is kept up to date there. */
  readonly reach: Mode;
  /** The id of the `SameOrigin` group that stands for it where a group is shown instead of its members, if any. */
  readonly behind: string | null;
  /** Whether it was, or may have been, said before with no group to stand for it. */
  readonly alone: boolean;
  /** What was said last; null where nothing was. */
  readonly told: LastPublished | null;
}

export interface LastPublished extends Pick<Finding, 'type' | 'severity' | 'status'> {
  /** The mode it was said in. */
  readonly mode: Mode;
}

/** Repeated calls alone update a finding once in so long. */
const QUIET = 3_600_000;
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
  behind: z.nullable(z.string()),
  alone: z.boolean(),
  told: z.nullable(LAST_PUBLISHED),
});
type Stored = z.infer<typeof STORED>;

export interface ReconcileContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly publish: Publish;
  readonly now: number;
  /** Groups that stand for findings, by the finding's id. */
  readonly behind?: ReadonlyMap<string, string>;
  /** What is not said yet; asked of findings that are not open. */
  readonly isHeld?: (finding: Finding) => boolean;
}

/**
 * Brings the findings stored in a partition to `wanted`: new and changed ones are published, explained ones archived.
 * Only those that `concerns` admits are looked at. True when anything was written.
 */
export async function reconcile(
  pk: string,
  wanted: readonly Finding[],
  clerk: ReconcileContext,
  concerns: (finding: Finding) => boolean = () => true,
): Promise<boolean> {
  const items = await clerk.table.query(pk, SORT_KEYS.finding);
  const known = new Map(items.map((item) => [item.sk, { item, stored: STORED.parse(JSON.parse(item.body)) }]));
  const here = wanted.filter(concerns);
  let isWritten = false;
  for (const finding of here)
    if (await upsertFinding(pk, finding, known.get(skOf(finding)) ?? null, clerk)) isWritten = true;
  const ids = new Set(here.map(skOf));
  for (const { item, stored } of known.values()) {
    if (ids.has(item.sk) || !concerns(stored.finding)) continue;
    const archived: Finding = { ...stored.finding, status: 'ARCHIVED', archivedBecause: WITHDRAWN };
    const withdrawn = stored.finding.status === 'ARCHIVED' ? stored.finding : archived;
    if (await upsertFinding(pk, withdrawn, { item, stored }, clerk)) isWritten = true;
  }
  return isWritten;
}

const WITHDRAWN = 'later records explain the origin, or tell it as part of a group';

function skOf({ id }: Finding): string {
  return `${SORT_KEYS.finding}${id}`;
}

/** Write under the next revision, publish, write that it was: whoever breaks off in between is finished by the next run. */
async function upsertFinding(
  pk: string,
  finding: Finding,
  known: Kept | null,
  clerk: ReconcileContext,
): Promise<boolean> {
  const { table, publish, now } = clerk;
  const stored = known?.stored ?? null;
  const how = deliveryOf(finding, stored, clerk);
  if (stored?.published && isSettled(finding, how, stored, now)) return false;
  if (opens(finding, stored) && clerk.isHeld?.(finding)) return false;
  const { updatedAt, revision } = nextAfter(known, now);
  const at = { pk, sk: skOf(finding), expires: Math.floor(now / 1_000) + KEEP_DAYS * 86_400 };
  const { reach, behind } = how;
  const written = { finding, updatedAt, reach, behind, alone: how.alone || behind === null };
  await write({ ...at, revision }, { ...written, published: false, told: how.told }, table);
  await noteOpen(table, finding, { home: pk, revision, expires: at.expires });
  await publish(finding, updatedAt, how);
  const { type, severity, status } = finding;
  const told = { type, severity, status, mode: how.mode };
  await write({ ...at, revision: revision + 1 }, { ...written, published: true, told }, table);
  return true;
}

interface Kept {
  readonly item: StoredItem;
  readonly stored: Stored;
}

function nextAfter(known: Kept | null, now: number): { readonly updatedAt: number; readonly revision: number } {
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

/** Whether it is new, or comes back. */
function opens(finding: Finding, stored: Stored | null): boolean {
  return isActive(finding) && stored?.finding.status !== 'ACTIVE';
}

function deliveryOf(finding: Finding, stored: Stored | null, { settings, behind }: ReconcileContext): Delivery {
  const mode = modeOf(finding, accountsOf(finding), settings);
  const { reach, alone, told } = stored ?? NEW;
  if (!isActive(finding)) return { mode, reach, behind: null, alone, told };
  return { mode, reach: highestMode([mode, reach]), behind: behind?.get(finding.id) ?? null, alone, told };
}

const NEW = { reach: 'learn', alone: false, told: null } as const;

function isActive({ status }: Finding): boolean {
  return status === 'ACTIVE';
}

/** Nothing new but more calls, and that was told not long ago. */
function isSettled(finding: Finding, { reach, behind }: Delivery, stored: Stored, now: number): boolean {
  const { finding: before, updatedAt } = stored;
  if (reach !== stored.reach || behind !== stored.behind) return false;
  const plain = findingSchema.parse(JSON.parse(JSON.stringify(finding)));
  if (!isDeepStrictEqual(withoutCalls(plain), withoutCalls(before))) return false;
  return now - updatedAt < QUIET || isDeepStrictEqual(plain, before);
}

function withoutCalls(finding: Finding): object {
  const { calls: _calls, callsAtLeast: _atLeast, lastSeen: _lastSeen, events: _events, ...rest } = finding;
  return rest;
}
