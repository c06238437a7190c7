import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import { sampled } from '../sample';
import { trailScenarios } from '../scenario';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { comparable, replayed, runLive } from './live-run';
import { storyNamed, storyOf } from './stories';

const scenarios = trailScenarios().map((scenario, at) => [scenario.story, scenario, at] as const);

describe('the live path ends in the findings of replay', () => {
  it.each(sampled(scenarios, 60))('%s', async (_story, scenario, at) => {
    const story = storyOf(scenario);
    const { findings } = await runLive(story, { seed: at + 1, table: memoryLockTable() });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });
});

describe('and so it does on DynamoDB', () => {
  let dynamoDb: DynamoDb;

  beforeAll(async () => {
    dynamoDb = await startDynamoDb();
  });

  afterAll(() => dynamoDb.close());

  it.each([
    'chained/two-hops-from-a-task',
    'endpoint/owner-used-by-many-workloads',
    'group/fleet-moved-to-new-address',
    'group/six-instances-at-one-attacker',
    'irsa/pods-ask-through-the-own-endpoint',
    'ownership/first-use-at-the-address-of-another-instance',
    'pod/refreshed-session-used-elsewhere',
    'service/callers-reported-on-request',
    'shared-egress/account-behind-transit-gateway',
    'shared-egress/by-count',
  ])('%s', async (name) => {
    const story = storyNamed(name);
    const { findings } = await runLive(story, { seed: 1, table: await dynamoDb.lockTable() });
    expect(findings.map(comparable)).toEqual(replayed(story).map(comparable));
  });
});
