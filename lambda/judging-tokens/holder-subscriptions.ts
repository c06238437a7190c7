import type { Workload } from '../detection/model/workload';
import type { LockTable } from '../store/lock-table';
import { Subscriptions } from '../store/subscriptions';
import { partition, SORT_KEYS } from '../store/table-schema';

/** The subscriptions of a holder of tokens, with those that it has. */
export async function holderSubscriptions(workload: Workload, table: LockTable, now: number): Promise<Subscriptions> {
  const subscriptions = new Subscriptions(table, workload, now);
  for (const item of await table.query(partition.workload(workload), SORT_KEYS.subscriptions))
    subscriptions.learn(item);
  return subscriptions;
}
