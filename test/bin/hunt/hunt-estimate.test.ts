import { estimateOf, localSeconds, requestsOf, totalOf } from '../../../bin/hunt/hunt-estimate';
import { DEPLOYED, MEASURED } from '../../../bin/hunt/hunt-figures';
import { HUNT_STAGES } from '../../../lambda/hunt-names';
import { planHunt, type HuntPlan } from '../../../lambda/hunting/hunt-plan';
import { NO_STORE } from '../../../bin/hunt/no-store';

/** Of so many gigabytes in files of 50 kB, by the code that plans hunts. */
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
