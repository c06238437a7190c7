import fc from 'fast-check';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { readInto } from '../../lambda/detection/records/read-facts';
import { trailScenarios, factsOf } from '../scenario';
import { detectIn, textOf } from './findings';
import { runs } from './property-runs';

const SCENARIOS = trailScenarios();
const RECORDS = SCENARIOS.flatMap(({ records }) => records);
const DEPTH = 100_000;

type Path = readonly (string | number)[];

/** One more record, with something else in one place. */
interface Damage {
  readonly record: number;
  /** Of all places in the record, from the root on. */
  readonly place: number;
  readonly value: unknown;
}

/** Any JSON, and what stands elsewhere in real records. */
function values(): fc.Arbitrary<unknown> {
  const fromRecords = fc
    .tuple(fc.constantFrom(...RECORDS), fc.nat(300))
    .map(([record, place]) => valueAt(record, placeIn(record, place)));
  return fc.oneof(fc.jsonValue(), fromRecords, fc.constant(undefined));
}

/** A scenario's records, and copies of some with anything in some places. */
function damagedTrails(): fc.Arbitrary<readonly unknown[]> {
  const damage = fc.record({ record: fc.nat(99), place: fc.nat(300), value: values() });
  return fc
    .tuple(fc.constantFrom(...SCENARIOS), fc.array(damage, { minLength: 1, maxLength: 8 }))
    .map(([{ records }, damages]) => damages.reduce(withDamaged, records));
}

/** The copy may be damaged again. */
function withDamaged(records: readonly unknown[], { record, place, value }: Damage): readonly unknown[] {
  const whole = records[record % records.length];
  return [...records, replaced(whole, placeIn(whole, place), value)];
}

function placeIn(value: unknown, place: number): Path {
  const paths = pathsOf(value);
  return paths[place % paths.length] ?? [];
}

/** The root, and the paths to all that is in it. */
function pathsOf(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inside = Object.entries(value).flatMap(([key, each]) => pathsOf(each).map((path) => [key, ...path]));
  return [[], ...inside];
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  return valueAt(Object.entries(value).find(([name]) => name === String(key))?.[1], rest);
}

function replaced(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined || typeof whole !== 'object' || whole === null) return value;
  const entries = Object.entries(whole).map(([name, inside]) =>
    name === String(key) ? [name, replaced(inside, rest, value)] : [name, inside],
  );
  return Array.isArray(whole) ? entries.map(([, inside]) => inside) : Object.fromEntries(entries);
}

describe('reading', () => {
  it('takes any JSON, and says why it gives no fact', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readInto(new FactSet(), value)).toEqual(expect.any(String));
      }),
      runs(300),
    );
  });

  it('takes records with anything in any field, and what it made of them is judged alike in any order', () => {
    fc.assert(
      fc.property(damagedTrails(), (records) => {
        const plain = textOf(detectIn(factsOf(records)));
        expect(textOf(detectIn(factsOf([...records].reverse())))).toBe(plain);
      }),
      runs(150),
    );
  });

  it('takes records that nest without end', () => {
    const nested: unknown = JSON.parse(`${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`);
    for (const record of RECORDS.slice(0, 50))
      for (const path of pathsOf(record)) readInto(new FactSet(), replaced(record, path, nested));
  });
});
