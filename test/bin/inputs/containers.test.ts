import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { readInput } from '../../../bin/inputs/read-input';
import { chunksOf, sessionCall, foreignCall } from '../../lambda/trail-files/trail-fixtures';

const lines = (...ids: string[]): Buffer => Buffer.from(ids.map((id) => JSON.stringify(sessionCall(id))).join('\n'));
const LOG = Buffer.from(JSON.stringify({ Records: [sessionCall('1'), foreignCall('u'), sessionCall('2')] }));

async function read(
  bytes: Uint8Array,
  size = 1000,
): Promise<{ ids: string[]; records: number; problem: string | null }> {
  const ids: string[] = [];
  const { records, problem } = await readInput(chunksOf(Buffer.from(bytes), size), (record) => {
    ids.push((record as { eventID: string }).eventID);
  });
  return { ids, records, problem };
}

async function tar(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `{"Records":[…]}` of one call with the id 1, made with the formats' own tools, as none here writes them. */
const TEXT = JSON.stringify(sessionCall('1'));
const ZSTD_FRAME = zstdRaw(Buffer.from(TEXT));

/** A frame with one raw block, which needs no compressor: magic, descriptor with a 4-byte size, block header. */
function zstdRaw(content: Buffer): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(content.length, 5);
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([header, block, content]);
}

describe('archives', () => {
  test.each([1, 100, 1 << 20])('a zip of plain and gzipped files, in chunks of %i bytes', async (size) => {
    const zip = zipSync({ 'a/1.json': LOG, 'a/2.json.gz': gzipSync(lines('3')), '__MACOSX/a/._1.json': lines('x') });
    expect(await read(zip, size)).toEqual({ ids: ['1', '2', '3'], records: 4, problem: null });
  });

  test('a tar, and a tgz, in which a folder is', async () => {
    const archive = await tar({ 'logs/1.json': LOG, 'logs/2.json.gz': gzipSync(lines('3')) });
    for (const bytes of [archive, gzipSync(archive)]) expect((await read(bytes)).ids).toEqual(['1', '2', '3']);
  });

  test('archives in archives', async () => {
    const inner = zipSync({ 'inner.json': LOG });
    const outer = await tar({ 'inner.zip': Buffer.from(inner) });
    expect((await read(zipSync({ 'outer.tar.gz': gzipSync(outer) }))).ids).toEqual(['1', '2']);
  });

  test('a depth beyond the bound is named', async () => {
    let nested: Uint8Array = zipSync({ 'a.json': LOG });
    for (let depth = 0; depth < 8; depth += 1) nested = zipSync({ 'a.zip': nested });
    expect(await read(nested)).toMatchObject({ ids: [], problem: 'in a.zip: a zip archive in 6 others is not opened' });
  });

  test.each([
    [
      'bzip2',
      'QlpoOTFBWSZTWTt/Fw8AAC+fgBAFYFAkIRmALiffKiAAUMYTEyYCYAAaKZqZBoaAD1PSETOAs3cGeIigN9hRtqFxkUvVOGujp58x6Xzs6ErLKZI/BmpVoBSauJN9rfQISccCrvHzGn4u5IpwoSB2/i4e',
    ],
    [
      'xz',
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABiAFNdAD2IiKejlK+N3xqX/HogZR1pYmCN0GA4mmu1d7KBPyL/ErLkvd+j851WEmw66wZGixelPQ++jNuTL8vQxSlqFkDhA4hlQkjlGZBkZli2sfGd2DVqAACh+6dEX0b3pAABb2Oh8lgWH7bzfQEAAAAABFla',
    ],
  ])('a %s file', async (_name, base64) => {
    expect(await read(Buffer.from(base64, 'base64'), 50)).toEqual({ ids: ['1'], records: 1, problem: null });
  });

  test('a Zstandard file', async () => {
    expect(await read(ZSTD_FRAME)).toEqual({ ids: ['1'], records: 1, problem: null });
  });

  test('a file that is no log is named beside those that are read', async () => {
    const zip = zipSync({
      'a.json': LOG,
      'b.html': Buffer.from('<!DOCTYPE html><title>Sign in</title>'),
      'c.json': lines('3'),
    });
    expect(await read(zip)).toEqual({
      ids: ['1', '2', '3'],
      records: 4,
      problem:
        'in b.html: no CloudTrail record is in it; it looks like an HTML page, such as a sign-in page: download the log files themselves again, signed in',
    });
  });

  test('an archive that is cut off gives the files before the cut', async () => {
    const zip = zipSync({ 'a.json': lines('1'), 'b.json': lines('2', '3', '4') }, { level: 0 });
    const cut = zip.subarray(0, zip.indexOf(0x34) > 0 ? zip.length - 700 : 0);
    const { ids, problem } = await read(cut);
    expect(ids.slice(0, 2)).toEqual(['1', '2']);
    expect(problem).toMatch(/breaks off/);
    const tgz = gzipSync(await tar({ 'a.json': lines('1'), 'b.json': lines('2') }));
    const half = await read(tgz.subarray(0, -20));
    expect(half.ids[0]).toBe('1');
    expect(half.problem).toMatch(/breaks off|damaged/);
  });

  test('bytes that only begin like an archive are named', async () => {
    for (const mark of ['504b0304', '28b52ffd', '425a6839314159265359', 'fd377a585a00']) {
      const { ids, problem } = await read(Buffer.concat([Buffer.from(mark, 'hex'), Buffer.alloc(600, 0x54)]));
      expect(ids).toEqual([]);
      expect(problem).toMatch(/damaged|without files|breaks off|cannot be read/);
    }
  });

  test('an archive without files is named', async () => {
    expect((await read(await tar({}))).problem).toMatch(/no CloudTrail record|without files/);
  });

  test('deflate that is no gzip is named as what it looks like', async () => {
    expect((await read(deflateRawSync(LOG))).problem).toMatch(/^no CloudTrail record is in it; it looks like /);
  });
});

