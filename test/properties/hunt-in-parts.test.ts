import fc from 'fast-check';
import type { Settings } from '../../lambda/detection/model/settings';
import { seededRandom } from '../../trail-writer/random';
import { huntThrough } from '../lambda/hunting/hunt-run';
import { factsOf, ipRangesOf } from '../scenario';
import { detectIn, settingsTried, textOf } from './findings';
import { runs } from './property-runs';
import { recordsOf, trailPlans, type TrailPlan } from './trail-plan';

const ipRanges = ipRangesOf('default');

interface Hunt {
  readonly plan: TrailPlan;
  readonly settings: Settings;
  readonly parts: number;
  readonly megabytes: number;
  readonly batches: number;
  readonly seed: number;
}

function hunts(plans: fc.Arbitrary<TrailPlan>): fc.Arbitrary<Hunt> {
  return fc.record({
    plan: plans,
    settings: settingsTried(),
    parts: fc.integer({ min: 1, max: 8 }),
    megabytes: fc.constantFrom(400.02, 3_008),
    batches: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(),
  });
}

/** Children fail, run again and in any order; some records are in several batches. */
async function findsTheSame({ plan, settings, parts, megabytes, batches, seed }: Hunt): Promise<number> {
  const random = seededRandom(seed);
  const records = recordsOf(plan);
  const spread = Array.from({ length: batches }, () => [] as unknown[]);
  for (const record of records)
    for (let copies = 1 + random.below(2); copies > 0; copies -= 1) random.pick(spread).push(record);
  const course = { parts, megabytes, oneIn: 10, choose: (below: number) => random.below(below) };
  const found = await huntThrough(spread.map(factsOf), { settings, ipRanges }, course);
  expect(textOf(found)).toBe(textOf(detectIn(factsOf(records), settings)));
  return found.findings.length;
}

describe('a hunt over several workloads and accounts', () => {
  it('finds the same as one run, whatever the parts, batches, failures and order of its children', async () => {
    let firing = 0;
    await fc.assert(
      fc.asyncProperty(hunts(trailPlans()), async (hunt) => {
        firing += Number((await findsTheSame(hunt)) > 0);
      }),
      runs(25),
    );
    expect(firing).toBeGreaterThan(0);
  });

  it('does so for fleets, whose findings are grouped', () =>
    fc.assert(
      fc.asyncProperty(hunts(trailPlans({ fleets: true })), async (hunt) => void (await findsTheSame(hunt))),
      runs(5),
    ));
});
