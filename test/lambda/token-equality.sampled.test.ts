import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { sampled } from '../sample';
import { allScenarios } from '../scenario';
import { observedAudit, replayedAudit } from './audit-run';
import { comparable } from './live-run';

const runs = allScenarios()
  .filter(({ name }) => name.startsWith('tokens/'))
  .flatMap((scenario) => [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => [scenario.story, seed, scenario] as const));

describe('tokens, in any order and twice, end in the findings of replay', () => {
  it.each(sampled(runs, 80))('%s (%i)', async (_story, seed, scenario) => {
    const findings = await observedAudit(scenario, { seed, table: memoryLockTable() });
    expect(findings.map(comparable)).toEqual(replayedAudit(scenario).map(comparable));
  });

  it.each(sampled(runs, 40))('with a table that fails: %s (%i)', async (_story, seed, scenario) => {
    const failing = { throttling: 0.2, mostThrottled: 100 };
    const findings = await observedAudit(scenario, { seed, table: memoryLockTable(), ...failing });
    expect(findings.map(comparable)).toEqual(replayedAudit(scenario).map(comparable));
  });
});
