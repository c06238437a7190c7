import fc from 'fast-check';
import { allScenarios, detectIn, factsOf, type NamedScenario } from '../scenario';
import { runs } from './property-runs';

const SCENARIOS = allScenarios().filter(({ audit = [] }) => audit.length > 0);

function textOf(scenario: NamedScenario, audit: readonly unknown[]): string {
  const { findings, suppressed } = detectIn({ ...scenario, audit }, factsOf(scenario.records));
  return JSON.stringify({ findings, suppressed }, null, 1);
}

describe('events of an audit log', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    'give the same findings backwards, from any one on, and each twice: %s',
    (_name, scenario) => {
      const { audit = [] } = scenario;
      const plain = textOf(scenario, audit);
      for (const at of audit.keys()) {
        const turned = [...audit.slice(at), ...audit.slice(0, at)];
        for (const other of [turned, turned.toReversed(), [...turned, ...audit]])
          expect(textOf(scenario, other)).toBe(plain);
      }
    },
  );

  it('of several scenarios give the same findings in any order', () => {
    const mixed = SCENARIOS.filter(({ settings, cluster }) => settings === undefined && cluster !== undefined);
    const [first] = mixed;
    if (!first) throw new Error('no scenario');
    fc.assert(
      fc.property(
        fc
          .shuffledSubarray(mixed, { minLength: 5, maxLength: 20 })
          .map((some) => some.flatMap(({ audit = [] }) => audit))
          .chain((audit) => fc.tuple(fc.constant(audit), fc.shuffledSubarray(audit, { minLength: audit.length }))),
        ([audit, shuffled]) => {
          expect(textOf(first, [...shuffled, ...audit.slice(0, 7)])).toBe(textOf(first, audit));
        },
      ),
      runs(40),
    );
  });
});
