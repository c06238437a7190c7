import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { mayMatter } from '../../../lambda/trail-files/relevant-record';
import { readTrailObject } from '../../../lambda/trail-files/read-trail-object';
import { chunksOf, failing, read, sessionCall, foreignCall } from './trail-fixtures';

const records = [sessionCall('a'), foreignCall('b'), sessionCall('c'), foreignCall('d', { eventName: 'RunInstances' })];
const texts = records.map((record) => JSON.stringify(record));
const expected = ['a', 'c', 'd'];

const envelopes = records.map((detail, id) => ({
  version: '0',
  id: String(id),
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.s3',
  detail,
}));
const lookups = texts.map((text, id) => ({ EventId: String(id), EventName: 'X', CloudTrailEvent: text }));
const payload = {
  messageType: 'DATA_MESSAGE',
  logGroup: 'trail',
  logEvents: texts.map((message, id) => ({ id: String(id), timestamp: 1, message })),
};

const json = (value: unknown): string => JSON.stringify(value);
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
const big = (id: string, length: number): object =>
  sessionCall(id, { requestParameters: { text: 'x{"'.repeat(length / 3) } });
const lines = (values: readonly unknown[]): string => values.map((value) => `${json(value)}\n`).join('');

const wrappers: [string, string][] = [
  ['a log file', json({ Records: records })],
  ['a log file, pretty', pretty({ Records: records })],
  ['a log file with other members', json({ version: [1, { a: '}' }], Records: records, more: { b: [2] }, n: null })],
  ['log files after each other', json({ Records: records.slice(0, 2) }) + json({ Records: records.slice(2) })],
  ['a line each', lines(records)],
  ['a line each, without the last break', lines(records).trimEnd()],
  ['a line each, CRLF', lines(records).replaceAll('\n', '\r\n')],
  ['records after each other', texts.join('')],
  ['pretty records after each other', records.map(pretty).join('\n')],
  ['a bare array', json(records)],
  ['a bare array, pretty', pretty(records)],
  ['a log file on each line', lines(records.map((record) => ({ Records: [record] })))],
  ['an array of log files', json(records.map((record) => ({ Records: [record] })))],
  ['EventBridge envelopes, a line each', lines(envelopes)],
  ['EventBridge envelopes in an array', pretty(envelopes)],
  ['an Event history export', pretty({ Events: lookups, NextToken: 'x' })],
  ['an Event history export, token first', json({ NextToken: 'x', Events: lookups })],
  ['Event history events, a line each', lines(lookups)],
  ['Event history events in an array', json(lookups)],
  ['a subscription payload', json(payload)],
  [
    'subscription payloads after each other',
    json(payload.logEvents.map((event) => ({ ...payload, logEvents: [event] })))
      .slice(1, -1)
      .replaceAll('},{"messageType"', '}{"messageType"'),
  ],
  ['a byte order mark', `\ufeff${json({ Records: records })}`],
  ['record separators', texts.map((text) => `\u001e${text}\n`).join('')],
];

describe.each(wrappers)('%s', (_name, text) => {
  test.each([1, 7, 1000, 1 << 20])('in chunks of %d bytes', async (size) => {
    const { ids, counts, problem, records: seen } = await read(text, size);
    expect({ ids, counts, problem, seen }).toEqual({
      ids: expected,
      counts: { 'not-relevant': 1 },
      problem: null,
      seen: 4,
    });
  });

  test('gzipped, in several members, gzipped again', async () => {
    const bytes = Buffer.from(text);
    const members = Buffer.concat([gzipSync(bytes.subarray(0, 99)), gzipSync(bytes.subarray(99))]);
    for (const zipped of [gzipSync(bytes), members, gzipSync(members)]) {
      const { ids, problem } = await read(zipped, 500);
      expect({ ids, problem }).toEqual({ ids: expected, problem: null });
    }
  });
});

