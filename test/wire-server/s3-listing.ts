import type { ListObjectsV2CommandInput, ListObjectsV2Output } from '@aws-sdk/client-s3';
import { inBytes, type StoredObject } from './stored-object';
import { WireError } from './wire-error';

/** API Reference, ListObjectsV2: "up to 1,000 of the objects"; more asked for gives 1,000. */
const KEYS = 1000;

type Row = { readonly key: string; readonly object?: StoredObject };

/** One page: objects and common prefixes together, in the binary order of UTF-8. */
export function listing(input: ListObjectsV2CommandInput, objects: readonly StoredObject[]): ListObjectsV2Output {
  const { Prefix: prefix = '', Delimiter: delimiter, MaxKeys: wanted = KEYS, ContinuationToken: token } = input;
  const after = token === undefined ? (input.StartAfter ?? '') : fromToken(token);
  const size = Math.min(wanted, KEYS);
  const rows = rolledUp(objects, prefix, delimiter).filter(({ key }) => after === '' || inBytes(key, after) > 0);
  const part = rows.slice(0, size);
  const truncated = rows.length > part.length;
  const last = part.at(-1)?.key;
  return {
    Name: input.Bucket,
    Prefix: prefix,
    Delimiter: delimiter,
    MaxKeys: size,
    KeyCount: part.length,
    IsTruncated: truncated,
    NextContinuationToken: truncated && last !== undefined ? toToken(last) : undefined,
    Contents: part.flatMap(({ object }) => (object ? [contents(object, input.FetchOwner === true)] : [])),
    CommonPrefixes: part.flatMap(({ key, object }) => (object ? [] : [{ Prefix: key }])),
  };
}

function rolledUp(objects: readonly StoredObject[], prefix: string, delimiter: string | undefined): Row[] {
  const rows = new Map<string, Row>();
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const cut = delimiter === undefined ? -1 : object.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : object.key.slice(0, cut + (delimiter ?? '').length);
    if (common === undefined) rows.set(`o${object.key}`, { key: object.key, object });
    else rows.set(`p${common}`, { key: common });
  }
  return [...rows.values()].sort((left, right) => inBytes(left.key, right.key));
}

function contents(object: StoredObject, withOwner: boolean): NonNullable<ListObjectsV2Output['Contents']>[number] {
  return {
    Owner: withOwner ? { ID: object.owner } : undefined,
    Key: object.key,
    Size: object.bytes.length,
    ETag: object.etag,
    LastModified: object.lastModified,
    StorageClass: 'STANDARD',
  };
}

function toToken(key: string): string {
  return Buffer.from(`after:${key}`, 'utf8').toString('base64');
}

function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (text.startsWith('after:')) return text.slice('after:'.length);
  throw new WireError('InvalidArgument', 'The continuation token provided is incorrect');
}
