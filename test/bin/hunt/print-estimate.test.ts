import { DEPLOYED } from '../../../bin/hunt/hunt-figures';
import { awsEstimate, localEstimate } from '../../../bin/hunt/print-estimate';
import type { HuntPlan } from '../../../lambda/hunting/hunt-plan';

const PLAN: HuntPlan = { files: 2_000_000, bytes: 1e11, batches: 391, parts: 100, batchRuns: 4, partRuns: 1 };

test('prints sizes, time and cost by part, and nothing exactly that is not known exactly', () => {
  expect(awsEstimate(PLAN, DEPLOYED, false)).toBe(
    `Log files         2,000,000
Size              100 GB, as they are stored
Records           about 470 million records
Batches           391
Parts             100
Time              about 9 minutes, of which reading 74 seconds, with 200 children at a time
Cost              about $2.70 at list prices of us-east-1
  Lambda          $1.27
  S3 requests     $0.82
  Step Functions  $0.05
  Storage         $0.55, for 30 days
`,
  );
});

test('here it has no cost', () => {
  const text = localEstimate(PLAN, 4, false);
  expect(text).toMatch(/^Time {7}about 11\.\d hours on this machine$/m);
  expect(text).not.toContain('$');
});

test('is an object for scripts', () => {
  const { schema, plan, cost, seconds } = JSON.parse(awsEstimate(PLAN, DEPLOYED, true)) as Record<string, unknown>;
  expect({ schema, plan }).toEqual({ schema: 'credlock.hunt-estimate/1', plan: PLAN });
  expect(cost).toEqual({
    lambda: expect.any(Number),
    requests: expect.any(Number),
    transitions: expect.any(Number),
    storage: expect.any(Number),
  });
  expect(seconds).toBeGreaterThan(60);
  expect(JSON.parse(localEstimate(PLAN, 4, true))).toMatchObject({ plan: PLAN, threads: 4 });
});
