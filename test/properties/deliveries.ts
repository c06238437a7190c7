import fc from 'fast-check';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { readInto } from '../../lambda/detection/records/read-facts';

/** How records reach us: each at least once, in whatever order, on whichever of several machines. */
export interface Deliveries {
  /** Index of a record, and where it comes in and goes: the lowest rank first. */
  readonly items: readonly { readonly record: number; readonly rank: number; readonly machine: number }[];
  /** In which order the facts of the machines are merged. */
  readonly machines: readonly number[];
}

const MACHINES = 4;

export function deliveriesOf(count: number): fc.Arbitrary<Deliveries> {
  // Unbiased, since small numbers, of which fast-check is fond, would leave most records where they were.
  const where = { rank: fc.noBias(fc.nat(999)), machine: fc.nat(MACHINES - 1) };
  const once = fc.array(fc.record(where), { minLength: count, maxLength: count });
  const again = fc.array(fc.record({ record: fc.nat(count - 1), ...where }), { maxLength: 20 });
  return fc.record({
    items: fc.tuple(once, again).map(([all, more]) => [...all.map((one, record) => ({ record, ...one })), ...more]),
    machines: fc.shuffledSubarray([...Array(MACHINES).keys()], { minLength: MACHINES }),
  });
}

/** The facts that are left when all machines have read theirs and were merged. */
export function factsDelivered(records: readonly unknown[], { items, machines }: Deliveries): FactSet {
  const sets = machines.map(() => new FactSet());
  for (const { record, machine } of [...items].sort((a, b) => a.rank - b.rank))
    readInto(sets[machine] ?? new FactSet(), records[record]);
  const merged = new FactSet();
  for (const machine of machines) merged.merge(sets[machine] ?? new FactSet());
  return merged;
}
