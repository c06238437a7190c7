import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { manualClock } from './clock';
import { startWireServer, type WireServer } from './wire-server';

const OWNER = '111122223333';
const READER = '444455556666';
const KEY = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/09/01/a b+ü_1.json.gz';
let wire: WireServer;
let s3: S3Client;

beforeEach(async () => {
  wire = await startWireServer({ clock: manualClock('2026-09-01T00:00:00.500Z') });
  s3 = new S3Client(wire.clientConfig());
  wire.s3.createBucket('trail', { owner: OWNER, region: 'eu-central-1', readers: [READER] });
});

afterEach(async () => {
  s3.destroy();
  await wire.close();
});

function get(key: string, given: { ExpectedBucketOwner?: string } = {}) {
  return s3.send(new GetObjectCommand({ Bucket: 'trail', Key: key, ...given }));
}

async function bytesOf(body: AsyncIterable<Uint8Array> | undefined): Promise<{ bytes: Buffer; pieces: number }> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return { bytes: Buffer.concat(pieces), pieces: pieces.length };
}

describe('GetObject', () => {
  test('streams exactly the bytes that were put, gzip untouched', async () => {
    const text = Array.from({ length: 40_000 }, (_, index) => String((index * 7919) % 100_003)).join();
    const gzipped = gzipSync(text);
    wire.s3.put('trail', KEY, gzipped, { contentType: 'application/json', contentEncoding: 'gzip' });
    const answer = await get(KEY);
    expect(answer).toMatchObject({
      ContentType: 'application/json',
      ContentEncoding: 'gzip',
      ContentLength: gzipped.length,
    });
    expect(answer.LastModified).toEqual(new Date('2026-09-01T00:00:00Z'));
    const { bytes, pieces } = await bytesOf(answer.Body as AsyncIterable<Uint8Array> | undefined);
    expect(bytes).toEqual(gzipped);
    expect(gunzipSync(bytes).toString()).toBe(text);
    expect(gzipped.length).toBeGreaterThan(65_536);
    expect(pieces).toBeGreaterThan(1);
  });

  test('gives an empty object', async () => {
    wire.s3.put('trail', 'empty', '');
    expect(await (await get('empty')).Body?.transformToString()).toBe('');
  });

  test('refuses unknown keys and buckets', async () => {
    await expect(get('none')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const elsewhere = new GetObjectCommand({ Bucket: 'none', Key: 'k' });
    await expect(s3.send(elsewhere)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('is for the owner and the accounts it lets read', async () => {
    wire.s3.put('trail', 'k', 'x');
    const read = (account: string) => {
      const client = new S3Client(wire.clientConfig({ account }));
      return client.send(new GetObjectCommand({ Bucket: 'trail', Key: 'k' })).finally(() => client.destroy());
    };
    await read(READER);
    await expect(read('777788889999')).rejects.toMatchObject({ name: 'AccessDenied' });
    const client = new S3Client(wire.clientConfig({ account: READER }));
    const write = new PutObjectCommand({ Bucket: 'trail', Key: 'k', Body: 'y' });
    await expect(client.send(write)).rejects.toMatchObject({ name: 'AccessDenied' });
    client.destroy();
  });

  test('denies where the bucket is not of the expected owner', async () => {
    wire.s3.put('trail', 'k', 'x');
    await get('k', { ExpectedBucketOwner: OWNER });
    await expect(get('k', { ExpectedBucketOwner: READER })).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('redirects from the wrong Region', async () => {
    const client = new S3Client(wire.clientConfig({ region: 'us-east-1' }));
    const command = new GetObjectCommand({ Bucket: 'trail', Key: 'k' });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'PermanentRedirect' });
    client.destroy();
  });

  test('a connection cut midway is an error of the stream, not a short object', async () => {
    wire.s3.put('trail', 'k', Buffer.alloc(200_000, 'x'));
    wire.fail({ operation: 'GetObject' }, { kind: 'drop-midway' });
    await expect(get('k').then((answer) => answer.Body?.transformToByteArray())).rejects.toThrow();
    expect((await (await get('k')).Body?.transformToByteArray())?.length).toBe(200_000);
  });

  test('sends the CRC32 that the SDK verifies', async () => {
    // The check value of CRC-32, cbf43926.
    wire.s3.put('trail', 'k', '123456789');
    const answer = await get('k');
    expect(answer.ChecksumCRC32).toBe('y/Q5Jg==');
    expect(await answer.Body?.transformToString()).toBe('123456789');
  });

  test('answers with a range of an object, which ends with it', async () => {
    wire.s3.put('trail', 'k', '123456789');
    const range = (Range: string) => s3.send(new GetObjectCommand({ Bucket: 'trail', Key: 'k', Range }));
    const { ContentRange, Body } = await range('bytes=7-99');
    expect([ContentRange, await Body?.transformToString()]).toEqual(['bytes 7-8/9', '89']);
    await expect(range('bytes=9-9')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('says what it does not model', async () => {
    wire.s3.put('trail', 'k', 'x');
    const range = new GetObjectCommand({ Bucket: 'trail', Key: 'k', Range: 'bytes=-1' });
    await expect(s3.send(range)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

const putAt = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'trail', Key, Body: 'x' }));

describe('PutObject and HeadObject', () => {
  test.each([
    ['bytes', () => Buffer.from('body ü')],
    ['a stream', () => Readable.from([Buffer.from('body '), Buffer.from('ü')])],
  ])('put %s', async (_, body) => {
    const form = { ContentType: 'text/plain', ContentEncoding: 'identity', Metadata: { version: '7' } };
    const put = new PutObjectCommand({ Bucket: 'trail', Key: KEY, Body: body(), ContentLength: 7, ...form });
    const { ETag: etag } = await s3.send(put);
    expect(wire.s3.get('trail', KEY)).toMatchObject({ bytes: Buffer.from('body ü'), contentEncoding: 'identity' });
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'trail', Key: KEY }));
    expect(head).toMatchObject({ ...form, ContentLength: 7, ETag: etag });
    expect(await (await get(KEY)).Body?.transformToString()).toBe('body ü');
  });

  test('refuses a body that is not what its checksum says', async () => {
    const put = new PutObjectCommand({ Bucket: 'trail', Key: 'k', Body: 'body', ChecksumCRC32: 'AAAAAA==' });
    await expect(s3.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
    expect(wire.s3.keys('trail')).toEqual([]);
  });

  test('refuses a key of more than 1,024 bytes', async () => {
    await expect(putAt('ü'.repeat(513))).rejects.toMatchObject({ name: 'KeyTooLongError' });
    await putAt('ü'.repeat(512));
  });

  test('HeadObject of what is not there is NotFound', async () => {
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'trail', Key: 'none' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});

const list = (given: Partial<ListObjectsV2CommandInput> = {}) =>
  s3.send(new ListObjectsV2Command({ Bucket: 'trail', ...given }));

const keysOf = async (given: Partial<ListObjectsV2CommandInput>) =>
  (await list(given)).Contents?.map(({ Key: key }) => key);

describe('ListObjectsV2', () => {
  test('lists in binary order, by prefix and after a key', async () => {
    for (const key of ['b/2', 'a/1', 'b/1', '\u{1f600}', '\uffee', 'a&<"']) wire.s3.put('trail', key, 'x');
    expect(await keysOf({})).toEqual(['a&<"', 'a/1', 'b/1', 'b/2', '\uffee', '\u{1f600}']);
    expect(await keysOf({ Prefix: 'b/' })).toEqual(['b/1', 'b/2']);
    expect(await keysOf({ StartAfter: 'b/1' })).toEqual(['b/2', '\uffee', '\u{1f600}']);
    expect(await list({ Prefix: 'none' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test('rolls up by delimiter', async () => {
    for (const key of ['AWSLogs/1/x', 'AWSLogs/1/y', 'AWSLogs/2/x', 'AWSLogs/z']) wire.s3.put('trail', key, 'x');
    const answer = await list({ Prefix: 'AWSLogs/', Delimiter: '/' });
    expect(answer.CommonPrefixes).toEqual([{ Prefix: 'AWSLogs/1/' }, { Prefix: 'AWSLogs/2/' }]);
    expect(answer.Contents).toMatchObject([{ Key: 'AWSLogs/z', Size: 1 }]);
  });

  test('pages through everything once, at most 1,000 at a time', async () => {
    const keys = Array.from({ length: 1002 }, (_, index) => String(index).padStart(4, '0'));
    for (const key of keys) wire.s3.put('trail', key, 'x');
    const first = await list({ MaxKeys: 5000 });
    expect(first).toMatchObject({ KeyCount: 1000, MaxKeys: 1000, IsTruncated: true });
    const second = await list({ ContinuationToken: first.NextContinuationToken });
    expect([...(first.Contents ?? []), ...(second.Contents ?? [])].map(({ Key: key }) => key)).toEqual(keys);
    expect(second.IsTruncated).toBe(false);
    await expect(list({ ContinuationToken: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});
