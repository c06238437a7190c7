import { parsedJson, text } from '../../../lambda/detection/model/json-field';
import { allScenarios, type NamedScenario } from '../../scenario';
import { linesOf, place, put, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

const RANGES = 'test/ip-ranges.json';

function scenario(name: string): NamedScenario & { readonly cluster: string } {
  const found = allScenarios().find((one) => one.name === `tokens/${name}`);
  if (found?.cluster === undefined) throw new Error(`no scenario ${name}`);
  return { ...found, cluster: found.cluster };
}

const STOLEN = scenario('node-keys-make-no-place-of-a-pod');
const LINES = (STOLEN.audit ?? []).map((event) => JSON.stringify(event));
const OPTIONS = ['--cluster', STOLEN.cluster, '--ip-ranges', RANGES];

test('an audit log alone shows a stolen token and the stolen credentials of its node', async () => {
  const { stdout } = await replay([put('log.jsonl', LINES.join('\n')), ...OPTIONS, '--format', 'jsonl']);

  expect(linesOf(stdout).map((line) => text(parsedJson(line), 'type'))).toEqual([
    'OutsideAWS',
    'ServiceAccountTokenOutside',
  ]);
});

test('--state: from line to line, in any order, the last run prints what one run over all prints', async () => {
  const once = await replay([put('whole.jsonl', LINES.join('\n')), ...OPTIONS, '--format', 'jsonl']);
  const parts = [LINES.slice(0, 3), LINES.slice(3, 6), LINES.slice(6)].map((lines, at) =>
    put(`${at}.jsonl`, lines.join('\n')),
  );
  for (const order of [parts, parts.toReversed()]) {
    const state = place('facts.gz');
    let last = '';
    for (const part of order) last = (await replay([part, ...OPTIONS, '--format', 'jsonl', '--state', state])).stdout;
    expect(linesOf(last)).toEqual(linesOf(once.stdout));
  }
});

test('--explain shows what was ruled out for the pod', async () => {
  const log = put('log.jsonl', LINES.join('\n'));
  const [expected] = STOLEN.expect;
  const { stdout } = await replay([log, ...OPTIONS, '--explain', expected?.workload ?? '']);

  expect(stdout).toContain('Decided by the rule ServiceAccountTokenOutside');
  expect(stdout).toContain('kubelet-address: the kubelet of its node called from 10.0.0.10');
});

test.each(['table', 'asff', 'ocsf', 'csv', 'timeline'])('--format %s shows the finding', async (format) => {
  const { stdout, code } = await replay([put('log.jsonl', LINES.join('\n')), ...OPTIONS, '--format', format]);

  expect(stdout).toContain('192.0.2.50');
  expect(stdout).toMatch(/ServiceAccountT|token of pod shop\/web-0/);
  expect(code).toBe(0);
});
