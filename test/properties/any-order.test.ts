import fc from 'fast-check';
import type { Detection } from '../../lambda/detection/detect';
import type { Settings } from '../../lambda/detection/model/settings';
import { factsOf } from '../scenario';
import { deliveriesOf, factsDelivered, type Deliveries } from './deliveries';
import { detectIn, textOf, settingsTried } from './findings';
import { runs } from './property-runs';
import { recordsOf, SCENARIOS, trailPlans, type TrailPlan } from './trail-plan';

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
      fc.property(trails(trailPlans()), (trail) => {
        tried += 1;
        firing += Number(inAnyOrder(trail).findings.length > 0);
      }),
      runs(80),
    );
    expect(firing).toBeGreaterThanOrEqual(tried / 2);
  });

  it('do so when some come again with other content', () => {
    fc.assert(
      fc.property(trails(trailPlans({ amended: true })), (trail) => void inAnyOrder(trail)),
      runs(40),
    );
  });

  it('do so when they tell of one thing only, whichever', () => {
    for (const [nth, only] of [...SCENARIOS.keys()].entries()) {
      fc.assert(
        fc.property(trailPlans({ amended: true, only }), settingsTried(), (plan, settings) => {
          const records = recordsOf(plan);
          const plain = textOf(detectIn(factsOf(records), settings));
          expect(textOf(detectIn(factsOf([...records].reverse()), settings))).toBe(plain);
        }),
        runs(1, nth),
      );
    }
  });

  it('do so when they are of fleets, whose findings are grouped', () => {
    fc.assert(
      fc.property(trails(trailPlans({ fleets: true })), (trail) => void inAnyOrder(trail)),
      runs(20),
    );
  });

  it('do so when there are more than are kept', () => {
    fc.assert(
      fc.property(trails(trailPlans({ crowds: true })), (trail) => void inAnyOrder(trail)),
      runs(8),
    );
  });
});

/** Expects of one trail that any deliveries of its records give the same, and that ids tell findings apart. */
function inAnyOrder({ plan, deliveries, settings }: Trail): Detection {
  const records = recordsOf(plan);
  const plain = detectIn(factsOf(records), settings);
  expect(textOf(detectIn(factsDelivered(records, deliveries), settings))).toBe(textOf(plain));
  const ids = [...plain.findings, ...plain.suppressed].map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  return plain;
}
