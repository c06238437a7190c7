import fc from 'fast-check';
import type { CallSample } from '../../lambda/detection/facts/call-sample';
import { FactSet, type SessionUse } from '../../lambda/detection/facts/fact-set';
import { factsOf } from '../scenario';
import { canonical } from './canonical';
import { deliveriesOf, factsDelivered } from './deliveries';
import { runs } from './property-runs';
import { recordsOf, trailPlans, type TrailPlan } from './trail-plan';

/** Three sets of facts, read from records of one trail; some records are in several of them. */
interface Split {
  readonly plan: TrailPlan;
  /** For each record the sets that have it, as bits. */
  readonly sets: readonly number[];
}

function splits(crowds = false): fc.Arbitrary<Split> {
  return trailPlans({ amended: true, crowds }).chain((plan) => {
    const { length } = recordsOf(plan);
    const sets = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: length, maxLength: length });
    return fc.record({ plan: fc.constant(plan), sets });
  });
}

type Sets = readonly [a: FactSet, b: FactSet, c: FactSet];

function setsOf({ plan, sets }: Split): Sets {
  const records = recordsOf(plan);
  const read = (bit: number) => factsOf(records.filter((_, at) => ((sets[at] ?? 0) & bit) !== 0));
  return [read(1), read(2), read(4)];
}

/** The empty set, with each of these merged into it. */
function merged(...sets: readonly FactSet[]): FactSet {
  const all = new FactSet();
  for (const set of sets) all.merge(set);
  return all;
}

/** All that is known, without what only saves memory. */
function dump({ issuances, foreignKeys, grants, changes, people, sessions, accounts }: FactSet): string {
  const seen = new Map([...sessions].map(([arn, session]) => [arn, seenIn(session)]));
  return canonical({ issuances, foreignKeys, grants, changes, people, seen, accounts });
}

/** By what the rows hold, as their keys depend on the order in which they came. */
function seenIn({ rows, calls }: SessionUse): unknown {
  return {
    rows: [...rows.values()].map(({ caller, seen }) => canonical({ caller, seen })).sort(),
    calls: new Map([...calls].map(([key, sample]) => [key, dataOf(sample)])),
  };
}

function dataOf({ limit, calls, more, lastTime }: CallSample): unknown {
  return { limit, calls, more, lastTime };
}

describe('merging sets of facts', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(splits(), (split) => isCommutative(setsOf(split))),
      runs(30),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(splits(), (split) => isAssociative(setsOf(split))),
      runs(30),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(splits(), (split) => isIdempotent(setsOf(split))),
      runs(30),
    );
  });

  it('is all of it when there are more calls than are kept', () => {
    fc.assert(
      fc.property(splits(true), (split) => {
        const sets = setsOf(split);
        isCommutative(sets);
        isAssociative(sets);
        isIdempotent(sets);
      }),
      runs(6),
    );
  });

  it('leaves the merged set as it was, whatever becomes of the other', () => {
    fc.assert(
      fc.property(splits(), (split) => {
        const [a, b] = setsOf(split);
        const before = dump(a);
        merged(a).merge(b);
        expect(dump(a)).toBe(before);
      }),
      runs(20),
    );
  });

  it('gives what reading all the records at once gives', () => {
    fc.assert(
      fc.property(deliveredPlans(), ({ plan, deliveries }) => {
        const records = recordsOf(plan);
        expect(dump(factsDelivered(records, deliveries))).toBe(dump(factsOf(records)));
      }),
      runs(30),
    );
  });
});

function isCommutative([a, b]: Sets): void {
  expect(dump(merged(a, b))).toBe(dump(merged(b, a)));
}

function isAssociative([a, b, c]: Sets): void {
  expect(dump(merged(merged(a, b), c))).toBe(dump(merged(a, merged(b, c))));
}

function isIdempotent([a, b]: Sets): void {
  expect(dump(merged(a, a))).toBe(dump(a));
  expect(dump(merged(a, b, a, merged(a, b)))).toBe(dump(merged(a, b)));
}

function deliveredPlans() {
  return trailPlans({ amended: true }).chain((plan) =>
    fc.record({ plan: fc.constant(plan), deliveries: deliveriesOf(recordsOf(plan).length) }),
  );
}
