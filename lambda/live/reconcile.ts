import * as z from 'zod';
import type { Finding } from '../detection/finding';
import { findingSchema } from './finding-schema';
import type { LockTable, StoredItem } from './lock-table';

/** Hands a finding to the sinks. Saying one twice is an update; an older `updatedAt` never overwrites a later one. */
export type Publish = (finding: Finding, updatedAt: number) => Promise<void>;

/** Repeated calls alone update a finding once in so long. */
const QUIET = 3_600_000;
const KEEP_DAYS = 400;

const STORED = z.object({ finding: findingSchema, updatedAt: z.number(), published: z.boolean() });
type Stored = z.infer<typeof STORED>;

interface Clerk {
  readonly table: LockTable;
  readonly publish: Publish;
  readonly now: number;
}

/** Brings the findings stored in a partition to `wanted`: new and changed ones are published, explained ones archived. */
export async function reconcile(pk: string, wanted: readonly Finding[], clerk: Clerk): Promise<void> {
  const items = await clerk.table.query(pk, 'V#');
  const known = new Map(items.map((item) => [item.sk, { item, stored: STORED.parse(JSON.parse(item.body)) }]));
  for (const finding of wanted) await bring(pk, finding, known.get(skOf(finding)) ?? null, clerk);
  const ids = new Set(wanted.map(skOf));
  for (const { item, stored } of known.values()) {
    if (ids.has(item.sk)) continue;
    const archived: Finding = { ...stored.finding, status: 'ARCHIVED', archivedBecause: WITHDRAWN };
    await bring(pk, stored.finding.status === 'ARCHIVED' ? stored.finding : archived, { item, stored }, clerk);
  }
}

const WITHDRAWN = 'later records explain the origin, or tell it as part of a group';

function skOf({ id }: Finding): string {
  return `V#${id}`;
}

/** Write under the next revision, publish, write that it was: whoever breaks off in between is finished by the next run. */
async function bring(
  pk: string,
  finding: Finding,
  known: { item: StoredItem; stored: Stored } | null,
  { table, publish, now }: Clerk,
): Promise<void> {
  const stored = known?.stored ?? null;
  if (stored?.published && isSettled(finding, stored, now)) return;
  const updatedAt = Math.max(now, (stored?.updatedAt ?? 0) + 1);
  const revision = (known?.item.revision ?? 0) + 1;
  const expires = Math.floor(now / 1_000) + KEEP_DAYS * 86_400;
  const write = (published: boolean, at: number): Promise<boolean> =>
    table.revise({
      pk,
      sk: skOf(finding),
      body: JSON.stringify({ finding, updatedAt, published }),
      expires,
      revision: at,
    });
  if (!(await write(false, revision))) throw new Error(`${finding.id}: somebody else revised it at the same time`);
  await publish(finding, updatedAt);
  if (!(await write(true, revision + 1))) throw new Error(`${finding.id}: somebody else revised it at the same time`);
}

/** Nothing new but more calls, and that was told not long ago. */
function isSettled(finding: Finding, { finding: told, updatedAt }: Stored, now: number): boolean {
  if (JSON.stringify(withoutCalls(finding)) !== JSON.stringify(withoutCalls(told))) return false;
  return now - updatedAt < QUIET || JSON.stringify(finding) === JSON.stringify(told);
}

function withoutCalls(finding: Finding): object {
  const { calls: _calls, callsAtLeast: _atLeast, lastSeen: _lastSeen, events: _events, ...rest } = finding;
  return rest;
}
