import * as z from 'zod';
import { mergedAddresses, NO_ADDRESSES } from '../detection/facts/address-sample';
import type { TimeSpan } from '../detection/facts/retention';
import { FEW_UNREADABLE, MAX_UNREADABLE } from '../hunt-names';
import { padded } from './folders';
import { fetchedAhead } from './pack';
import { countsByKind, TooManyUnreadError, totalUnread, UNREAD_KINDS, unreadTexts } from './unread-files';
import type { WorkStore } from './work-store';

const UNREAD_FILE = z.object({ file: z.string(), kind: z.enum(UNREAD_KINDS), reason: z.string() });

const TEXTS = z.readonly(z.array(z.string()));

const UNLOCATED = z.object({
  session: z.string(),
  count: z.number(),
  file: z.string(),
  address: z.optional(z.unknown()),
});

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
  /** As in `AddressSample`. */
  addresses: z.object({ addresses: TEXTS, sessions: TEXTS, accounts: TEXTS }),
  /** Sessions with calls from no single address: how many calls, and the address in one of them. */
  unlocated: z.readonly(z.array(UNLOCATED)),
  /** Numbers of records of role sessions without `sessionContext`, by file, and whether issuances show whose they are. */
  reduced: z.record(z.string(), z.number()),
  hasIssuances: z.boolean(),
});

/** What was read of some files. */
export type BatchCounts = z.infer<typeof BATCH_COUNTS>;
/** What reading counts; the rest is in the facts. */
export type LogCounts = Omit<BatchCounts, keyof FactCounts>;
/** What is counted of the facts. */
export type FactCounts = Pick<BatchCounts, 'accounts' | 'span' | 'addresses' | 'hasIssuances'>;

export const NO_LOGS: LogCounts = { files: 0, records: 0, skipped: {}, problems: [], unlocated: [], reduced: {} };
export const NO_FACTS: FactCounts = { accounts: [], span: null, addresses: NO_ADDRESSES, hasIssuances: false };

export const READ_COUNTS = BATCH_COUNTS.extend({
  /** All files with problems, by kind, of which `problems` names some. */
  unread: z.partialRecord(z.enum(UNREAD_KINDS), z.number()),
});

/** What was read of all files. */
export type ReadCounts = z.infer<typeof READ_COUNTS>;

const FOLDER = 'read/';
/** The counts of all batches, once the reading was checked. */
const TOTAL = 'checked/read.json';
/** Counts that are fetched at a time while batches are read. */
const TALLIED = 32;
/** Problems that the counts of all batches name; those of each batch name all. */
const MOST_NAMED = 1_000;
/** Sessions with calls from no single address that the counts of a batch, and ten times as many that those of all name. */
export const MOST_UNLOCATED = 1_000;

export async function writeCounts(batch: number, counts: BatchCounts, store: WorkStore): Promise<void> {
  await store.put(`${FOLDER}${padded(batch)}.json`, Buffer.from(JSON.stringify(counts)));
}

/** The counts of all batches; problems in the order of the files' names. */
export async function countsOf(store: WorkStore): Promise<ReadCounts> {
  let facts = NO_FACTS;
  const sum = { files: 0, records: 0, skipped: {}, reduced: {}, unread: {} };
  const problems: BatchCounts['problems'] = [];
  const unlocated: z.infer<typeof UNLOCATED>[] = [];
  for await (const file of fetchedAhead(await store.list(FOLDER), (name) => store.get(name))) {
    const counts = BATCH_COUNTS.parse(JSON.parse(Buffer.from(file).toString()));
    sum.files += counts.files;
    sum.records += counts.records;
    addTo(sum.skipped, counts.skipped);
    addTo(sum.reduced, counts.reduced);
    addTo(sum.unread, countsByKind(counts.problems));
    facts = mergedFactCounts(facts, counts);
    problems.push(...counts.problems.slice(0, MOST_NAMED - problems.length));
    unlocated.push(...counts.unlocated.slice(0, MOST_UNLOCATED * 10 - unlocated.length));
  }
  problems.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  return { ...sum, ...facts, accounts: [...facts.accounts].sort(), problems, unlocated };
}

/** The counts of all batches, as they were when the reading was checked. */
export async function totalOf(store: WorkStore): Promise<ReadCounts> {
  return READ_COUNTS.parse(JSON.parse(Buffer.from(await store.get(TOTAL)).toString()));
}

/** Counts the records that were read so far. The counts of a batch are fetched once. */
export class RecordTally {
  readonly #records = new Map<string, number>();

  async count(store: WorkStore): Promise<number> {
    if ((await store.list(TOTAL)).length > 0) return (await totalOf(store)).records;
    const names = (await store.list(FOLDER)).filter((name) => !this.#records.has(name));
    const fetched = fetchedAhead(names, async (name) => [name, await store.get(name)] as const, TALLIED);
    for await (const [name, counts] of fetched)
      this.#records.set(name, BATCH_COUNTS.parse(JSON.parse(Buffer.from(counts).toString())).records);
    return [...this.#records.values()].reduce((sum, records) => sum + records, 0);
  }
}

export function mergedFactCounts(one: FactCounts, other: FactCounts): FactCounts {
  return {
    accounts: [...new Set([...one.accounts, ...other.accounts])],
    span: spanning(one.span, other.span),
    addresses: mergedAddresses(one.addresses, other.addresses),
    hasIssuances: one.hasIssuances || other.hasIssuances,
  };
}

/** The span of both. */
function spanning(one: TimeSpan | null, other: TimeSpan | null): TimeSpan | null {
  if (!one || !other) return one ?? other;
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
}

/**
 * Keeps the counts of all batches. Throws if more than `maxUnreadable` percent of the files could not be read, since findings
 * would not be complete. Unless it is given, a few files may be unread, however small the set is.
 */
export async function checkReading({
  store,
  maxUnreadable,
}: {
  readonly store: WorkStore;
  readonly maxUnreadable?: number | undefined;
}): Promise<void> {
  const total = await countsOf(store);
  await store.put(TOTAL, Buffer.from(JSON.stringify(total)));
  const { files, unread, problems } = total;
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