test('UTF-16, as PowerShell writes it', async () => {
  const little = Buffer.from(`\ufeff${json({ Records: records })}`, 'utf16le');
  expect((await read(little, 3)).ids).toEqual(expected);
  expect((await read(Buffer.from(little).swap16(), 3)).ids).toEqual(expected);
});

test('records are handed on as they are written, beyond ASCII too', async () => {
  const record = sessionCall('ä', { userAgent: 'été 日本 😀' });
  const got: unknown[] = [];
  const file = json({ Records: [foreignCall('x'), record, foreignCall('y')] });
  await readTrailObject(chunksOf(Buffer.from(file)), (value) => got.push(value));
  expect(got).toEqual([record]);
});

describe('what is no record is counted by what it is', () => {
  test.each<[string, unknown, Record<string, number>]>([
    [
      'digest',
      { awsAccountId: '111122223333', digestStartTime: 'x', digestS3Bucket: 'b', logFiles: [{}] },
      { digest: 1 },
    ],
    [
      'Insight',
      { Records: [{ eventType: 'AwsCloudTrailInsight', insightDetails: { eventName: 'RunInstances' } }] },
      { insight: 1 },
    ],
    [
      'Insight that cannot matter',
      { Records: [{ eventName: 'X', eventType: 'AwsCloudTrailInsight' }] },
      { insight: 1 },
    ],
    ['aggregated', { Records: [{ eventId: 'x', eventType: 'AwsAggregatedEvent' }] }, { aggregated: 1 }],
    ['network activity', { Records: [foreignCall('x', { eventType: 'AwsVpceEvent' })] }, { 'network-activity': 1 }],
    [
      'network activity of a session',
      { Records: [sessionCall('x', { eventCategory: 'NetworkActivity' })] },
      { 'network-activity': 1 },
    ],
    [
      'GuardDuty',
      [{ schemaVersion: '2.0', type: 'X', service: {} }, { schemaVersion: '2.0' }],
      { 'not-cloudtrail': 2 },
    ],
    [
      'GuardDuty by EventBridge',
      { 'detail-type': 'GuardDuty Finding', detail: { type: 'X' } },
      { 'not-cloudtrail': 1 },
    ],
    ['ip-ranges', { syncToken: '1', prefixes: [{ ip_prefix: '192.0.2.0/24' }] }, { 'not-cloudtrail': 1 }],
    [
      'a control message',
      { messageType: 'CONTROL_MESSAGE', logEvents: [{ id: '', message: 'CWL CONTROL MESSAGE: x' }] },
      { 'not-cloudtrail': 1 },
    ],
    ['an empty log file', { Records: [] }, {}],
  ])('%s', async (_name, value, counts) => {
    for (const text of [json(value), pretty(value)]) {
      const got = await read(text, 50);
      expect({ ids: got.ids, counts: got.counts, problem: got.problem }).toEqual({ ids: [], counts, problem: null });
    }
  });

  test.each([
    ['prose', '# A heading\n\n```json\n{"eventVersion": "1.08"}\n```\n'],
    ['CSV', 'a,b\n1,"{""eventName"": 1}"\n'],
    ['a template', '{{ x }} {"eventVersionX"'],
    ['a link', '[text](https://example.com) and more'],
    ['a string', '"eventName"'],
    ['numbers', '1 2 3'],
    ['bytes', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 254])],
    ['deep lists', '['.repeat(100_000)],
    ['a long object', json({ features: Array.from({ length: 200_000 }, (_, at) => ({ at, on: true })) })],
  ])('%s is not CloudTrail', async (_name, text) => {
    const { ids, counts, problem } = await read(text);
    expect({ ids, counts, problem }).toEqual({ ids: [], counts: { 'not-cloudtrail': 1 }, problem: null });
  });

  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t'],
    ['nothing, gzipped', gzipSync('')],
  ])('%s is empty', async (_name, text) => {
    const { counts, problem } = await read(text);
    expect({ counts, problem }).toEqual({ counts: { empty: 1 }, problem: null });
  });
});

