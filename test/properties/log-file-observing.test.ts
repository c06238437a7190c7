import { seededRandom } from '../../trail-writer/random';
import { trailScenarios } from '../scenario';
import { HOUR, ObservingComparison, uuid } from './observing-comparison';
import { testScanner } from '../test-scanner';

const RUNS = 100;

const scanner = testScanner();
const scenarios = trailScenarios().map(({ records }) => records);

test(`log files that repeat the calls of ${RUNS} scenarios are observed as by the ordinary path`, async () => {
  const random = seededRandom(20_261_130);
  const comparison = new ObservingComparison(scanner);
  for (let run = 0; run < RUNS; run += 1) await comparison.randomFiles(random.pick(scenarios), random);
  expect(comparison.seen.repeated).toBeGreaterThan(RUNS);
});

test('a file of thousands of calls is observed in the same parts', async () => {
  const random = seededRandom(20_261_130);
  const call = scenarios.flat().find((record) => JSON.stringify(record).includes('/i-0'));
  const { recipientAccountId: account = '', eventTime = '' } = call as {
    recipientAccountId?: string;
    eventTime?: string;
  };
  const start = Date.parse(eventTime);
  const calls = Array.from({ length: 4_000 }, (_, at) => ({
    ...(call as object),
    eventTime: new Date(start + at * 1_000).toISOString().replace('.000Z', 'Z'),
    eventID: uuid(random),
  }));
  const file = {
    text: JSON.stringify({ Records: calls }),
    records: calls.length,
    account,
    chunk: 60_000,
    now: start + 3 * HOUR,
  };
  const comparison = new ObservingComparison(scanner);
  await comparison.files([file, file]);
  expect(comparison.seen.repeated).toBeGreaterThan(5_000);
});
