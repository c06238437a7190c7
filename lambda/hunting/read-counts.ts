import * as z from 'zod';
import { padded } from './folders';
import type { WorkStore } from './work-store';

const PROBLEM = z.object({ file: z.string(), reason: z.string() });

export const READ_COUNTS = z.object({
  files: z.number(),
  records: z.number(),
  /** By reason. */
  skipped: z.record(z.string(), z.number()),
  /** Files that could not be read completely, or whose records were rejected. */
  problems: z.array(PROBLEM),
});

/** What was read of some files. */
export type BatchCounts = z.infer<typeof READ_COUNTS>;

const FOLDER = 'read/';

export async function writeCounts(batch: number, counts: BatchCounts, store: WorkStore): Promise<void> {
  await store.put(`${FOLDER}${padded(batch)}.json`, Buffer.from(JSON.stringify(counts)));
}

/** The counts of all batches; problems in the order of the files' names. */
export async function countsOf(store: WorkStore): Promise<BatchCounts> {
  const sum: BatchCounts = { files: 0, records: 0, skipped: {}, problems: [] };
  for (const name of await store.list(FOLDER)) {
    const counts = READ_COUNTS.parse(JSON.parse(Buffer.from(await store.get(name)).toString()));
    sum.files += counts.files;
    sum.records += counts.records;
    for (const [reason, count] of Object.entries(counts.skipped))
      sum.skipped[reason] = (sum.skipped[reason] ?? 0) + count;
    sum.problems.push(...counts.problems);
  }
  sum.problems.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
  return sum;
}
