import * as z from 'zod';
import type { TimeSpan } from '../detection/facts/retention';
import { FEW_UNREADABLE, MAX_UNREADABLE } from '../hunt-names';
import { padded } from './folders';
import { fetchedAhead } from './pack';
import { countsByKind, TooManyUnreadError, totalUnread, UNREAD_KINDS, unreadTexts } from './unread-files';
import type { WorkStore } from './work-store';

const UNREAD_FILE = z.object({ file: z.string(), kind: z.enum(UNREAD_KINDS), reason: z.string() });

const BATCH_COUNTS = z.object({
  files: z.number(),
  records: z.number(),
  /** By reason. */
  skipped: z.record(z.string(), z.number()),
  /** Files that could not be read completely, or whose records were rejected. */
  problems: z.array(UNREAD_FILE),
  /** Whose records were seen. */
  accounts: z.array(z.string()),
  /** Of the facts, in epoch milliseconds; null without any. */
  span: z.nullable(z.object({ first: z.number(), last: z.number() })),
});

/** What was read of some files. */
export type BatchCounts = z.infer<typeof BATCH_COUNTS>;
/** What reading counts; the rest is in the facts. */
export type LogCounts = Omit<BatchCounts, 'accounts' | 'span'>;

export const READ_COUNTS = BATCH_COUNTS.extend({
  /** All files with problems, by kind, of which `problems` names some. */
  unread: z.partialRecord(z.enum(UNREAD_KINDS), z.number()),
});

/** What was read of all files. */
export type ReadCounts = z.infer<typeof READ_COUNTS>;

const FOLDER = 'read/';
/** Problems that the counts of all batches name; those of each batch name all. */
const MOST_NAMED = 1_000;

export async function writeCounts(batch: number, counts: BatchCounts, store: WorkStore): Promise<void> {
  await store.put(`${FOLDER}${padded(batch)}.json`, Buffer.from(JSON.stringify(counts)));
}

/** The counts of all batches; problems in the order of the files' names. */
export async function countsOf(store: WorkStore): Promise<ReadCounts> {
  const sum: ReadCounts = { files: 0, records: 0, skipped: {}, problems: [], accounts: [], span: null, unread: {} };
  const accounts = new Set<string>();
  for await (const file of fetchedAhead(await store.list(FOLDER), (name) => store.get(name))) {
    const counts = BATCH_COUNTS.parse(JSON.parse(Buffer.from(file).toString()));
    sum.files += counts.files;
    sum.records += counts.records;
    addTo(sum.skipped, counts.skipped);
    for (const account of counts.accounts) accounts.add(account);
    sum.span = spanning(sum.span, counts.span);
    addTo(sum.unread, countsByKind(counts.problems));
    sum.problems.push(...counts.problems.slice(0, MOST_NAMED - sum.problems.length));
  }
  sum.problems.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  sum.accounts.push(...[...accounts].sort());
  return sum;
}

/** The span of both. */
export function spanning(one: TimeSpan | null, other: TimeSpan | null): TimeSpan | null {
  if (!one || !other) return one ?? other;
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
}

/**
 * Throws if more than `maxUnreadable` percent of the files could not be read, since findings would not be complete. Unless it
 * is given, a few files may be unread, however small the set is.
 */
export async function checkReading({
  store,
  maxUnreadable,
}: {
  readonly store: WorkStore;
  readonly maxUnreadable?: number | undefined;
}): Promise<void> {
  const { files, unread, problems } = await countsOf(store);
  const count = totalUnread(unread);
  const share = files === 0 ? 0 : (count * 100) / files;
  if (share <= (maxUnreadable ?? MAX_UNREADABLE)) return;
  if (maxUnreadable === undefined && count <= FEW_UNREADABLE) return;
  const most = maxUnreadable === undefined ? `${MAX_UNREADABLE} %, or ${FEW_UNREADABLE},` : `${maxUnreadable} %`;
  const [first] = problems;
  const example = first ? `. For example ${first.file}: ${first.reason}` : '';
  throw new TooManyUnreadError(
    `${count.toLocaleString('en')} of ${files.toLocaleString('en')} log files (${roundedUp(share)} %) could not be read, and at most ${most} may be: ${unreadTexts(unread).join('; ')}${example}. Findings would not be complete; --max-unreadable ${roundedUp(share)} goes on without those files`,
  );
}

/** So that the share is allowed if it is given. */
function roundedUp(share: number): number {
  return Math.ceil(share * 10) / 10;
}

function addTo(sum: Partial<Record<string, number>>, counts: Readonly<Partial<Record<string, number>>>): void {
  for (const [name, count = 0] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
}
