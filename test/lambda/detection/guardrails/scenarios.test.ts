import { CERTAINTIES } from '../../../../lambda/detection/guardrails/guardrail';
import { checked, guardrailScenarios, rowOf, type Row } from './scenario';

const SCENARIOS = guardrailScenarios();

function asSet(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(rowOf(row))).sort();
}

describe('who would break', () => {
  test.each(SCENARIOS.map((scenario) => [scenario.story, scenario] as const))('%s', (_, scenario) => {
    const found = checked(scenario.records, scenario);
    const open = found.filter(({ suspected }) => !suspected);
    for (const certainty of CERTAINTIES.filter((one) => one !== 'unknown')) {
      const expected = scenario.breaks.filter((one) => one.certainty === certainty);
      expect({ certainty, rows: asSet(open.filter((one) => one.certainty === certainty)) }).toEqual({
        certainty,
        rows: asSet(expected),
      });
    }
    if (scenario.unknown)
      expect(asSet(open.filter(({ certainty }) => certainty === 'unknown'))).toEqual(asSet(scenario.unknown));
    if (scenario.suspected)
      expect(asSet(found.filter(({ suspected }) => suspected))).toEqual(asSet(scenario.suspected));
  });

  test('the same in any order, and however often records come', () => {
    for (const scenario of SCENARIOS) {
      const { records } = scenario;
      expect(checked([...records].reverse(), scenario)).toEqual(checked(records, scenario));
      expect(checked([...records, ...records], scenario)).toEqual(checked(records, scenario));
    }
  });

  test('is reported in at least 12 situations, in most of which nobody does', () => {
    const breaking = SCENARIOS.filter(({ breaks }) => breaks.length > 0).length;
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(12);
    expect(breaking).toBeGreaterThanOrEqual(4);
    expect(SCENARIOS.length - breaking).toBeGreaterThan(breaking);
  });
});
