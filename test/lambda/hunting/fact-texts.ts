import type { StoredItem } from '../../../lambda/store/lock-table';
import { SORT_KEYS } from '../../../lambda/store/table-schema';

const FACTS = [
  SORT_KEYS.issued,
  SORT_KEYS.requestedKey,
  SORT_KEYS.change,
  SORT_KEYS.grant,
  SORT_KEYS.person,
  SORT_KEYS.sighting,
  SORT_KEYS.account,
];

/**
 * The facts among the items of a table, without what depends on their order in a backfill too: when they expire, which
 * records of an hour came together, and which keys were used before anything proved whose they are.
 */
export function factTexts(items: readonly StoredItem[]): string[] {
  return items
    .filter(({ sk }) => FACTS.some((start) => sk.startsWith(start)))
    .map(textOf)
    .sort();
}

function textOf({ pk, sk, body, did, least }: StoredItem): string {
  const done = did.filter((one) => !one.startsWith('judged ')).sort();
  if (sk.startsWith(SORT_KEYS.account)) return `${pk} ${sk}`;
  const plain = sk.startsWith(SORT_KEYS.sighting) ? body.replace(/,\d+\]\]\}$/, ']]}') : body;
  return JSON.stringify([pk, sk, plain, done, least]);
}
