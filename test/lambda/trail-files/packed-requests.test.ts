import { CallTexts, textAt, type CallKind } from '../../../lambda/detection/facts/call-texts';
import { ROW_WORDS } from '../../../lambda/trail-files/log-file-scanner';
import { seededRandom } from '../../../trail-writer/random';
import { testScanner } from '../../test-scanner';

const scanner = testScanner();
const KIND: CallKind = { region: '', source: '', name: '', errorCode: null, userAgent: null };
const random = seededRandom(20_261_130);

/** Requests of one call: the first is the others' template. */
const REQUESTS: Readonly<Record<string, readonly unknown[]>> = {
  'alike, with other values': Array.from({ length: 300 }, () => ({
    bucketName: `logs-${random.below(9)}`,
    Host: `logs-${random.below(9)}.s3.eu-west-1.amazonaws.com`,
    key: `2026/${random.hex(random.below(40) + 1)}`,
  })),
  'without requests': [null, undefined, null, {}, undefined],
  'that are nothing but the template, or more, or less': [{ a: 'abcdefgh' }, { a: 'abcdefgh' }, { a: 'abcdefghi' }, {}],
  'of each length': Array.from({ length: 80 }, (_, index) => 'abcdefghij'.repeat(4).slice(0, index >> 1) + (index & 1)),
  'of one character': Array.from({ length: 40 }, (_, index) => 'x'.repeat(index * index)),
  'longer than a token’s numbers': [270, 269, 271, 14, 15, 16, 529, 530].map((length) => random.hex(length)),
  'too long for a template': [random.hex(9_000), random.hex(20), random.hex(70_000), random.hex(20)],
  'too long for both': [random.hex(5_000), random.hex(63_000), random.hex(5_000).repeat(13), random.hex(9)],
  'in other letters': ['"\\ ö \u{1f600}', '\\ ö \u{1f600}"', 'ö'.repeat(99), '\u0000\u0001'],
};

function recordOf(request: unknown, call: number): string {
  return JSON.stringify({
    eventName: `Call${call}`,
    eventSource: 's3.amazonaws.com',
    eventTime: '2026-11-30T08:00:00Z',
    eventID: '0a0b0c0d-0000-4000-8000-00000000000a',
    userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/r/s' },
    requestParameters: typeof request === 'string' ? { request } : request,
    resources: request === null ? [{ ARN: 'arn:aws:s3:::b' }] : undefined,
  });
}

/** The requests and resources of records, as they are read where they are kept. */
function kept(records: readonly string[]): (readonly [string, string])[] {
  if (!scanner) throw new Error('the scanner does not run');
  scanner.reset();
  const rows = scanner.scan(scanner.input.write(`{"Records":[${records.join(',')}]}`))?.rows ?? 0;
  expect(rows).toBe(records.length);
  const ids = records.map((_, row) => scanner.requestOf(row * ROW_WORDS) ?? -1);
  const read: (readonly [string, string])[] = [];
  const reader = (_: CallKind, request: string, resources: string): null => {
    read.push([request, resources]);
    return null;
  };
  const texts = new CallTexts(reader);
  const first = texts.addAll({ calls: records.map(() => KIND), ...scanner.requests() }) ?? Number.NaN;
  const { texts: half, places } = texts.kept(Uint8Array.from({ length: texts.count }, (_, index) => index % 2));
  for (const id of ids)
    textAt(id % 2 === 0 ? texts.packed() : half.packed(), (id % 2 === 0 ? first + id : places[id]) ?? -1, reader);
  return read;
}

function expected(record: string): readonly [string, string] {
  const { requestParameters, resources } = JSON.parse(record) as Record<string, unknown>;
  return [JSON.stringify(requestParameters) ?? '', JSON.stringify(resources) ?? ''];
}

it.each(Object.entries(REQUESTS))('requests are kept as they were: %s', (_, requests) => {
  const records = requests.map((request) => recordOf(request, 0));
  expect(kept(records)).toEqual(records.map(expected));
});

it('requests of many calls are kept as they were, and once', () => {
  const all = Object.values(REQUESTS).flatMap((requests) => requests.filter((one) => one !== undefined));
  const records = Array.from({ length: 3_000 }, () => recordOf(random.pick(all), random.below(1_400)));
  expect(kept(records)).toEqual(records.map(expected));
  kept(Array.from({ length: 500 }, () => recordOf({ a: 1 }, 0)));
  expect(scanner?.requests().spans.length).toBe(2 * 6);
});
