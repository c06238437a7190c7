import { allScenarios, detectIn, factsOf, shown, type Expected } from './scenario';

const scenarios = allScenarios();

describe('scenarios', () => {
  it.each(scenarios.map((scenario) => [scenario.story, scenario] as const))('%s', (_story, scenario) => {
    const found = detectIn(scenario, factsOf(scenario.records)).findings.map(shown);
    expect(sorted(found.map(textOf(scenario.expect)))).toEqual(sorted(scenario.expect.map(textOf(scenario.expect))));
  });
});

/** `contested` is compared where the expectation for the same workload and origin names it. */
function textOf(expected: readonly Expected[]): (finding: Expected) => string {
  return ({ type, severity, workload, origin, contested }) => {
    const minded = expected.some(
      (one) => one.workload === workload && one.origin === origin && one.contested !== undefined,
    );
    return [severity, type, workload ?? '-', origin ?? '-', ...(minded ? [`contested: ${contested ?? ''}`] : [])].join(
      ' ',
    );
  };
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort();
}
