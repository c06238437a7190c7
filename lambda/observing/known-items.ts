import type { Sighting } from '../detection/facts/facts';
import { workloadKey, type Workload } from '../detection/model/workload';
import { isBusy, isSteady, noteKey } from '../judging/steady-state';
import type { BatchEntry } from './batch-entries';
import { isUnproven, type Filed } from '../store/table-schema';
import type { JudgingContext } from '../judging/judge-workloads';
import type { ItemKey, LockTable, StoredItem } from '../store/lock-table';

/** Items of entries that the table holds already, read in few requests. */
export class LookUp {
  private constructor(private readonly found: ReadonlyMap<string, StoredItem>) {}

  /** Reads the hours of these entries and their workloads' steady states. */
  static async of<Id>(entries: readonly BatchEntry<Id>[], table: LockTable): Promise<LookUp> {
    const keys = entries.flatMap((entry) => [...hoursOf(entry), ...ownersOf(entry).map(noteKey)]);
    return new LookUp(await readAll(keys, table));
  }

  /** The current steady states of these workloads. */
  static async steadyStatesOf(workloads: readonly Workload[], table: LockTable): Promise<LookUp> {
    return new LookUp(await readAll(workloads.map(noteKey), table));
  }

  /** The items of all of them. */
  static joined(all: readonly LookUp[]): LookUp {
    return new LookUp(new Map(all.flatMap(({ found }) => [...found])));
  }

  /** True if the stored item covers this one. */
  has(item: Filed): boolean {
    if ('keep' in item) return false;
    const stored = this.at(item.merge);
    if (!stored || stored.least === '' || stored.least > item.merge.least) return false;
    return item.merge.did.every((one) => stored.did.includes(one));
  }

  /** True if an item with an earlier event is stored. */
  isBeaten(item: Filed): boolean {
    const stored = 'keep' in item ? undefined : this.at(item.merge);
    return 'merge' in item && stored !== undefined && stored.least !== '' && stored.least < item.merge.least;
  }

  /** True if the stored hour was judged and its confirmations were requested. */
  isJudged(item: Filed): boolean {
    if ('keep' in item) return false;
    const stored = this.at(item.merge);
    return stored !== undefined && stored.did.includes(markOf(stored));
  }

  /** The mark to store once that is so. */
  markFor(item: Filed): { readonly key: ItemKey; readonly mark: string } | null {
    if ('keep' in item) return null;
    const { pk, sk, least, did } = item.merge;
    const stored = this.at(item.merge);
    if (!stored) return { key: { pk, sk }, mark: markOf({ least, did }) };
    const merged = { least: stored.least < least ? stored.least : least, did: [...new Set([...stored.did, ...did])] };
    return { key: { pk, sk }, mark: markOf(merged) };
  }

  isStateSteady<Id>({ fact }: BatchEntry<Id>, context: JudgingContext): boolean {
    if (fact?.fact === 'issuance') return isSteady(this.at(noteKey(fact.workload)), fact, context);
    if (fact?.fact !== 'sighting' || !fact.caller.workload) return false;
    return isSteady(this.at(noteKey(fact.caller.workload)), fact, context);
  }

  /** True if all workloads the entry is about are busy. `now`: epoch milliseconds. */
  areBusy<Id>(entry: BatchEntry<Id>, now: number): boolean {
    const owners = ownersOf(entry);
    return owners.length > 0 && owners.every((owner) => isBusy(this.at(noteKey(owner)), now));
  }

  private at({ pk, sk }: ItemKey): StoredItem | undefined {
    return this.found.get(`${pk} ${sk}`);
  }
}

async function readAll(keys: readonly ItemKey[], table: LockTable): Promise<Map<string, StoredItem>> {
  const wanted = [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
  if (wanted.length === 0) return new Map();
  const items = await table.read(wanted);
  return new Map(items.flatMap((item) => (item ? [[`${item.pk} ${item.sk}`, item] as const] : [])));
}

function hoursOf<Id>({ items }: BatchEntry<Id>): ItemKey[] {
  return items.flatMap((item) => ('merge' in item ? [{ pk: item.merge.pk, sk: item.merge.sk }] : []));
}

/** The workload an entry is about, if the record itself proves it. */
export function ownersOf<Id>({ fact }: BatchEntry<Id>): Workload[] {
  if (fact?.fact === 'issuance') return [fact.workload];
  return fact?.fact === 'sighting' && isPlain(fact) && fact.caller.workload ? [fact.caller.workload] : [];
}

/** True for a sighting whose record proves whose it is, whatever else is stored. */
export function isPlain({ caller }: Sighting): boolean {
  return caller.workload !== null && !isUnproven(caller);
}

const MARK = 'judged ';

/** An hour that changes after it was judged gets another mark. */
function markOf({ least, did }: Pick<StoredItem, 'least' | 'did'>): string {
  const done = did.filter((one) => !one.startsWith(MARK)).sort();
  return `${MARK}${least} ${done.join(' ')}`;
}

export function uniqueWorkloads(workloads: readonly Workload[]): Workload[] {
  return [...new Map(workloads.map((workload) => [workloadKey(workload), workload])).values()];
}