describe('broken input', () => {
  const file = json({ Records: [sessionCall('a'), sessionCall('b'), sessionCall('c')] });
  const second = file.indexOf('{"eventVersion"', 20);
  const secondByte = Buffer.byteLength(file.slice(0, second));

  test('a log file that breaks off gives the records before the cut', async () => {
    const { ids, problem, counts } = await read(file.slice(0, file.length - 50));
    expect(ids).toEqual(['a', 'b']);
    expect(problem).toMatch(/^a malformed record at byte \d+; the JSON breaks off$/);
    expect(counts).toEqual({ 'malformed-record': 1 });
  });

  test('a log file that breaks off between two records', async () => {
    const { ids, problem } = await read(file.slice(0, second - 1));
    expect({ ids, problem }).toEqual({ ids: ['a'], problem: 'the JSON breaks off' });
  });

  test('a line that breaks off', async () => {
    const { ids, problem } = await read(lines(records).slice(0, -20));
    expect(ids).toEqual(['a', 'c']);
    expect(problem).toMatch(/^a malformed record at byte \d+$/);
  });

  test.each([
    ['a bare word', (text: string) => text.replace('"ListBuckets"', 'ListBuckets')],
    ['an opened string', (text: string) => text.replace('"ListBuckets"', '"ListBuckets')],
    ['a lost brace', (text: string) => text.replace('{"policy"', '"policy"')],
    ['an unclosed object', (text: string) => text.replace('},"responseElements"', ',"responseElements"')],
    ['noise', (text: string) => `${text.slice(0, 300)}\u0000\u0001%%%${text.slice(500)}`],
  ])('%s costs one record and is reported', async (_name, spoil) => {
    const spoilt = file.slice(0, second) + spoil(file.slice(second));
    for (const size of [100, 1 << 20]) {
      const { ids, counts, problem } = await read(spoilt, size);
      expect(ids.filter((id) => id !== 'b')).toEqual(['a', 'c']);
      expect(counts['malformed-record']).toBeGreaterThanOrEqual(1);
      expect(problem).toContain(`at byte ${secondByte}`);
    }
  });

  test('a broken line costs no other', async () => {
    const text = `${texts[0]}\n{"eventVersion":"1.08","userIdentity":{"arn":\n${texts[2]}\n${texts[3]}\n`;
    const { ids, counts } = await read(text);
    expect(ids).toEqual(['a', 'c', 'd']);
    expect(counts).toEqual({ 'malformed-record': 1 });
  });

  test('a gzip that breaks off gives the records before the cut', async () => {
    const many = json({
      Records: Array.from({ length: 500 }, (_, at) => sessionCall(String(at), { noise: Math.sin(at) })),
    });
    const zipped = gzipSync(many);
    const half = await read(zipped.subarray(0, zipped.length / 2), 100);
    expect(half.problem).toBe('the gzip data breaks off');
    expect(half.ids.length).toBeGreaterThan(100);
    const trailerless = await read(zipped.subarray(0, zipped.length - 4));
    expect(trailerless.ids).toHaveLength(500);
    expect(trailerless.problem).toBe('the gzip data breaks off');
  });

  test('a gzip that is corrupt is reported, with what came before it', async () => {
    const many = json({
      Records: Array.from({ length: 50 }, (_, at) => sessionCall(String(at), { noise: Math.sin(at) })),
    });
    const zipped = gzipSync(many);
    zipped.fill(0xff, zipped.length - 8, zipped.length - 4);
    const checksum = await read(zipped);
    expect(checksum.problem).toMatch(/^the gzip data is corrupt \(.+\)$/);
    expect(checksum.ids.length).toBeGreaterThanOrEqual(48);
    zipped.fill(0xff, zipped.length / 2, zipped.length / 2 + 100);
    const middle = await read(zipped);
    expect(middle.problem).toMatch(/^the gzip data is corrupt/);
    expect(middle.ids.length).toBeGreaterThan(10);
    expect((await read(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).problem).toMatch(/gzip/);
  });

  test.each([7, 100, 1 << 20])(
    'gzip members behind padding or a damaged one are read: chunks of %i bytes',
    async (size) => {
      const [one, two, three] = ['a', 'b', 'c'].map((id) => gzipSync(JSON.stringify(sessionCall(id))));
      const wrong = Buffer.from(two ?? '');
      wrong.fill(0xff, wrong.length - 8, wrong.length - 4);
      const zeros = Buffer.alloc(700);
      const padded = await read(Buffer.concat([one ?? zeros, zeros, two ?? zeros, zeros, three ?? zeros]), size);
      expect(padded).toMatchObject({ ids: ['a', 'b', 'c'], problem: null });
      const damaged = await read(Buffer.concat([one ?? zeros, wrong, three ?? zeros]), size);
      expect(damaged.ids.filter((id) => id !== 'b')).toEqual(['a', 'c']);
      expect(damaged.problem).toMatch(/^the gzip data is corrupt/);
    },
  );

  test('a source that fails is reported', async () => {
    const got: unknown[] = [];
    const source = failing(Buffer.from(file.slice(0, second)), 'EIO');
    const { problem } = await readTrailObject(source, (record) => got.push(record));
    expect({ problem, got: got.length }).toEqual({ problem: 'it cannot be read (EIO)', got: 1 });
  });

  test('thousands of malformed records cost no other', async () => {
    const broken = '{"eventVersion":}\n'.repeat(5000);
    const { ids, counts, problem } = await read(`${texts[0]}\n${broken}${texts[2]}\n`, 10_000);
    expect(ids).toEqual(['a', 'c']);
    expect(counts['malformed-record']).toBe(5000);
    expect(problem).toMatch(/^5000 malformed records, the first at byte \d+$/);
  });

  test('thousands of records without an end are passed over in time, and cost no other', async () => {
    const endless = '{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole",\n'.repeat(5000);
    const { ids, counts } = await read(`${endless}${texts[2]}\n`, 100_000);
    expect(ids).toEqual(['c']);
    expect(counts['malformed-record']).toBeGreaterThanOrEqual(1000);
  });

  test.each([
    ['a closing bracket', ']'],
    ['bytes', '\u0000\u0001\u00ff\u0000'],
    ['prose', 'See the list [1] of {things}:\n'],
  ])('%s before the first record costs none', async (_name, garbage) => {
    for (const size of [1, 50, 1 << 20]) {
      const { ids, problem } = await read(`${garbage}${json({ Records: records })}`, size);
      expect({ ids, problem }).toEqual({ ids: expected, problem: null });
    }
  });

  test('what onRecord throws comes out', async () => {
    const reading = readTrailObject(chunksOf(Buffer.from(file)), () => {
      throw new Error('mine');
    });
    await expect(reading).rejects.toThrow('mine');
  });
});

describe('size', () => {
  test('records larger than a chunk are read', async () => {
    const text = json({
      Records: [
        sessionCall('a'),
        big('b', 300_000),
        foreignCall('c', { requestParameters: { text: '{'.repeat(900_000) } }),
        sessionCall('d'),
      ],
    });
    for (const size of [10_000, 1 << 20]) expect((await read(text, size)).ids).toEqual(['a', 'b', 'd']);
  });

  test('an object without an end is passed over', async () => {
    const endless = json(big('b', 6_000_000)).slice(0, -40);
    const text = `{"Records":[${texts[0]},${endless},${texts[2]}]}`;
    const { ids, counts, problem } = await read(text);
    expect(ids).toEqual(['a', 'c']);
    expect(counts).toEqual({ 'malformed-record': 1 });
    expect(problem).toMatch(/malformed record/);
  });

  test('large wrappers are gone into, wherever their list stands', async () => {
    const messages = Array.from({ length: 3000 }, (_, at) => ({
      id: String(at),
      message: json(sessionCall(String(at))),
    }));
    const { ids, problem } = await read(json({ owner: '1', a: { Records: [1] }, logEvents: messages, z: 1 }), 100_000);
    expect({ ids: ids.length, problem }).toEqual({ ids: 3000, problem: null });
  });
});

describe('any input', () => {
  test.each([1, 20, 48])(
    'zeros behind compressed data, as tapes leave them, end it: chunks of %d bytes',
    async (size) => {
      const padded = Buffer.concat([gzipSync(texts[0] ?? ''), Buffer.alloc(600), Buffer.from('more')]);
      expect((await read(padded, size)).ids).toHaveLength(1);
    },
  );

  test('bytes never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
        await read(bytes, size);
        await read(Buffer.concat([Buffer.from('{"Records":['), bytes, Buffer.from(texts[0] ?? '')]), size);
        if (bytes.length % 8 === 0) await read(Buffer.concat([gzipSync(texts[0] ?? ''), bytes]), size);
      }),
      { numRuns: 200 },
    );
  });

  test('JSON never throws, and what is valid has no problem', async () => {
    const member = fc.constantFrom(
      'Records',
      'Events',
      'logEvents',
      'detail',
      'eventName',
      'message',
      'CloudTrailEvent',
      'eventType',
      'x',
    );
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(
          'AwsVpceEvent',
          'AssumeRole',
          ':assumed-role/',
          '{"eventName":"AssumeRole"}',
          '}',
          '{',
          1,
          null,
          true,
        ),
        fc.string(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(member, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(0, 2), fc.integer({ min: 1, max: 60 }), async (any, space, size) => {
        const { problem } = await read(JSON.stringify(any, null, space), size);
        expect(problem).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test('exactly the records that may matter are handed on, in any mix, order of fields and spacing', async () => {
    const key = fc.constantFrom(
      'eventVersion',
      'eventID',
      'userIdentity',
      'eventName',
      'requestParameters',
      'eventType',
    );
    const text = fc.constantFrom(
      '1.08',
      'arn:aws:sts::1:assumed-role/a/b',
      'RunInstances',
      'GetObject',
      '},{"eventVersion":',
      '"}',
      'é{',
    );
    const inner = fc.dictionary(fc.constantFrom('eventVersion', 'eventName', 'a'), text, { maxKeys: 2 });
    const record = fc
      .tuple(fc.dictionary(key, fc.oneof(text, inner, fc.array(inner, { maxLength: 3 })), { maxKeys: 6 }), text)
      .map(([fields, name]) => ({ ...fields, eventName: name, eventType: 'AwsApiCall' }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(record),
        fc.constantFrom(0, 1),
        fc.integer({ min: 1, max: 400 }),
        async (list, space, size) => {
          const got: unknown[] = [];
          const whole = Buffer.from(JSON.stringify({ Records: list }, null, space));
          const reading = await readTrailObject(chunksOf(whole, size), (value) => got.push(value));
          expect(got).toEqual(list.filter((one) => mayMatter(JSON.stringify(one, null, space))));
          expect(reading.records).toBe(list.length);
          expect(reading.problem).toBeNull();
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('a record that is longer than any is passed over in linear time, and the records around it are read', async () => {
  const long = `{"eventVersion":"1.08","eventName":"X","requestParameters":{"x":"${'y'.repeat(20_000_000)}"}}`;
  const [before, after] = ['a', 'b'].map((id) => JSON.stringify({ eventVersion: '1.08', ...sessionCall(id) }));
  const began = performance.now();
  const { ids, counts } = await read(`{"Records":[${before},${long},${after}]}`, 100_000);
  expect({ ids, counts }).toEqual({ ids: ['a', 'b'], counts: { 'malformed-record': 1 } });
  // It took 20 seconds when each of its characters was looked behind.
  expect(performance.now() - began).toBeLessThan(10_000);
});
