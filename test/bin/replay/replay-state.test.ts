import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readState, writeState, type Kept } from '../../../bin/replay/state-file';
import { linesOf as factLines } from '../../../lambda/detection/facts/fact-jsonl';
import type { FactSet } from '../../../lambda/detection/facts/fact-set';
import { KubernetesLines } from '../../../bin/replay/kubernetes-lines';
import { ActSet } from '../../../lambda/kubernetes/act-set';
import { TokenFactSet } from '../../../lambda/kubernetes/tokens/token-fact-set';
import { factsOf } from '../../scenario';
import { chapter, CONFIG, DAY, linesOf, once, place, put, removeAll, replay, type Run } from '../credlock-command';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';
import { shuffled, trailLines } from './trail-lines';

const JSON_LINES = ['--config', CONFIG, '--format', 'jsonl'];

afterAll(removeAll);

/** Runs over the parts one after the other; what the last one says. */
async function inParts(parts: readonly string[], state: string): Promise<Run> {
  let last: Run = { code: null, stdout: '', stderr: '' };
  for (const part of parts) last = await replay([part, ...JSON_LINES, '--state', state]);
  return last;
}

function stateLines(path: string): string[] {
  return linesOf(gunzipSync(readFileSync(path)).toString()).sort();
}

describe('runs over parts, with --state', () => {
  const lines = shuffled(DAY.flatMap(trailLines), 613);
  const third = (at: number): string => put(`${at}.json`, lines.filter((_, index) => index % 3 === at).join('\n'));
  const parts = [third(0), third(1), third(2)] as const;
  const whole = once(() => replay([...DAY, ...JSON_LINES]));

  test.concurrent.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 0, 2, 1]]])(
    '%j tell what one run over all tells',
    async (order) => {
      const [all, last] = await Promise.all([
        whole(),
        inParts(
          order.map((at) => parts[at] ?? ''),
          place('facts.gz'),
        ),
      ]);
      expect(last.stdout).toBe(all.stdout);
      expect(linesOf(last.stdout)).toHaveLength(9);
      expect(last.stderr).toContain('Judged 36 workloads with 39 sessions.');
    },
  );

  test.concurrent('one part alone does not tell it', async () => {
    const [all, part] = await Promise.all([whole(), replay([parts[0], ...JSON_LINES])]);
    expect(part.stdout).not.toBe(all.stdout);
  });

  test.concurrent('the same run twice changes nothing', async () => {
    const state = place('facts.gz');
    const first = await inParts([parts[0]], state);
    const kept = readFileSync(state);
    const second = await inParts([parts[0]], state);
    expect(second.stdout).toBe(first.stdout);
    expect(readFileSync(state)).toEqual(kept);
    expect(first.stderr).toContain(`--state ${state} does not exist: creating it.\n`);
    expect(second.stderr).not.toContain('does not exist');
  });

  test.concurrent('facts come from all runs, whatever a run reports', async () => {
    const state = place('facts.gz');
    const laptop = chapter('03');
    await replay([laptop, '--state', state, '--until', '2026-09-01', '--min-severity', 'HIGH']);
    const { stdout, stderr } = await replay([chapter('06'), '--state', state, ...JSON_LINES]);
    expect(stdout).toContain('192.0.2.66');
    expect(stderr).toContain('Read 6 files');
  });

  test.concurrent('nothing is left beside the state, and no session token is in it', async () => {
    const state = place('facts.gz');
    await inParts(parts, state);
    expect(readdirSync(dirname(state))).toEqual(['facts.gz']);
    expect(stateLines(state).join('\n')).not.toContain('EXAMPLE-TOKEN');
  });
});