describe('zip archives of other tools', () => {
  test('files that are compressed by bzip2 are read', async () => {
    expect(
      await read(
        Buffer.from(
          'UEsDBC4AAAAMAKVRfl36+Aq41AAAANkAAAAGAAAAYS5qc29uQlpoOTFBWSZTWW96o9AAAGxfgEAAUAf/8DQlGQA/L9+6MAC5aGqGmgADQAAADTQRJkZGmgAAAADQ0GmpPVGTxTRp6jymhoDTIGgUZG1ATkoSeFveDRK7GCfaon0kwpzj8RfctVPV98ZTtBGnLFJK95Eysr2baN1b0R7na2LhyOEzIkcYW4g5pun3pcO0Ucv9naVIggiQAmY/sYDnJfJ3UJSCMKGCbKQ9IXZSkmaOHBESwDGVBvkWQitEDY121ECIjABIcHQWT4UPxdyRThQkG96o9ABQSwECLgMuAAAADAClUX5d+vgKuNQAAADZAAAABgAAAAAAAAAAAAAAgAEAAAAAYS5qc29uUEsFBgAAAAABAAEANAAAAPgAAAAAAA==',
          'base64',
        ),
      ),
    ).toEqual({ ids: ['1'], records: 1, problem: null });
  });

  test('files that are compressed by LZMA are named', async () => {
    const { problem } = await read(
      Buffer.from(
        'UEsDBD8AAgAOAKVRfl36+Aq4tgAAANkAAAAGAAAAYS5qc29uCQQFAF0AAIAAAD2IiKejlK+N3xqX/HogZR1pYh37iN1OPTkoboS+tdaxeTGK4ysc6s3105Dtxjqw2eht0Ma/aRPMTFVw9mT4axp4gVgzAgbNPRviFNzZkT7GJ2UlP+X2Co6ZcwhH9FnVxwL7OkZbNXp/QG5hQdb7pWrnL572uQYj6YGhlk3mibsHJgrGuemqzTJYUA0TNQcssHvMX71ea8ZkVV7yOZPo6BreWmN2UxTn/75yfgBQSwECPwM/AAIADgClUX5d+vgKuLYAAADZAAAABgAAAAAAAAAAAAAAgAEAAAAAYS5qc29uUEsFBgAAAAABAAEANAAAANoAAAAAAA==',
        'base64',
      ),
    );
    expect(problem).toMatch(/^in a.json: .*method 14 of compressing is not known: unpack it first/);
  });

  test('a password is named', async () => {
    const zip = Buffer.from(zipSync({ 'a.json': LOG }));
    zip[6] = 1;
    expect((await read(zip)).problem).toMatch(/it looks like a zip archive with a password: unpack it first$/);
  });

  test('Office documents are read, and named once where they hold no record', async () => {
    const parts = { '[Content_Types].xml': Buffer.from('<?xml version="1.0"?><Types/>') };
    const cell = `<?xml version="1.0"?><sst><si><t>${TEXT.replaceAll('"', '&quot;')}</t></si></sst>`;
    const sheet = zipSync({ ...parts, 'xl/sharedStrings.xml': Buffer.from(cell) });
    expect(await read(sheet)).toEqual({ ids: ['1'], records: 1, problem: null });
    const empty = zipSync({ ...parts, 'xl/sharedStrings.xml': Buffer.from('<sst><si><t>a</t></si></sst>') });
    expect((await read(empty)).problem).toBe(
      'no CloudTrail record is in it; it looks like an Office document: save it as CSV or export the records as JSON',
    );
  });

  test('what file managers write beside files is passed over', async () => {
    const beside = Buffer.concat([Buffer.from('00051607', 'hex'), Buffer.alloc(100)]);
    expect(await read(await tar({ './._a.json': beside, './a.json': LOG }))).toMatchObject({
      ids: ['1', '2'],
      problem: null,
    });
  });
});

