import type { Change } from '../detection/facts/facts';
import { BatchEntries } from './batch-entries';
import { BOOK_DAYS, expiryOf, filed, type Filed } from '../store/table-schema';
import { FactBatch } from './fact-batch';
import { type ObserveContext } from './observing-context';

/** What came of storing an inventory. */
export interface StoredInventory {
  readonly stored: number;
  /** Facts that could not be stored, with the reason. */
  readonly failed: readonly { readonly fact: Change; readonly error: unknown }[];
  /** Workloads judged by it at once. */
  readonly judged: number;
  /** Workloads that are asked to be settled because of it. */
  readonly asked: number;
}

/** Facts that are stored and judged together: memory does not grow with the account. */
const MOST_TOGETHER = 200;

/**
 * Stores the facts of an inventory (`inventoryFacts`) as `observe` stores those of records: whoever is judged by what they
 * name is judged again. They live as long as facts of today, however long ago what they tell began. Storing them again
 * changes nothing.
 */
export async function storeInventory(facts: readonly Change[], observing: ObserveContext): Promise<StoredInventory> {
  const failed: { fact: Change; error: unknown }[] = [];
  const sum = { stored: 0, judged: 0, asked: 0 };
  for (let at = 0; at < facts.length; at += MOST_TOGETHER) {
    const part = facts.slice(at, at + MOST_TOGETHER);
    const entries = new BatchEntries<Change>(observing.settings.retentionDays);
    for (const fact of part) {
      entries.add(fact, filedToday(fact, observing), { id: fact, record: null });
    }
    const shift = new FactBatch(entries.all, observing);
    await shift.process();
    for (const [fact, error] of shift.failed) failed.push({ fact, error });
    for (const { id, error } of shift.refused) failed.push({ fact: id, error });
    sum.stored += part.length - shift.failed.size - shift.refused.length;
    sum.judged += shift.judged;
    sum.asked += shift.confirmsRequested;
  }
  return { ...sum, failed };
}

function filedToday(fact: Change, { now, settings }: ObserveContext): Filed[] {
  const expires = expiryOf(now, settings.retentionDays + BOOK_DAYS);
  return filed(fact, settings.retentionDays).map((item) =>
    'keep' in item ? { keep: { ...item.keep, expires } } : item,
  );
}
