import * as z from 'zod';
import { HUNT_OUTPUTS } from '../hunt-names';
import { padded } from './folders';
import { runsOf } from './pack-names';
import type { WorkStore } from './work-store';

/** A log file to read. */
export interface PlannedFile {
  readonly key: string;
  readonly bytes: number;
}

const PLAN = z.object({
  files: z.number(),
  bytes: z.number(),
  /** Of files, read by one child each. */
  batches: z.number(),
  parts: z.number(),
  /** Children that gather what batches and parts wrote. */
  batchRuns: z.number(),
  partRuns: z.number(),
  /** What the hunt does with what it found. @default nothing */
  outputs: z.array(z.enum(HUNT_OUTPUTS)).exactOptional(),
});

export type HuntPlan = Readonly<z.infer<typeof PLAN>>;

const KEPT_PLAN = PLAN.extend({
  /** Of the places of its sessions and workloads. */
  key: z.readonly(z.tuple([z.number(), z.number()])),
  /** From when on its work may be deleted: epoch milliseconds. */
  expires: z.number(),
  /** When the log files were listed, or the end of the period if that is earlier, in epoch milliseconds. */
  until: z.number(),
});

/** As a hunt in AWS keeps it. */
export type KeptPlan = Readonly<z.infer<typeof KEPT_PLAN>>;

/** Bytes of log files, as they are stored. */
export interface PlanSizes {
  /** Of one batch. */
  readonly batch: number;
  /** Of one part: what is known of its workloads is in memory at once. */
  readonly part: number;
}

/** Files of a batch, however small they are. */
const MOST_FILES = 5_000;
/** Parts of a hunt, however large it is: what a child writes has an index of all of them. */
export const MOST_PARTS = 10_000;

/** Batches that are written at the same time. */
const AT_ONCE = 16;

const BATCH = z.array(z.string());

/** Writes the batches of files that the children of the first stage read. */
export async function planHunt(
  files: Iterable<PlannedFile> | AsyncIterable<PlannedFile>,
  sizes: PlanSizes,
  store: WorkStore,
): Promise<HuntPlan> {
  let batch: string[] = [];
  let batchBytes = 0;
  let batches = 0;
  let bytes = 0;
  let count = 0;
  let writes: Promise<void>[] = [];
  const write = async (): Promise<void> => {
    writes.push(store.put(batchName(batches), Buffer.from(JSON.stringify(batch))));
    batches += 1;
    batch = [];
    batchBytes = 0;
    if (writes.length < AT_ONCE) return;
    await Promise.all(writes);
    writes = [];
  };
  for await (const file of files) {
    batch.push(file.key);
    count += 1;
    bytes += file.bytes;
    batchBytes += file.bytes;
    if (batchBytes >= sizes.batch || batch.length >= MOST_FILES) await write();
  }
  if (batch.length > 0) await write();
  await Promise.all(writes);
  const parts = Math.min(MOST_PARTS, Math.max(1, Math.ceil(bytes / sizes.part)));
  return { files: count, bytes, batches, parts, batchRuns: runsOf(batches), partRuns: runsOf(parts) };
}

/** Throws when the text is no plan. */
export function planIn(json: string): KeptPlan {
  return KEPT_PLAN.parse(JSON.parse(json));
}

/** The keys of a batch's files. */
export async function batchOf(number: number, store: WorkStore): Promise<readonly string[]> {
  return BATCH.parse(JSON.parse(Buffer.from(await store.get(batchName(number))).toString()));
}

function batchName(number: number): string {
  return `batches/${padded(number)}.json`;
}
