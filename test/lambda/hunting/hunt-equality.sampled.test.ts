import { valueOf } from '../../../lambda/detection/model/result';
import { parseSettings } from '../../../lambda/detection/parse-settings';
import { seededRandom } from '../../../trail-writer/random';
import { sampled } from '../../sample';
import { trailScenarios, detectIn, factsOf, ipRangesOf } from '../../scenario';
import { huntThrough } from './hunt-run';

const scenarios = trailScenarios().map((scenario, at) => [scenario.story, scenario, at] as const);

describe('a hunt in parts finds what one run over all records finds', () => {
  it.each(sampled(scenarios, 80))('%s', async (_story, scenario, at) => {
    const random = seededRandom(at + 1);
    const choose = (below: number): number => random.below(below);
    const batches = [0, 1, 2].map(() => [] as unknown[]);
    for (const record of scenario.records)
      for (let copies = 0; copies < 2; copies += 1) batches[choose(3)]?.push(record);
    const judging = {
      settings: valueOf(parseSettings(scenario.settings ?? {})),
      ipRanges: ipRangesOf(scenario.ipRanges),
    };
    const found = await huntThrough(batches.map(factsOf), judging, {
      parts: 1 + choose(6),
      megabytes: choose(2) ? 2_000 : 400.02,
      choose,
      oneIn: 12,
    });
    expect(JSON.stringify(found)).toBe(JSON.stringify(detectIn(scenario, factsOf(scenario.records))));
  });
});
