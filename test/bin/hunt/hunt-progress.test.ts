import { progressOf, progressText, type PlannedHunt } from '../../../bin/hunt/hunt-progress';
import type { HuntState, StageState } from '../../../bin/hunt/hunt-state';
import type { HuntPlan } from '../../../lambda/hunting/hunt-plan';

const PLAN: HuntPlan = { files: 2_000_000, bytes: 1e11, batches: 400, parts: 100, batchRuns: 4, partRuns: 1 };
const PLANNED = { plan: PLAN, records: 123_456_789 };

function stage(name: string, ended: number, all: number, stopped: number | null = null): StageState {
  return { stage: name, ended, failed: 0, running: 0, all, started: 10_000, stopped };
}

function state(stages: readonly StageState[], status = 'RUNNING'): HuntState {
  return { status, error: null, cause: null, started: 0, stopped: null, stages, failures: [] };
}

test('counts what is read, and what is left at the rate of the running stage', () => {
  const half = progressOf(state([stage('read', 200, 400)]), PLANNED, 110_000);
  const nearly = progressOf(state([stage('read', 399, 400)]), PLANNED, 110_000);
  expect(half.bytesRead).toBe(5e10);
  expect((half.secondsLeft ?? 0) - (nearly.secondsLeft ?? 0)).toBeCloseTo(100 - 100 / 399, 3);
  expect(nearly.dollars ?? 0).toBeGreaterThan(1.9 * (half.dollars ?? 0));
});

test('a stage without children of its own is done once a later one has begun', () => {
  const read = stage('read', 400, 400, 90_000);
  const before = progressOf(state([read]), PLANNED, 100_000);
  const after = progressOf(state([read, stage('gather-read', 4, 4, 95_000)]), PLANNED, 100_000);
  expect(after.dollars ?? 0).toBeGreaterThan(before.dollars ?? 0);
  expect(after.secondsLeft ?? 0).toBeLessThan(before.secondsLeft ?? 0);
});

test('outputs that are asked for are left to do until they are done', () => {
  const planned: PlannedHunt = { ...PLANNED, plan: { ...PLAN, outputs: ['store'] } };
  const judged = [stage('judge', 100, 100, 90_000)];
  const before = progressOf(state(judged), planned, 100_000);
  expect(before.secondsLeft ?? 0).toBeGreaterThan(
    1_000 + (progressOf(state(judged), PLANNED, 100_000).secondsLeft ?? 0),
  );
  const storing = progressOf(state([...judged, stage('store-facts', 50, 100)]), planned, 110_000);
  expect(storing.secondsLeft).toBeCloseTo(100, 3);
});

test('nothing is left of a hunt that ended, and nothing known of one without a plan', () => {
  expect(progressOf(state([stage('judge', 100, 100, 1)], 'SUCCEEDED'), PLANNED, 9).secondsLeft).toBeNull();
  expect(progressOf(state([]), null, 9)).toMatchObject({
    bytes: null,
    records: null,
    dollars: null,
    secondsLeft: null,
  });
});

test('is one line without control characters', () => {
  expect(progressText(progressOf(state([stage('read', 100, 400)]), PLANNED, 110_000))).toMatch(
    /^running for 2 minutes; read 100 of 400 parts; 25 GB of 100 GB read, 123,456,789 records; \$0\.\d\d for functions so far; about \d+ minutes left$/,
  );
});
