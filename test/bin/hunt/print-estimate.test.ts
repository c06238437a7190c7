import { DEPLOYED } from '../../../bin/hunt/hunt-figures';
import { awsEstimate, localEstimate, storableShare } from '../../../bin/hunt/print-estimate';
import type { HuntPlan } from '../../../lambda/hunting/hunt-plan';

const PLAN: HuntPlan = { files: 2_000_000, bytes: 1e11, batches: 391, parts: 100, batchRuns: 4, partRuns: 1 };
const HUNT = { deployment: DEPLOYED, storable: 1 };

test('prints sizes, time and cost by part, and nothing exactly that is not known exactly', () => {
  expect(awsEstimate(PLAN, HUNT, false)).toBe(
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

test('prices the outputs that are asked for, and tells what it assumes', () => {
  const text = awsEstimate({ ...PLAN, outputs: ['publish', 'store'] }, { ...HUNT, storable: 0.5 }, false);
  expect(text).toMatch(/^Published +1,000 findings, as assumed: only reading tells how many there are$/m);
  expect(text).toMatch(/^Stored +at most 300 million facts: those of the last 90 days$/m);
  expect(text).toMatch(/^ {2}Publishing +\$0\.04$/m);
  expect(text).toMatch(/^ {2}Lock table +\$310 at most$/m);
  expect(awsEstimate({ ...PLAN, outputs: ['publish'] }, HUNT, false)).not.toMatch(/Stored|Lock table/);
});

const DAY = 86_400_000;
test.each([
  ['the last month', 900, 930, 1],
  ['a year to now', 565, 930, 90 / 365],
  ['a year that ended a month ago', 535, 900, 60 / 365],
  ['a year, two years ago', 0, 365, 0],
  ['a month to come, of which ten days are over', 920, 950, 1],
])('of %s, facts of the last 90 days are stored', (_period, from, to, share) => {
  expect(storableShare(from * DAY, to * DAY, 930 * DAY)).toBeCloseTo(share, 6);
});

test('here it has no cost', () => {
  const text = localEstimate(PLAN, 4, false);
  expect(text).toMatch(/^Time {7}about 11\.\d hours on this machine$/m);
  expect(text).not.toContain('$');
});

test('is an object for scripts', () => {
  const { schema, plan, cost, seconds } = JSON.parse(awsEstimate(PLAN, HUNT, true)) as Record<string, unknown>;
  expect({ schema, plan }).toEqual({ schema: 'credlock.hunt-estimate/1', plan: PLAN });
  expect(cost).toEqual({
    lambda: expect.any(Number),
    requests: expect.any(Number),
    transitions: expect.any(Number),
    storage: expect.any(Number),
    publishing: 0,
    storing: 0,
  });
  expect(seconds).toBeGreaterThan(60);
  expect(JSON.parse(localEstimate(PLAN, 4, true))).toMatchObject({ plan: PLAN, threads: 4 });
});
