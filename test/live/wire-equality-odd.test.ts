import { allScenarios } from '../scenario';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { storyOf } from './stories';
import { expectAsReplayed } from './wire-equality';
import { runOnWire } from './wire-run';

let engine: DynamoDb;

beforeAll(async () => {
  engine = await startDynamoDb();
});

afterAll(() => engine.close());

/** Every second one; the others are told beside, so that two cores share them. */
const SCENARIOS = allScenarios().map((scenario, at) => [scenario.story, scenario, at] as const);

describe('the deployed handlers end in the findings of replay', () => {
  it.each(SCENARIOS.filter(([, , at]) => at % 2 === 1))('%s', async (_story, scenario, at) => {
    const story = storyOf(scenario);
    const seed = at + 1;
    const plan = { seed, engine, containers: seed % 3 === 0 ? 3 : 1, faults: seed % 5 < 2 ? 0.02 : 0 };
    expectAsReplayed(await runOnWire(story, plan), story);
  });
});
