import { addLine, rowIn } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import { Did, type Fact, type Sighting } from '../detection/facts/facts';
import type { StoredItem } from './lock-table';

/** The issuances, foreign keys and changes among these items. */
export function factsIn(items: readonly StoredItem[]): Fact[] {
  return items.flatMap(({ body }) => addLine(new FactSet(), body) ?? []);
}

/** The sighting of an hour. `did` is a set of its own, which grows without the body. */
export function sightingsIn({ body, did: names }: StoredItem): Sighting[] {
  const { caller, seen } = rowIn(body);
  const did = Object.entries(Did).reduce((bits, [name, bit]) => (names.includes(name) ? bits | bit : bits), 0);
  return seen.map(({ event }) => ({ fact: 'sighting', caller, did, event }));
}
