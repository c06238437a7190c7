import { securityHubFindings } from '../../lambda/adapters/security-hub/security-hub-findings';
import { sampled } from '../sample';
import { trailScenarios } from '../scenario';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { comparable, replayed, type Story } from './live-run';
import { storyOf } from './stories';
import { runOnWire, type WireEnd } from './wire-run';

/** Every second scenario, from the first or the second on: in two files, so that two cores share the work. */
export function describeEverySecond(from: 0 | 1): void {
  let engine: DynamoDb;

  beforeAll(async () => {
    engine = await startDynamoDb();
  });

  afterAll(() => engine.close());

  const scenarios = trailScenarios().map((scenario, at) => [scenario.story, scenario, at] as const);
  describe('the deployed handlers end in the findings of replay', () => {
    it.each(
      sampled(
        scenarios.filter(([, , at]) => at % 2 === from),
        12,
      ),
    )('%s', async (_story, scenario, at) => {
      const story = storyOf(scenario);
      const seed = at + 1;
      const plan = { seed, engine, containers: seed % 6 === 0 ? 3 : 1, faults: seed % 5 < 2 ? 0.02 : 0 };
      expectAsReplayed(await runOnWire(story, plan), story);
    });
  });
}

/** The same findings on the bus and in Security Hub, and nothing set aside. */
export function expectAsReplayed(end: WireEnd, story: Story): void {
  const expected = replayed(story);
  expect(end.findings.map(comparable)).toEqual(expected.map(comparable));
  expect([...end.imported].sort()).toEqual(
    securityHubFindings(expected)
      .map(({ id }) => id)
      .sort(),
  );
  expect(end.setAside).toEqual([]);
}

/** Whether it ended as replay does. */
export function isAsReplayed(end: WireEnd, story: Story): boolean {
  const plain = (findings: readonly object[]): string => JSON.stringify(findings);
  return plain(end.findings.map(comparable)) === plain(replayed(story).map(comparable));
}
