import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  GetBucketAcl$,
  GetObject$,
  HeadObject$,
  ListObjectsV2$,
  PutObject$,
  type GetBucketAclCommandInput,
  type GetBucketAclOutput,
  type GetObjectCommandInput,
  type HeadObjectCommandInput,
  type ListObjectsV2CommandInput,
  type ListObjectsV2Output,
  type PutObjectCommandInput,
  type PutObjectOutput,
} from '@aws-sdk/client-s3';
import type { Clock } from './clock';
import { operation, type Call, type Service } from './operation';
import { s3Rest, wrongRegion } from './protocols/s3-rest';
import { listing } from './s3-listing';
import { inBytes, type StoredObject } from './stored-object';
import { WireError } from './wire-error';

export interface BucketSettings {
  /** The owner's account, which may do everything. */
  readonly owner: string;
  readonly region: string;
  /** Other accounts that may read; nobody unless told. */
  readonly readers?: readonly string[];
}

export interface S3 {
  createBucket(name: string, settings: BucketSettings): void;
  /** Puts an object as its owner, without a request; `owner`: the account, the bucket's unless told. */
  put(
    bucket: string,
    key: string,
    bytes: Uint8Array | string,
    form?: { contentType?: string; contentEncoding?: string; owner?: string },
  ): void;
  /** The object, undefined where there is none. */
  get(bucket: string, key: string): StoredObject | undefined;
  /** All keys, in S3's order. */
  keys(bucket: string): string[];
}

interface Bucket {
  readonly settings: BucketSettings;
  readonly objects: Map<string, StoredObject>;
}

