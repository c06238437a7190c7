import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readInput } from '../../../bin/inputs/read-input';
import { readRecord } from '../../../lambda/detection/records/read-record';
import { chunksOf, sessionCall } from '../../lambda/trail-files/trail-fixtures';

const ONE = sessionCall('e-1', {
  userAgent: 'it\'s a client, "quoted"; and more words that a line of YAML has no room for',
});
const TWO = sessionCall('e-2');
const ARN = 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0';
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

interface Seen {
  readonly ids: unknown[];
  readonly callers: unknown[];
  readonly problem: string | null;
}

function read(text: string): Promise<Seen> {
  return readBytes(Buffer.from(text), 100);
}

async function readBytes(bytes: Buffer, size: number): Promise<Seen> {
  const ids: unknown[] = [];
  const callers: unknown[] = [];
  const { problem } = await readInput(chunksOf(bytes, size), (value) => {
    const reading = readRecord(value);
    if ('skip' in reading) return ids.push(reading.skip);
    callers.push(`${reading.record.identity.arn ?? ''} ${reading.record.source?.ip ?? ''}`);
    return ids.push(reading.record.eventId);
  });
  return { ids, callers, problem };
}

const STRUCT = `{type=AssumedRole, principalid=AROA:i-0123456789abcdef0, arn=${ARN}, accountid=111122223333, invokedby=null}`;
const COLUMNS = [
  'eventversion',
  'useridentity',
  'eventtime',
  'eventsource',
  'eventname',
  'awsregion',
  'sourceipaddress',
  'eventid',
];
const row = (identity: string, id: string): string[] => [
  '1.08',
  identity,
  '2026-08-03T10:00:00Z',
  's3.amazonaws.com',
  'ListBuckets',
  'eu-west-1',
  '198.51.100.7',
  id,
];
const csv = (...rows: string[][]): string => rows.map((cells) => cells.map(quoted).join(',')).join('\r\n');

describe('CSV files', () => {
  test.each([
    ['of Athena, with rows as texts', csv(COLUMNS, row(STRUCT, 'e-1'), row(STRUCT, 'e-2'))],
    [
      'with JSON in cells',
      csv(COLUMNS, row(JSON.stringify(ONE.userIdentity), 'e-1'), row(JSON.stringify(TWO.userIdentity), 'e-2')),
    ],
    [
      'of Splunk, with _raw',
      csv(['_time', '_raw', 'host'], ['x', JSON.stringify(ONE), 'h'], ['y', JSON.stringify(TWO), 'h']),
    ],
    ['of Logs Insights', csv(['@timestamp', '@message'], ['x', JSON.stringify(ONE)], ['y', JSON.stringify(TWO)])],
    ['of Lake, with whole events', csv(['eventJson'], [JSON.stringify(ONE)], [JSON.stringify(TWO)])],
    ['with tabs', ['_time\t_raw', `x\t${quoted(JSON.stringify(ONE))}`, `y\t${quoted(JSON.stringify(TWO))}`].join('\n')],
    ['with columns of any name', csv(['n', 'payload'], ['1', JSON.stringify(ONE)], ['2', JSON.stringify(TWO)])],
    ['with one column of any name', csv(['record'], [JSON.stringify(ONE)], [JSON.stringify(TWO)])],
    ['without a header', csv(['x', JSON.stringify(ONE)], ['y', JSON.stringify(TWO)])],
    [
      'with flattened columns',
      csv(
        [...COLUMNS, 'userIdentity.arn', 'userIdentity.type'].filter((name) => name !== 'useridentity'),
        [...row('', 'e-1').filter((cell) => cell !== ''), ARN, 'AssumedRole'],
        [...row('', 'e-2').filter((cell) => cell !== ''), ARN, 'AssumedRole'],
      ),
    ],
  ])('%s', async (_name, text) => {
    for (const content of [text, `\uFEFF${text}`, `${text}\r\n`]) {
      expect(await read(content)).toEqual({
        ids: ['e-1', 'e-2'],
        callers: [`${ARN} 198.51.100.7`, `${ARN} 198.51.100.7`],
        problem: null,
      });
    }
  });

  test('a broken row costs itself', async () => {
    const text = csv(['_time', '_raw'], ['x', JSON.stringify(ONE).slice(0, 300)], ['y', JSON.stringify(TWO)]);
    const { ids, problem } = await read(text);
    expect(ids).toEqual(['e-2']);
    expect(problem).toMatch(/^a malformed record/);
  });
});

describe('YAML of the AWS CLI', () => {
  const single = (record: object): string =>
    `'${JSON.stringify(record).replaceAll("'", "''").replaceAll(' and more', '\n        and more')}'`;

  const yamlOf = (record: object): string => stringify(record).trimEnd().replaceAll('\n', '\n  ');

  test.each([
    [
      'lookup-events',
      `Events:\n- AccessKeyId: A\n  CloudTrailEvent: ${single(ONE)}\n  EventId: e-1\n- CloudTrailEvent: ${single(TWO)}\n  Resources:\n  - ResourceName: x\n`,
    ],
    [
      'lookup-events as a stream',
      `- Events:\n  - AccessKeyId: A\n    CloudTrailEvent: ${single(ONE)}\n  - AccessKeyId: B\n    CloudTrailEvent: ${single(TWO)}\n`,
    ],
    ['the texts alone', `- ${single(ONE)}\n- ${single(TWO)}\n`],
    ['records', `Records:\n- ${yamlOf(ONE)}\n- ${yamlOf(TWO)}\n`],
    ['a list of records', `- ${yamlOf(ONE)}\n- ${yamlOf(TWO)}\n`],
    ['double quotes', `- ${JSON.stringify(JSON.stringify(ONE))}\n- ${JSON.stringify(JSON.stringify(TWO))}\n`],
  ])('%s', async (_name, text) => {
    expect(await read(text)).toMatchObject({ ids: ['e-1', 'e-2'], problem: null });
  });
});

describe('Parquet', () => {
  /** Two events of Security Lake, as pyarrow writes them: structs, a map of what is unmapped, Snappy. */
  const LAKE = Buffer.from(readFileSync(join(__dirname, 'security-lake.parquet.base64'), 'utf8'), 'base64');

  test('OCSF events of Security Lake are read', async () => {
    for (const size of [100, 1 << 20]) {
      expect(await readBytes(LAKE, size)).toEqual({
        ids: ['e-1', 'e-2'],
        callers: [`${ARN} 198.51.100.7`, `${ARN} 198.51.100.7`],
        problem: null,
      });
    }
  });

  test('a file that is cut off is named', async () => {
    expect((await readBytes(LAKE.subarray(0, -100), 1000)).problem).toMatch(
      /^the Parquet file cannot be read to its end: /,
    );
  });
});
