import type { Change } from '../detection/facts/facts';
import { BatchEntries } from './batch-entries';
import { BOOK_DAYS, expiryOf, filed, type Filed } from '../store/table-schema';
import { FactBatch } from './fact-batch';
import { type ObserveContext } from './observing-context';

/** The result of storing an inventory. */
export interface StoredInventory {
  readonly stored: number;
  /** Facts that could not be stored, with the reason. */
  readonly failed: readonly { readonly fact: Change; readonly error: unknown }[];
  /** Workloads judged by it at once. */
  readonly judged: number;
  /** Workloads whose confirmation was requested. */
  readonly asked: number;
}

/** Facts that are stored and judged together: memory does not grow with the account. */
const MOST_TOGETHER = 200;

/**
 * Stores the facts of an inventory (`inventoryFacts`) as `observe` stores those of records: workloads whose judgement reads
 * them are judged again. They expire as facts of today do, whatever their time. Storing them again changes nothing.
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
    const batch = new FactBatch(entries.all, observing);
    await batch.process();
    for (const [fact, error] of batch.failed) failed.push({ fact, error });
    for (const { id, error } of batch.refused) failed.push({ fact: id, error });
    sum.stored += part.length - batch.failed.size - batch.refused.length;
    sum.judged += batch.judged;
    sum.asked += batch.confirmsRequested;
  }
  return { ...sum, failed };
}

function filedToday(fact: Change, { now, settings }: ObserveContext): Filed[] {
  const expires = expiryOf(now, settings.retentionDays + BOOK_DAYS);
  return filed(fact, settings.retentionDays).map((item) =>
    'keep' in item ? { keep: { ...item.keep, expires } } : item,
  );
}
