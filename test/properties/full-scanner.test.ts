import { seededRandom } from '../../trail-writer/random';
import { testScanner } from '../test-scanner';
import { TrailComparison } from './trail-comparison';

const RUNS = 40;

test(`${RUNS} trails that fill the scanner's tables again and again give what the ordinary path gives`, async () => {
  const comparison = new TrailComparison(testScanner('small'));
  const random = seededRandom(20_261_206);
  for (let run = 0; run < RUNS; run += 1) await comparison.randomTrail(random);
  const { all, files, runs, parts } = comparison.records;
  expect(Math.min(files, runs, parts)).toBeGreaterThan(all / 10);
  expect(comparison.resets.all).toBeGreaterThan(RUNS);
  expect(comparison.resets.ofRequests).toBeGreaterThan(RUNS / 10);
});