describe('a state file that cannot be used', () => {
  const line = (format: string): string => `${JSON.stringify({ format })}\n`;
  const good = line('credlock.facts/1');
  const account = `${JSON.stringify({ account: '111122223333' })}\n`;

  test.concurrent.each<[string, Buffer | string, RegExp]>([
    ['truncated', gzipSync(good + account.repeat(50)).subarray(0, -12), /it is truncated/],
    ['corrupt', corrupted(gzipSync(good + account.repeat(50))), /it is damaged at line \d+: |not a state file/],
    ['of a later format', gzipSync(line('credlock.facts/2')), /its format is credlock\.facts\/2/],
    ['of a format that begins alike', gzipSync(line('credlock.facts/10')), /its format is credlock\.facts\/10/],
    ['of something else', gzipSync('{"Records":[]}\n'), /it does not begin with credlock\.facts\/1/],
    ['packed nothing', gzipSync(''), /it does not begin with credlock\.facts\/1/],
    ['not packed', good, /it is not gzipped/],
    ['with a line that is no JSON', gzipSync(`${good}${account}{"acc\n`), /it is damaged at line 3: .*JSON/],
    ['with a line of another shape', gzipSync(`${good}{"fact":"change","id":7}\n`), /it is damaged at line 2: /],
  ])('%s: an error that names it, and it stays as it is', async (_, bytes, says) => {
    const state = put('facts.gz', bytes);
    const { stdout, stderr, code } = await replay([chapter('03'), '--state', state]);
    expect(stderr).toMatch(says);
    expect(stderr).toContain(`credlock: --state ${state}: `);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(readFileSync(state)).toEqual(Buffer.from(bytes));
    expect(readdirSync(dirname(state))).toEqual(['facts.gz']);
  });

  test.concurrent('an empty one is a new one', async () => {
    const state = put('facts.gz', '');
    const { stdout, code } = await replay([chapter('03'), '--state', state, '--format', 'jsonl']);
    expect({ findings: linesOf(stdout).length, code }).toEqual({ findings: 1, code: 0 });
    expect(stateLines(state).length).toBeGreaterThan(5);
  });
});

const kept = (facts: FactSet): Kept => ({
  facts,
  ofClusters: new KubernetesLines(new ActSet(), new TokenFactSet()),
});

test('what another run has written meanwhile is merged, not lost', async () => {
  const state = place('facts.gz');
  const [mine, theirs] = [
    factsOf([sessionCall('1')]),
    factsOf([sessionCall('2', { eventTime: '2026-08-03T12:00:00Z' })]),
  ];
  const version = await readState(state, kept(mine));
  await writeState(state, kept(theirs), await readState(state, kept(theirs)));
  await writeState(state, kept(mine), version);
  const both = factsOf([sessionCall('1'), sessionCall('2', { eventTime: '2026-08-03T12:00:00Z' })]);
  expect(stateLines(state)).toEqual([...factLines(both)].sort());
  expect([...factLines(mine)].sort()).toEqual([...factLines(both)].sort());
});

test('runs that end at the same time lose nothing, and an abandoned lock holds none up', async () => {
  const state = place('facts.gz');
  writeFileSync(`${state}.lock`, '999999999');
  const calls = Array.from({ length: 8 }, (_, at) =>
    sessionCall(String(at), { eventTime: `2026-08-03T0${at}:00:00Z` }),
  );
  await Promise.all(calls.map((call) => writeState(state, kept(factsOf([call])), null)));
  expect(stateLines(state)).toEqual([...factLines(factsOf(calls))].sort());
  expect(readdirSync(dirname(state))).toEqual(['facts.gz']);
});

test('a state that is replaced by a damaged one meanwhile is an error, not overwritten', async () => {
  const state = place('facts.gz');
  const mine = factsOf([sessionCall('1')]);
  const version = await readState(state, kept(mine));
  writeFileSync(`${state}.new`, 'damaged');
  renameSync(`${state}.new`, state);
  await expect(writeState(state, kept(mine), version)).rejects.toThrow('it is not gzipped');
  expect(readFileSync(state, 'utf8')).toBe('damaged');
});

function corrupted(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 20, 30);
  return copy;
}
