import { UNKNOWN_CLUSTER } from '../../../lambda/kubernetes/cluster';
import { clusterOfAlarm, unwrapAlarms, type AlarmLine } from '../../../lambda/runtime/unwrap-alarms';
import { DEMO_CLUSTER } from '../kubernetes/audit-records';
import { falcoLine, tetragonLine } from './agent-lines';

const FALCO = JSON.stringify(falcoLine());
const TETRAGON = JSON.stringify(tetragonLine());
const NOWHERE = { account: null, logGroup: null, logStream: null, loggedAt: null };

function linesIn(value: unknown): AlarmLine[] {
  const lines: AlarmLine[] = [];
  const found = unwrapAlarms(value, { alarm: (line) => lines.push(line) });
  expect(found).toBe(lines.length > 0);
  return lines;
}

describe('lines of agents', () => {
  test('by themselves, parsed or as a text', () => {
    expect(linesIn(falcoLine())).toEqual([{ ...NOWHERE, agent: 'falco', line: falcoLine() }]);
    expect(linesIn(tetragonLine())).toEqual([{ ...NOWHERE, agent: 'tetragon', line: tetragonLine() }]);
    expect(linesIn(` ${FALCO} `)).toEqual([{ ...NOWHERE, agent: 'falco', line: falcoLine() }]);
  });

  test('of an export task, which begin with the time', () => {
    expect(linesIn(`2026-09-01T10:00:02.500Z ${TETRAGON}`)).toEqual([
      { ...NOWHERE, loggedAt: Date.parse('2026-09-01T10:00:02.5Z'), agent: 'tetragon', line: tetragonLine() },
    ]);
  });

  test('in Fluent Bit’s wrapper', () => {
    expect(linesIn({ log: FALCO, stream: 'stdout' })).toEqual([{ ...NOWHERE, agent: 'falco', line: falcoLine() }]);
    expect(linesIn({ log: 'x', log_processed: tetragonLine() })).toMatchObject([{ agent: 'tetragon' }]);
    expect(linesIn(JSON.stringify({ log: TETRAGON }))).toMatchObject([{ agent: 'tetragon', line: tetragonLine() }]);
  });

  test('in an item of filter-log-events', () => {
    const item = { logStreamName: 'node-1', timestamp: 1_788_256_800_000, message: FALCO };
    expect(linesIn(item)).toEqual([
      {
        account: null,
        logGroup: null,
        logStream: 'node-1',
        loggedAt: 1_788_256_800_000,
        agent: 'falco',
        line: falcoLine(),
      },
    ]);
  });

  test('in a row of Logs Insights, which names the log group: whatever it is', () => {
    const row = { '@log': '111122223333:/credlock/tetragon/demo', '@message': 'level=info msg="x"' };
    expect(linesIn(row)).toEqual([
      {
        account: '111122223333',
        logGroup: '/credlock/tetragon/demo',
        logStream: null,
        loggedAt: null,
        agent: 'tetragon',
        line: 'level=info msg="x"',
      },
    ]);
    expect(linesIn({ '@log': '111122223333:/aws/lambda/x', '@message': 'level=info' })).toEqual([]);
    expect(linesIn({ '@log': '111122223333:/aws/lambda/x', '@message': FALCO })).toMatchObject([{ agent: 'falco' }]);
  });

  test('in a payload of an agent’s log group, each as it is', () => {
    const payload = {
      owner: '111122223333',
      logGroup: '/credlock/falco/demo',
      logStream: 'alarms',
      logEvents: [{ timestamp: 1_788_256_800_000, message: FALCO }, { message: 'text' }, { message: 7 }, 'x'],
    };
    expect(linesIn(payload).map(({ line, loggedAt, agent }) => [line, loggedAt, agent])).toEqual([
      [FALCO, 1_788_256_800_000, 'falco'],
      ['text', null, 'falco'],
      ['', null, 'falco'],
      ['', null, 'falco'],
    ]);
    expect(linesIn({ ...payload, logGroup: '/credlock/other/demo' })).toEqual([]);
    expect(linesIn({ ...payload, logGroup: undefined })).toEqual([]);
  });

  test.each([
    ['another object', { rule: 'x', priority: 'y', output: 'z' }],
    ['a rule without a priority', { rule: 'x', output_fields: {} }],
    ['fields that are a list', { rule: 'x', priority: 'y', output_fields: [] }],
    ['an event without a process', { process_exec: { parent: {} } }],
    ['an event that is a text', { process_exec: 'output_fields' }],
    ['text with a word of theirs', 'output_fields and exec_id'],
    ['JSON with a word of theirs', '{"exec_id":"x"}'],
    ['a message without them', { message: '{"a":1}', logStreamName: 'x' }],
    ['a list', [falcoLine()]],
    ['nothing', null],
  ])('not in %s', (_what, value) => {
    expect(linesIn(value)).toEqual([]);
  });
});

describe('the cluster of a line', () => {
  const line = (logGroup: string | null, of: AlarmLine['line'], account: string | null = null): AlarmLine => ({
    ...NOWHERE,
    logGroup,
    account,
    agent: 'falco',
    line: of,
  });

  test('is that of its log group, in the account of the wrapper', () => {
    const claims = falcoLine({ cluster: 'other' });
    expect(clusterOfAlarm(line('/credlock/falco/shop', claims, '444455556666'), DEMO_CLUSTER)).toEqual({
      partition: 'aws',
      account: '444455556666',
      region: null,
      name: 'shop',
    });
    expect(clusterOfAlarm(line('/credlock/falco/demo', 'text'), DEMO_CLUSTER)).toEqual(DEMO_CLUSTER);
  });

  test('or the one that the line claims', () => {
    const other = { partition: 'aws', account: null, region: null, name: 'shop' };
    expect(clusterOfAlarm(line(null, falcoLine({ cluster: 'shop' })), DEMO_CLUSTER)).toEqual(other);
    expect(clusterOfAlarm(line(null, { ...tetragonLine(), cluster_name: 'shop' }), UNKNOWN_CLUSTER)).toEqual(other);
    expect(clusterOfAlarm(line('/aws/x', JSON.stringify(falcoLine({ cluster: 'demo' }))), DEMO_CLUSTER)).toEqual(
      DEMO_CLUSTER,
    );
  });

  test('or the one that a person names', () => {
    for (const text of ['text', falcoLine(), falcoLine({ cluster: '-x' }), falcoLine({ cluster: ['shop'] })])
      expect(clusterOfAlarm(line(null, text), DEMO_CLUSTER)).toEqual(DEMO_CLUSTER);
  });
});