describe('encodings of text', () => {
  const quoted = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const BOTH = JSON.stringify({ Records: [sessionCall('1'), sessionCall('2')] });
  const splunk = (text: string): string =>
    `<?xml version='1.0'?>\n<results><result offset='0'><field k='_raw'><v trim='0'>${text}</v></field></result></results>`;

  test.each([
    ['base64', LOG.toString('base64')],
    ['base64 in lines', LOG.toString('base64').replaceAll(/.{76}/g, '$&\n')],
    ['base64 of gzip', gzipSync(LOG).toString('base64')],
    ['a word of base64 for each record', [lines('1'), lines('2')].map((line) => line.toString('base64')).join('\n')],
    ['zlib', deflateSync(LOG).toString('latin1')],
    ['XML of Splunk', splunk(quoted(LOG.toString()))],
    [
      'XML of Splunk, with a word highlighted',
      splunk(quoted(LOG.toString()).replace('198.51.100.7', '<sg h="1">198.51.100.7</sg>')),
    ],
    ['XML with CDATA', `<r><![CDATA[${LOG.toString()}]]></r>`],
    ['HTML', `<!DOCTYPE html><html><title>x</title><pre>${quoted(LOG.toString())}</pre></html>`],
    ['JSON in a string', JSON.stringify(BOTH)],
    ['JSON in a string in a string', JSON.stringify(JSON.stringify(BOTH))],
    ['strings behind time stamps', `a ${JSON.stringify(TEXT)}\nb ${JSON.stringify(lines('2').toString())},\n`],
  ])('%s', async (_name, text) => {
    for (const size of [1, 100, 1 << 20]) {
      const { ids, problem } = await read(Buffer.from(text, 'latin1'), size);
      expect({ ids, problem }).toEqual({ ids: ['1', '2'], problem: null });
    }
  });
});

describe('a file without records is named by what it looks like', () => {
  test.each([
    ['AQICAHhwz', 'ciphertext of AWS KMS'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'a Git LFS pointer'],
    ['\n<html><body>Sign in</body></html>', 'an HTML page'],
    ['<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', 'an error message of S3'],
    ['version account-id interface-id srcaddr\n2 111122223333 eni-1', 'VPC flow logs'],
    ['{"fileVersion":"1.0","configurationItems":[{"resourceId":"x"}]}', 'a snapshot of AWS Config'],
    ['{"message":"Forbidden"}', 'an error message'],
    ['{"s3Bucket":"trail","s3ObjectKey":["x.json.gz"]}', 'notifications that log files were written'],
    [
      '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{},"s3":{}}]}',
      'notifications that log files were written',
    ],
    ['2026-08-03T10:00:00.0Z my-lb 192.0.2.5:443 10.0.0.1:80 0.0 0.0', 'load balancer access logs'],
    ['#Version: 1.0\n#Fields: date time c-ip\n', 'CloudFront access logs'],
    ['{"timestamp":1,"webaclId":"x"}', 'AWS WAF logs'],
    ['{"query_timestamp":"x"}', 'Route 53 Resolver query logs'],
    ['{"events":[{"udm":{}}]}', 'events of Google Security Operations'],
    ["{'Records': [{'eventName': 'X'}]}", 'an object printed by Python'],
    ['From: a@example.com\nSubject: logs\n\nsee there\n', 'an e-mail'],
    ['PK\u0007\u0008x', 'the first part of a split zip archive'],
    ['"a string"', 'JSON of another kind'],
    ['{"a":[1,2]}', 'JSON of another kind'],
    ['call Alice', 'text of another kind'],
    ['Event ID,Event time,User name,Event name,AWS access key\n1,2,3,4,5\n', 'the CSV of Event history'],
    ['a,b,c,d\n1,2,3,4\n', 'a CSV file without records'],
    ['%PDF-1.7', 'a PDF'],
    ['\u0000\u0001\u0002\u0003', 'a binary or encrypted file'],
  ])('%j: %s', async (text, what) => {
    const { problem } = await read(Buffer.from(text));
    expect(problem).toContain(`no CloudTrail record is in it; it looks like ${what}`);
  });

  test.each([
    ['a digest', JSON.stringify({ digestStartTime: 'x', digestS3Bucket: 'b' })],
    ['an empty log file', '{"Records":[]}'],
    ['a file of users', JSON.stringify(foreignCall('u'))],
    ['nothing', ''],
  ])('%s is no problem', async (_name, text) => {
    expect((await read(Buffer.from(text))).problem).toBeNull();
  });
});
