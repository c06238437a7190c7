import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { sampled } from '../sample';
import { allScenarios } from '../scenario';
import { observedAudit, replayedAudit } from './audit-run';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { comparable } from './live-run';

const scenarios = allScenarios()
  .filter(({ audit = [] }) => audit.length > 0)
  .map((scenario, at) => [scenario.story, scenario, at] as const);
const firing = scenarios.filter(([, { expect: expected }]) => expected.length > 0);

describe('what is read of a cluster’s audit log, live, ends in the findings of replay', () => {
  it.each(sampled(scenarios, 80))('%s', async (_story, scenario, at) => {
    const findings = await observedAudit(scenario, { seed: at + 1, table: memoryLockTable() });
    expect(findings.map(comparable)).toEqual(replayedAudit(scenario).map(comparable));
  });

  it.each(sampled(firing, 20))('with a table that fails: %s', async (_story, scenario, at) => {
    const failing = { throttling: 0.2, mostThrottled: 100 };
    const findings = await observedAudit(scenario, { seed: at + 1, table: memoryLockTable(), ...failing });
    expect(findings.map(comparable)).toEqual(replayedAudit(scenario).map(comparable));
  });
});

describe('and so it does on DynamoDB', () => {
  let dynamoDb: DynamoDb;

  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
  });

  afterAll(() => dynamoDb.close());

  it.each(sampled(firing, 10))('%s', async (_story, scenario, at) => {
    const findings = await observedAudit(scenario, { seed: at + 1, table: await dynamoDb.lockTable() });
    expect(findings.map(comparable)).toEqual(replayedAudit(scenario).map(comparable));
  });
});
