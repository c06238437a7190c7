import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sessionCall } from '../../lambda/trail-files/trail-fixtures';
import { chapter, findingsOf, linesOf, place, put, removeAll, replay } from '../credlock-command';
import { trailLines } from './trail-lines';

const LAPTOP = chapter('03');
const LINES = trailLines(LAPTOP).join('\n');
const FUTURE = JSON.stringify(
  sessionCall('f-1', { eventTime: '2099-01-01T00:00:00Z', sourceIPAddress: '203.0.113.9' }),
);

afterAll(removeAll);

describe('a record with a time in the future', () => {
  test.concurrent('is rejected and named, and hides no finding', async () => {
    const file = put('future.json', FUTURE);
    const { stdout, stderr, code } = await replay([LAPTOP, file, '--format', 'jsonl']);
    expect(linesOf(stdout).map((line): unknown => JSON.parse(line))).toEqual(await findingsOf([LAPTOP]));
    expect(stderr).toContain(
      `${file}: 1 record rejected, since the time is more than 24 hours in the future (eventTime "2099-01-01T00:00:00Z", eventID "f-1")\n`,
    );
    expect(stderr).toContain('records with a time more than 24 hours in the future: 1');
    expect(code).toBe(2);
  });

  test.concurrent('does not enter the --state file', async () => {
    const state = place('facts.gz');
    await replay([put('future.json', FUTURE), '--state', state]);
    expect(linesOf(gunzipSync(readFileSync(state)).toString())).toHaveLength(1);
    const { stdout, code } = await replay([LAPTOP, '--state', state, '--format', 'jsonl']);
    expect([linesOf(stdout).length, code]).toEqual([1, 0]);
  });
});

describe('calls whose source is no single address', () => {
  test.concurrent('are named by the workload, with an example', async () => {
    const mangled = LINES.replaceAll('"192.0.2.66"', '"192.0.2.66, 203.0.113.200"');
    const { stderr, code } = await replay([put('mangled.json', mangled)]);
    expect(stderr).toMatch(
      /\d+ calls of i-[0-9a-f]+ could not be judged: sourceIPAddress is no single address, for example "192\.0\.2\.66, 203\.0\.113\.200" in .*mangled\.json\.\n/,
    );
    expect(code).toBe(0);
  });
});

describe('records without sessionContext', () => {
  const row = (id: string, more: object) => JSON.stringify({ ...sessionCall(id), ...more });
  const { sessionContext: _, ...identity } = sessionCall('1').userIdentity as Record<string, unknown>;

  test.concurrent('are named where none can be attributed to a workload', async () => {
    const file = put('rows.json', row('1', { userIdentity: { ...identity, type: 'AssumedRole' } }));
    const { stderr, code } = await replay([file]);
    expect(stderr).toContain(`${file}: 1 record of role sessions cannot be attributed to workloads`);
    expect(code).toBe(2);
  });

  test.concurrent('are no problem beside whole ones', async () => {
    const rows = [row('1', { userIdentity: { ...identity, type: 'AssumedRole' } }), row('2', {})];
    expect((await replay([put('rows.json', rows.join('\n'))])).code).toBe(0);
  });
});

describe('no record at all', () => {
  test.concurrent.each([
    ['an empty file', ''],
    ['a log file without records', '{"Records":[]}'],
  ])('%s is no all-clear, with --fail-on as without', async (_, content) => {
    const file = put('nothing.json', content);
    const [plain, failing] = await Promise.all([replay([file]), replay([file, '--fail-on', 'HIGH'])]);
    expect([plain.code, failing.code]).toEqual([2, 2]);
    expect(plain.stderr).toContain('Nothing was judged: no CloudTrail record was read.\n');
  });
});
