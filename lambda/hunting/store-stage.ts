import * as z from 'zod';
import type { StorableFact } from '../store/accounts-seen';
import { HUNT_FILES, STORING_SECONDS } from '../hunt-names';
import { fetchedAhead } from './pack';
import type { WorkStore } from './work-store';

const COUNTS = z.object({ stored: z.number(), tooOld: z.number(), refused: z.number() });

/** Numbers of facts that were stored, and that were left out. */
export type StoreCounts = Readonly<z.infer<typeof COUNTS>>;

const PROGRESS = COUNTS.extend({
  /** Batches that were stored. */
  batches: z.number(),
  isDone: z.boolean(),
});
type Progress = z.infer<typeof PROGRESS>;

/** How facts are stored. */
export interface StoreContext {
  readonly store: WorkStore;
  /** Stores facts; storing them again changes nothing. */
  readonly storeFacts: (facts: readonly StorableFact[]) => Promise<StoreCounts>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Facts that are stored and judged together. */
const BATCH = 500;
/** Milliseconds between notes of how far it is. */
const NOTED = 60_000;

/**
 * Stores facts, which come in the same order each time, from where an earlier call ended. False if it must be called again.
 * `name`: of the child among all that store facts.
 */
export async function storeBatches(
  name: string,
  facts: AsyncIterable<StorableFact>,
  { store, storeFacts, now }: StoreContext,
): Promise<boolean> {
  const begun = now();
  let progress = await progressOf(name, store);
  if (progress.isDone) return true;
  let noted = begun;
  let batch = 0;
  for await (const some of inBatches(facts)) {
    batch += 1;
    if (batch <= progress.batches) continue;
    progress = { ...sumOf(progress, await storeFacts(some)), batches: batch, isDone: false };
    const isEnough = now() - begun >= STORING_SECONDS * 1_000;
    if (!isEnough && now() - noted < NOTED) continue;
    noted = now();
    await keep(name, progress, store);
    if (isEnough) return false;
  }
  await keep(name, { ...progress, isDone: true }, store);
  return true;
}

/** The counts of all children; null where none has stored anything. */
export async function storedIn(store: WorkStore): Promise<StoreCounts | null> {
  let sum: StoreCounts | null = null;
  for await (const bytes of fetchedAhead(await store.list(HUNT_FILES.stored), (name) => store.get(name)))
    sum = sumOf(sum ?? NONE, progressIn(bytes));
  return sum;
}

async function* inBatches(facts: AsyncIterable<StorableFact>): AsyncGenerator<readonly StorableFact[]> {
  let batch: StorableFact[] = [];
  for await (const fact of facts) {
    batch.push(fact);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const NONE: StoreCounts = { stored: 0, tooOld: 0, refused: 0 };

function sumOf(one: StoreCounts, other: StoreCounts): StoreCounts {
  const { stored, tooOld, refused } = one;
  return {
    stored: stored + other.stored,
    tooOld: tooOld + other.tooOld,
    refused: refused + other.refused,
  };
}

async function progressOf(name: string, store: WorkStore): Promise<Progress> {
  const object = objectOf(name);
  if ((await store.list(object)).length === 0) return { ...NONE, batches: 0, isDone: false };
  return progressIn(await store.get(object));
}

function progressIn(bytes: Uint8Array): Progress {
  return PROGRESS.parse(JSON.parse(Buffer.from(bytes).toString()));
}

function keep(name: string, progress: Progress, store: WorkStore): Promise<void> {
  return store.put(objectOf(name), Buffer.from(JSON.stringify(progress)));
}

function objectOf(name: string): string {
  return `${HUNT_FILES.stored}${name}.json`;
}
