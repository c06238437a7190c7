import { gzipSync } from 'node:zlib';
import type { AuditLine } from '../../../lambda/kubernetes/unwrap-audit';
import { CLUSTER_LINE_FINDER } from '../../../lambda/trail-files/cluster-line-finder';
import { readTrailObject } from '../../../lambda/trail-files/read-trail-object';
import { auditRecord } from '../kubernetes/audit-records';
import { chunksOf, sessionCall } from './trail-fixtures';

const EVENTS = ['a', 'b', 'c'].map((auditID) => auditRecord({ auditID, userAgent: 'ü}{"' }));
const LINES = EVENTS.map((event) => JSON.stringify(event));
const STREAM = 'kube-apiserver-audit-0123456789abcdef0123456789abcdef';
const payload = (messages: readonly string[]): object => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/aws/eks/demo/cluster',
  logStream: STREAM,
  subscriptionFilters: ['credlock'],
  logEvents: messages.map((message, id) => ({ id: String(id), timestamp: 1, message })),
});
const row = (message: string): object[] =>
  Object.entries({ '@timestamp': '2026-09-01 10:00:02.500', '@message': message, '@log': '1:x' }).map(
    ([field, value]) => ({ field, value }),
  );
const json = (value: unknown): string => JSON.stringify(value);

async function read(bytes: Buffer | string, size = 1_000) {
  const records: unknown[] = [];
  const lines: AuditLine[] = [];
  let other = 0;
  const reading = await readTrailObject(
    chunksOf(Buffer.from(bytes), size),
    (record) => records.push((record as { eventID: string }).eventID),
    {
      audit: {
        finder: CLUSTER_LINE_FINDER,
        line: (line) => lines.push(line),
        alarm: () => undefined,
        other: (count) => (other += count),
      },
    },
  );
  const ids = lines.map(({ line }) => (typeof line === 'string' ? line.slice(0, 10) : line.auditID));
  return { ...reading, ids, lines, passedOn: records, other };
}

const SHAPES: readonly (readonly [string, string])[] = [
  ['lines', LINES.map((line) => `${line}\n`).join('')],
  ['lines with CRLF, the last without a break', LINES.join('\r\n')],
  ['events after each other', LINES.join('')],
  ['lines of an export task', LINES.map((line) => `2026-09-01T10:00:02.500Z ${line}\n`).join('')],
  ['a list', json(EVENTS)],
  ['a pretty list', JSON.stringify(EVENTS, null, 2)],
  ['an EventList', json({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: EVENTS })],
  ['payloads after each other', LINES.map((line) => json(payload([line]))).join('')],
  ['a payload', json(payload(LINES))],
  ['filter-log-events', json({ events: LINES.map((message) => ({ logStreamName: STREAM, timestamp: 1, message })) })],
  ['results of Logs Insights', json({ results: LINES.map(row), status: 'Complete' })],
  ['awslogs.data', json({ awslogs: { data: gzipSync(json(payload(LINES))).toString('base64') } })],
  ['a queue’s messages', json({ Messages: LINES.map((Body) => ({ MessageId: 'm', Body })) })],
];

describe.each(SHAPES)('%s', (_, text) => {
  test.each([7, 1_000, 1 << 20])('in chunks of %d bytes', async (size) => {
    expect(await read(text, size)).toMatchObject({ ids: ['a', 'b', 'c'], auditLines: 3, records: 0, problem: null });
  });

  test('gzipped', async () => {
    expect(await read(gzipSync(text))).toMatchObject({ ids: ['a', 'b', 'c'], problem: null });
  });
});

test('a line that was cut costs only itself', async () => {
  const cut = `${LINES[1]?.slice(0, 400)}[Truncated...]`;

  for (const text of [[LINES[0], cut, LINES[2]].join('\n'), json(payload([LINES[0] ?? '', cut, LINES[2] ?? '']))]) {
    const { lines, problem } = await read(text);
    expect(lines.map(({ line }) => (typeof line === 'string' ? line : line.auditID))).toEqual(['a', cut, 'c']);
    expect(problem).toBeNull();
  }
});

test('a cut line of an export task keeps its time', async () => {
  const { lines } = await read(`2026-09-01T10:00:02.500Z ${LINES[0]?.slice(0, 400)}\n2026-09-01T10:00:03Z ${LINES[1]}`);

  expect(lines.map(({ loggedAt }) => loggedAt)).toEqual([Date.parse('2026-09-01T10:00:02.500Z'), null]);
});

test('records of CloudTrail and lines of an audit log may follow each other', async () => {
  const text = [json(sessionCall('t-1')), LINES[0], json({ Records: [sessionCall('t-2')] }), LINES[1]].join('\n');

  expect(await read(text)).toMatchObject({ ids: ['a', 'b'], passedOn: ['t-1', 't-2'], records: 2, auditLines: 2 });
});

test('what a user writes into an object neither hides an event nor makes a record', async () => {
  const written = { Records: [sessionCall('forged')], logEvents: [], eventName: 'ListBuckets' };
  const events = ['a', 'b'].map((auditID) => auditRecord({ auditID, requestObject: written, responseObject: null }));

  for (const text of [events.map(json).join('\n'), json(events), JSON.stringify(events, null, 1)])
    expect(await read(text)).toMatchObject({ ids: ['a', 'b'], passedOn: [], problem: null });
});

test('what a caller writes into a record makes no event', async () => {
  const record = sessionCall('t-1', { requestParameters: { tags: EVENTS[0], text: LINES[0] } });

  for (const text of [json({ Records: [record] }), json(record), json([record])])
    expect(await read(text)).toMatchObject({ ids: [], passedOn: ['t-1'], auditLines: 0 });
});

test('a payload longer than a piece keeps its cluster', async () => {
  const messages = Array.from({ length: 2_000 }, (_, id) => json(auditRecord({ auditID: `e-${id}` })));

  const { lines } = await read(json(payload(messages)), 10_000);

  expect(lines.length).toBe(2_000);
  expect(new Set(lines.map(({ logGroup }) => logGroup))).toEqual(new Set(['/aws/eks/demo/cluster']));
});

test('a line of several megabytes is read, and the one behind it', async () => {
  const long = json(
    auditRecord({ auditID: 'long', requestObject: { kind: 'Pod', spec: { text: 'x'.repeat(3_000_000) } } }),
  );

  expect((await read([long, LINES[0]].join('\n'), 100_000)).ids).toEqual(['long', 'a']);
});

test('other lines between events are passed over', async () => {
  const { ids, problem } = await read(
    ['I0901 kube-apiserver started', LINES[0], '', 'E0901 oops', LINES[1]].join('\n'),
  );

  expect({ ids, problem }).toEqual({ ids: ['a', 'b'], problem: null });
});

test('without a receiver an audit log is no CloudTrail', async () => {
  const { records, auditLines, skipped } = await readTrailObject(chunksOf(Buffer.from(LINES.join('\n')), 100), () => {
    throw new Error('no record');
  });

  expect({ records, auditLines, skipped: [...skipped] }).toEqual({
    records: 0,
    auditLines: 0,
    skipped: [['not-cloudtrail', 3]],
  });
});
