import { deflateRawSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { readInput } from '../../../bin/inputs/read-input';
import { chunksOf, sessionCall, userCall } from '../../lambda/trail-files/trail-fixtures';

const lines = (...ids: string[]): Buffer => Buffer.from(ids.map((id) => JSON.stringify(sessionCall(id))).join('\n'));
const LOG = Buffer.from(JSON.stringify({ Records: [sessionCall('1'), userCall('u'), sessionCall('2')] }));

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
      const { ids, problem } = await read(Buffer.concat([Buffer.from(mark, 'hex'), Buffer.alloc(600, 0x55)]));
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

describe('a file without records is named by what it looks like', () => {
  test.each([
    ['AQICAHhwz', 'ciphertext of AWS KMS'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'a Git LFS pointer'],
    ['\n<html><body>Sign in</body></html>', 'an HTML page'],
    ['<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', 'an error message of S3'],
    ['version account-id interface-id srcaddr\n2 111122223333 eni-1', 'VPC flow logs'],
    ['{"fileVersion":"1.0","configurationItems":[{"resourceId":"x"}]}', 'a snapshot of AWS Config'],
    ['{"message":"Forbidden"}', 'an error message'],
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
    ['a file of users', JSON.stringify(userCall('u'))],
    ['nothing', ''],
  ])('%s is no problem', async (_name, text) => {
    expect((await read(Buffer.from(text))).problem).toBeNull();
  });
});
