import fc from 'fast-check';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { factsOf } from '../scenario';
import { detectIn, textOf, settingsTried } from './findings';
import { runs } from './property-runs';
import { recordsOf, trailPlans } from './trail-plan';

/** Sorts anything into the order of the ranks drawn. */
type Shuffle = <T>(items: Iterable<T>) => T[];

function shuffles(): fc.Arbitrary<Shuffle> {
  return fc.array(fc.nat(999), { minLength: 1, maxLength: 40 }).map(
    (ranks) => (items) =>
      [...items]
        .map((item, at) => ({ item, rank: ranks[at % ranks.length] ?? 0 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
  );
}

/** The same facts, found in another order. */
function reordered(facts: FactSet, shuffle: Shuffle): FactSet {
  const other = new FactSet();
  for (const issuance of shuffle(facts.issuances.values())) other.issuances.set(issuance);
  for (const [key, foreignKey] of shuffle(facts.foreignKeys)) other.foreignKeys.set(key, foreignKey);
  for (const [key, grant] of shuffle(facts.grants)) other.grants.set(key, grant);
  for (const change of shuffle(facts.changes.values())) other.changes.set(change);
  for (const [key, person] of shuffle(facts.people)) other.people.set(key, person);
  for (const account of shuffle(facts.accounts)) other.accounts.add(account);
  for (const [arn, { rows, calls }] of shuffle(facts.sessions))
    other.sessions.set(arn, { arn, rows: new Map(shuffle(rows)), calls: new Map(shuffle(calls)) });
  return other;
}

describe('judging', () => {
  it('says the same whatever order workloads, sessions, people and changes are found in', () => {
    fc.assert(
      fc.property(trailPlans({ amended: true }), shuffles(), settingsTried(), (plan, shuffle, settings) => {
        const facts = factsOf(recordsOf(plan));
        const plain = textOf(detectIn(facts, settings));
        expect(textOf(detectIn(reordered(facts, shuffle), settings))).toBe(plain);
      }),
      runs(60),
    );
  });

  it('leaves the facts as they were', () => {
    fc.assert(
      fc.property(trailPlans(), settingsTried(), (plan, settings) => {
        const facts = factsOf(recordsOf(plan));
        const once = textOf(detectIn(facts, settings));
        expect(textOf(detectIn(facts, settings))).toBe(once);
      }),
      runs(15),
    );
  });
});
