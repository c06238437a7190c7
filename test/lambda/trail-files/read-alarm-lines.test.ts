import { gzipSync } from 'node:zlib';
import { CLUSTER_LINE_FINDER } from '../../../lambda/trail-files/cluster-line-finder';
import { readTrailObject } from '../../../lambda/trail-files/read-trail-object';
import type { AlarmLine } from '../../../lambda/runtime/unwrap-alarms';
import { falcoLine, tetragonLine } from '../runtime/agent-lines';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const json = (value: unknown): string => JSON.stringify(value);
const VALUES = [falcoLine(), tetragonLine(), falcoLine({}, { rule: 'Falco internal: timeouts', source: 'internal' })];
const LINES = VALUES.map(json);
const payload = (messages: readonly string[], logGroup: string) => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup,
  logStream: 'alarms',
  subscriptionFilters: ['credlock-kubernetes-eu-west-1'],
  logEvents: messages.map((message, at) => ({ id: String(at), timestamp: 1_788_256_800_000, message })),
});
const row = (message: string) =>
  Object.entries({ '@timestamp': '2026-09-01 10:00:00.000', '@message': message, '@logStream': 'alarms' }).map(
    ([name, value]) => ({ field: name, value }),
  );

async function read(bytes: Buffer | string, size = 1_000) {
  const records: unknown[] = [];
  const lines: AlarmLine[] = [];
  const audit = {
    finder: CLUSTER_LINE_FINDER,
    line: () => undefined,
    other: () => undefined,
    alarm: (line: AlarmLine) => lines.push(line),
  };
  const reading = await readTrailObject(chunksOf(Buffer.from(bytes), size), (record) => records.push(record), {
    audit,
  });
  return { ...reading, agents: lines.map(({ agent }) => agent), lines, passedOn: records };
}

const SHAPES: readonly (readonly [string, string])[] = [
  ['lines', LINES.map((line) => `${line}\n`).join('')],
  ['lines between text', `Falco 0.44.0\n${LINES.map((line) => `Loading {rules}\n${line}\n`).join('')}`],
  ['lines with CRLF, the last without a break', LINES.join('\r\n')],
  ['lines after each other', LINES.join('')],
  ['lines of an export task', LINES.map((line) => `2026-09-01T10:00:02.500Z ${line}\n`).join('')],
  ['lines of containers', LINES.map((line) => `2026-09-01T10:00:02.5Z stdout F ${line}\n`).join('')],
  ['a list', json(VALUES)],
  ['a pretty list', JSON.stringify(VALUES, null, 2)],
  [
    'lines of Fluent Bit',
    LINES.map((log) => `${json({ log, stream: 'stdout', kubernetes: { pod_name: 'x' } })}\n`).join(''),
  ],
  ['parsed lines of Fluent Bit', VALUES.map((one) => `${json({ log: '…', log_processed: one })}\n`).join('')],
  ['filter-log-events', json({ events: LINES.map((message) => ({ logStreamName: 'alarms', timestamp: 1, message })) })],
  ['results of Logs Insights', json({ results: LINES.map(row), status: 'Complete' })],
];

describe.each(SHAPES)('%s', (_, text) => {
  test.each([7, 1_000, 1 << 20])('in chunks of %d bytes', async (size) => {
    expect(await read(text, size)).toMatchObject({
      agents: ['falco', 'tetragon', 'falco'],
      auditLines: 3,
      records: 0,
      passedOn: [],
      problem: null,
    });
  });

  test('gzipped', async () => {
    expect(await read(gzipSync(text))).toMatchObject({ agents: ['falco', 'tetragon', 'falco'], problem: null });
  });
});

test('all that a subscription sends of an agent’s log group is a line of it', async () => {
  const text = json(payload([LINES[0] ?? '', 'Falco 0.44.0', '{"cut'], '/credlock/falco/demo'));
  const { agents, lines } = await read(text);
  expect(agents).toEqual(['falco', 'falco', 'falco']);
  expect(lines[1]).toEqual({
    account: '111122223333',
    logGroup: '/credlock/falco/demo',
    logStream: 'alarms',
    loggedAt: 1_788_256_800_000,
    agent: 'falco',
    line: 'Falco 0.44.0',
  });
});

test('a subscription of another group passes nothing on', async () => {
  expect(await read(json(payload(['{"a":1}'], '/aws/lambda/x')))).toMatchObject({ agents: [], auditLines: 0 });
});

test.each([7, 1 << 20])('a line that was cut does not hide those behind it, in chunks of %d bytes', async (size) => {
  const [falco = '', tetragon = ''] = LINES;
  const text = [falco.slice(0, -40), tetragon, tetragon.slice(0, -9), falco, falco.slice(0, 300)].join('\n');
  expect((await read(text, size)).agents).toEqual(['falco', 'tetragon', 'tetragon', 'falco', 'falco']);
});

test('a command line of 30,000 characters before the fields makes no difference', async () => {
  const long = falcoLine({}, { output: 'x'.repeat(30_000) });
  expect(await read(`${json(long)}\n${LINES[1]}\n`, 1 << 16)).toMatchObject({ agents: ['falco', 'tetragon'] });
});

test('records of CloudTrail beside lines of agents are read', async () => {
  const record = {
    eventVersion: '1.11',
    eventName: 'ListBuckets',
    eventID: 'a',
    userIdentity: { type: 'AssumedRole' },
  };
  const text = `${json({ Records: [record, record] })}\n${LINES.join('\n')}\n${json(record)}\n`;
  expect(await read(text)).toMatchObject({ records: 3, agents: ['falco', 'tetragon', 'falco'], problem: null });
});

test('a line of an agent in what a caller wrote into a record is not taken for one', async () => {
  const record = {
    eventVersion: '1.11',
    eventName: 'PutParameter',
    eventID: 'a',
    userIdentity: { type: 'AssumedRole' },
    requestParameters: { value: LINES[0], inner: VALUES[0] },
  };
  expect(await read(json({ Records: [record] }))).toMatchObject({ agents: [], records: 1 });
  expect(await read(json(record))).toMatchObject({ agents: [], records: 1 });
});
