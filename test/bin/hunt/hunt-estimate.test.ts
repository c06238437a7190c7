import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimateOf, localSeconds, requestsOf, totalOf } from '../../../bin/hunt/hunt-estimate';
import { DEPLOYED, MEASURED, OUTPUTS } from '../../../bin/hunt/hunt-figures';
import { HUNT_STAGES, OUTPUT_STAGES, STORING_CHILDREN } from '../../../lambda/hunt-names';
import { MOST_PARTS, planHunt, type HuntPlan } from '../../../lambda/hunting/hunt-plan';
import { runsOf } from '../../../lambda/hunting/pack-names';
import { NO_STORE } from '../../../bin/hunt/no-store';

/** Of so many gigabytes in files of 50 MB, by the code that plans hunts. */
function planOf(gigabytes: number): Promise<HuntPlan> {
  const files = Array.from({ length: gigabytes * 20 }, (_, at) => ({ key: String(at), bytes: 50_000_000 }));
  return planHunt(files, { batch: 256_000_000, part: 1_000_000_000 }, NO_STORE);
}

test('has every stage with as many children as the plan', async () => {
  const plan = await planOf(10);
  const { stages } = estimateOf(plan);
  expect(stages.map(({ stage }) => stage)).toEqual(['plan', ...HUNT_STAGES.map(({ name }) => name)]);
  expect(stages.find(({ stage }) => stage === 'read')?.children).toBe(plan.batches);
  expect(stages.find(({ stage }) => stage === 'judge')?.children).toBe(plan.parts);
});

test('reading costs what its processor time does', async () => {
  const { stages } = estimateOf(await planOf(100));
  const read = stages.find(({ stage }) => stage === 'read');
  const seconds = 100 * MEASURED.readSecondsPerGigabyte + 3 * (read?.children ?? 0);
  expect(read?.lambda).toBeCloseTo(seconds * (1_769 / 1_024) * 0.000_013_333_4, 3);
});

test('more log files take longer and cost more, more children at a time are faster for the same', async () => {
  const [small, large] = [estimateOf(await planOf(100)), estimateOf(await planOf(400))];
  expect(large.seconds).toBeGreaterThan(small.seconds);
  expect(totalOf(large.cost)).toBeGreaterThan(3.5 * totalOf(small.cost));
  const wide = estimateOf(await planOf(400), { ...DEPLOYED, concurrency: 1_000 });
  expect(wide.seconds).toBeLessThan(large.seconds);
  expect(wide.cost).toEqual(large.cost);
});

test('outputs are stages of their own, and cost what they write', async () => {
  const plan = await planOf(10);
  const plain = estimateOf(plan);
  expect(plain.cost).toMatchObject({ publishing: 0, storing: 0 });
  const both = estimateOf({ ...plan, outputs: ['publish', 'store'] });
  expect(both.stages.map(({ stage }) => stage)).toEqual([
    ...plain.stages.map(({ stage }) => stage),
    ...OUTPUT_STAGES.map(({ name }) => name),
  ]);
  const facts = 10 * MEASURED.factsPerGigabyte;
  expect(both.facts).toBe(facts);
  // A dollar and four cents for a million, as measured.
  expect(both.cost.storing).toBeCloseTo((facts / 1e6) * 1.0375, 2);
  const storing = both.stages.find(({ stage }) => stage === 'store-facts');
  const seconds = (facts / 1e6) * OUTPUTS.secondsPerMillionFacts;
  expect(storing?.seconds).toBeCloseTo((seconds + 3 * plan.parts) / STORING_CHILDREN, 0);
  // A child starts and ends, and passes two states for each call of ten minutes.
  const calls = Math.ceil(seconds / plan.parts / 600);
  const children = 2 * 2 + plan.parts * (2 + 2 * calls);
  expect(both.cost.transitions - plain.cost.transitions).toBeCloseTo(children * 0.000_025, 6);
  expect(estimateOf({ ...plan, outputs: ['store'] }, DEPLOYED, 0.5).cost.storing).toBeCloseTo(both.cost.storing / 2);
});

test('S3 requests are few beside log files of any size', () => {
  const terabyte: HuntPlan = {
    files: 20_000_000,
    bytes: 1e12,
    batches: 3_907,
    parts: 1_000,
    batchRuns: 31,
    partRuns: 8,
  };
  const { puts, gets } = requestsOf(terabyte);
  expect(puts - terabyte.files / 1_000).toBeLessThan(25_000);
  expect(gets - terabyte.files).toBeLessThan(700_000);
});

test('nothing to read takes no time here', () => {
  expect(localSeconds({ bytes: 0 }, 4)).toBe(0);
  expect(localSeconds({ bytes: 1e9 }, 2) - localSeconds({ bytes: 1e9 }, 4)).toBeCloseTo(132 / 4);
});

describe('docs/hunt.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/hunt.md'), 'utf8');
  const dollars = (amount: number): string => `$${amount < 10 ? amount.toFixed(1) : Math.round(amount)}`;

  /** By the defaults of the command line and of planning, for log files of 100 kB. */
  function sizeOf(terabytes: number): HuntPlan {
    const bytes = terabytes * 1e12;
    const batches = Math.ceil(bytes / 256e6);
    const parts = Math.min(MOST_PARTS, batches);
    const runs = { batchRuns: runsOf(batches), partRuns: runsOf(parts) };
    return { files: terabytes * 1e7, bytes, batches, parts, ...runs };
  }

  test.each([
    [1, 200],
    [10, 1_000],
  ])('estimates a hunt through %d TB as it is computed', (terabytes, concurrency) => {
    const plan = sizeOf(terabytes);
    const { seconds, cost } = estimateOf(plan, { ...DEPLOYED, concurrency });
    const { puts, gets } = requestsOf(plan);
    const cells = [
      `${terabytes} TB`,
      `${plan.batches.toLocaleString('en')}, ${plan.parts.toLocaleString('en')}`,
      `${Math.round(seconds / 60)} min (${concurrency.toLocaleString('en')})`,
      dollars(cost.lambda),
      `${Math.round(puts / 1_000)},000 PUT, ${Math.round(gets / 1e6)} million GET: ${dollars(cost.requests)}`,
      dollars(cost.transitions),
      dollars(cost.storage),
      dollars(totalOf(cost)),
      dollars(terabytes * 5),
    ];
    expect(page).toContain(`| ${cells.join(' | ')} |`);
  });
});