interface Place {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/** User guide, "Naming Amazon S3 objects": at most 1,024 bytes of UTF-8. */
const KEY_BYTES = 1024;

export function s3(clock: Clock): { state: S3; service: Service } {
  const buckets = new Map<string, Bucket>();

  function find(name: string | undefined): Bucket {
    const bucket = buckets.get(name ?? '');
    if (bucket) return bucket;
    throw new WireError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }

  /** API Reference, common request header x-amz-expected-bucket-owner: 403 Access Denied for another owner. */
  function allowed(place: Place, call: Call, action: 'read' | 'write'): Bucket {
    const bucket = find(place.Bucket);
    const { owner, region, readers = [] } = bucket.settings;
    const may = call.account === owner || (action === 'read' && readers.includes(call.account));
    const expected = place.ExpectedBucketOwner ?? owner;
    if (!may || expected !== owner) throw new WireError('AccessDenied', 'Access Denied', 403);
    if (region !== call.region) throw wrongRegion(region);
    return bucket;
  }

  function store(bucket: Bucket, object: Omit<StoredObject, 'etag' | 'lastModified'>): StoredObject {
    const etag = `"${createHash('md5').update(object.bytes).digest('hex')}"`;
    // HTTP dates have whole seconds.
    const lastModified = new Date(Math.floor(clock.now() / 1000) * 1000);
    const stored = { ...object, etag, lastModified };
    bucket.objects.set(object.key, stored);
    return stored;
  }

  function objectAt(input: Place & { Key?: string | undefined }, call: Call): StoredObject {
    const object = allowed(input, call, 'read').objects.get(input.Key ?? '');
    if (object) return object;
    throw new WireError('NoSuchKey', 'The specified key does not exist.', 404);
  }

  function getObject(input: GetObjectCommandInput, call: Call): object {
    const object = objectAt(input, call);
    if (input.Range !== undefined) return rangeOf(object, input.Range);
    return { ...described(object, input.ChecksumMode), Body: object.bytes };
  }

  function headObject(input: HeadObjectCommandInput, call: Call): object {
    return described(objectAt(input, call), input.ChecksumMode);
  }

  function putObject(input: PutObjectCommandInput, call: Call): PutObjectOutput {
    const bucket = allowed(input, call, 'write');
    const bytes = Buffer.isBuffer(input.Body) ? input.Body : Buffer.alloc(0);
    const key = input.Key ?? '';
    if (Buffer.byteLength(key, 'utf8') > KEY_BYTES) throw new WireError('KeyTooLongError', 'Your key is too long');
    if (input.ChecksumCRC32 !== undefined && input.ChecksumCRC32 !== checksum(bytes)) {
      throw new WireError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
    }
    const { ContentType: contentType, ContentEncoding: contentEncoding, Metadata: metadata = {} } = input;
    const owner = canonicalId(call.account);
    const stored = store(bucket, { key, bytes, contentType, contentEncoding, metadata, owner });
    return { ETag: stored.etag, ChecksumCRC32: checksum(bytes) };
  }

  function bucketAcl(input: GetBucketAclCommandInput, call: Call): GetBucketAclOutput {
    return { Owner: { ID: canonicalId(allowed(input, call, 'read').settings.owner) }, Grants: [] };
  }

  function listObjects(input: ListObjectsV2CommandInput, call: Call): ListObjectsV2Output {
    return listing(input, [...allowed(input, call, 'read').objects.values()]);
  }

  return {
    service: {
      name: 's3',
      protocol: s3Rest(),
      refusal: { missing: 'InvalidRequest', invalid: 'InvalidArgument' },
      throttle: { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 },
      operations: [
        operation(GetBucketAcl$, { honours: ['Bucket', 'ExpectedBucketOwner'] }, bucketAcl),
        operation(
          GetObject$,
          { honours: ['Bucket', 'Key', 'ExpectedBucketOwner', 'ChecksumMode', 'Range'] },
          getObject,
        ),
        operation(HeadObject$, { honours: ['Bucket', 'Key', 'ExpectedBucketOwner', 'ChecksumMode'] }, headObject),
        operation(
          PutObject$,
          {
            honours: [
              'Bucket',
              'Key',
              'Body',
              'ContentType',
              'ContentEncoding',
              'ContentLength',
              'Metadata',
              'ExpectedBucketOwner',
              'ChecksumAlgorithm',
              'ChecksumCRC32',
            ],
          },
          putObject,
        ),
        operation(
          ListObjectsV2$,
          {
            honours: [
              'Bucket',
              'Prefix',
              'Delimiter',
              'MaxKeys',
              'FetchOwner',
              'StartAfter',
              'ContinuationToken',
              'ExpectedBucketOwner',
            ],
          },
          listObjects,
        ),
      ],
    },
    state: {
      createBucket(name, settings) {
        buckets.set(name, { settings, objects: new Map() });
      },
      put(bucket, key, bytes, form = {}) {
        const place = find(bucket);
        store(place, {
          key,
          bytes: Buffer.from(bytes),
          contentType: form.contentType,
          contentEncoding: form.contentEncoding,
          metadata: {},
          owner: canonicalId(form.owner ?? place.settings.owner),
        });
      },
      get: (bucket, key) => find(bucket).objects.get(key),
      keys: (bucket) => [...find(bucket).objects.keys()].sort(inBytes),
    },
  };
}

/** S3 names owners by ids of 64 hexadecimal digits. */
function canonicalId(account: string): string {
  return createHash('sha256').update(account).digest('hex');
}

function described(object: StoredObject, checksumMode: string | undefined): object {
  return {
    ContentLength: object.bytes.length,
    ContentType: object.contentType ?? 'binary/octet-stream',
    ContentEncoding: object.contentEncoding,
    ETag: object.etag,
    LastModified: object.lastModified,
    Metadata: object.metadata,
    ...(checksumMode === 'ENABLED' ? { ChecksumCRC32: checksum(object.bytes), ChecksumType: 'FULL_OBJECT' } : {}),
  };
}

/** User guide, "Downloading objects": a range that begins in the object ends with it at the latest, and has no checksum. */
function rangeOf(object: StoredObject, range: string): object {
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (from === '') throw new WireError('NotImplemented', 'only ranges with a first and a last byte are modelled', 501);
  const size = object.bytes.length;
  if (Number(from) >= size) throw new WireError('InvalidRange', 'The requested range is not satisfiable', 416);
  const bytes = object.bytes.subarray(Number(from), Number(to) + 1);
  const ContentRange = `bytes ${from}-${Number(from) + bytes.length - 1}/${size}`;
  return { ...described(object, undefined), ContentLength: bytes.length, ContentRange, Body: bytes };
}

function checksum(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
