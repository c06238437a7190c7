import fc from 'fast-check';
import type { Settings } from '../../lambda/detection/settings';
import { factsOf } from '../scenario';
import { deliveriesOf, factsDelivered, type Deliveries } from './deliveries';
import { detectIn, textOf, settingsTried } from './findings';
import { runs } from './property-runs';
import { recordsOf, trailPlans, type TrailPlan } from './trail-plan';

interface Trail {
  readonly plan: TrailPlan;
  readonly deliveries: Deliveries;
  readonly settings: Settings;
}

function trails(plans: fc.Arbitrary<TrailPlan>): fc.Arbitrary<Trail> {
  return plans.chain((plan) =>
    fc.record({
      plan: fc.constant(plan),
      deliveries: deliveriesOf(recordsOf(plan).length),
      settings: settingsTried(),
    }),
  );
}

describe('records of several workloads and accounts', () => {
  it('give the same findings in any order, delivered twice, and split over several machines', () => {
    let tried = 0;
    let firing = 0;
    fc.assert(
      fc.property(trails(trailPlans()), ({ plan, deliveries, settings }) => {
        const records = recordsOf(plan);
        const plain = detectIn(factsOf(records), settings);
        expect(textOf(detectIn(factsDelivered(records, deliveries), settings))).toBe(textOf(plain));
        tried += 1;
        firing += Number(plain.findings.length > 0);
      }),
      runs(250),
    );
    expect(firing).toBeGreaterThanOrEqual(tried / 2);
  });

  it('give the same findings in any order when some come again with other content', () => {
    fc.assert(
      fc.property(trails(trailPlans({ amended: true })), ({ plan, deliveries, settings }) => {
        const records = recordsOf(plan);
        const plain = detectIn(factsOf(records), settings);
        expect(textOf(detectIn(factsDelivered(records, deliveries), settings))).toBe(textOf(plain));
      }),
      runs(150),
    );
  });

  it('give findings whose ids are unique', () => {
    fc.assert(
      fc.property(trailPlans(), settingsTried(), (plan, settings) => {
        const { findings, suppressed } = detectIn(factsOf(recordsOf(plan)), settings);
        const ids = [...findings, ...suppressed].map(({ id }) => id);
        expect(ids).toEqual([...new Set(ids)]);
      }),
      runs(150),
    );
  });
});
