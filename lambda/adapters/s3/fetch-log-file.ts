import {
  GetBucketAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { UnreadFile } from '../../hunting/unread-files';

export interface LogBucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** The account it belongs to. */
  readonly owner: string;
}

export type FetchedFile = { readonly bytes: Buffer } | { readonly problem: UnreadFile };

/** Fetches log files. Throws what a later attempt may not meet. */
export class LogFileFetcher {
  readonly #from: LogBucket;
  #bucketOwner: Promise<string | null> | null = null;

  constructor(from: LogBucket) {
    this.#from = from;
  }

  async fetch(file: string): Promise<FetchedFile> {
    const { client, bucket, owner } = this.#from;
    try {
      const request = new GetObjectCommand({ Bucket: bucket, Key: file, ExpectedBucketOwner: owner });
      const { Body: body } = await client.send(request);
      return { bytes: Buffer.from((await body?.transformToByteArray()) ?? []) };
    } catch (error) {
      const problem = problemOf(error);
      if (problem === null) throw error;
      const isOthers = problem.kind === 'denied' && (await this.#isOfOtherOwner(file));
      return { problem: { file, ...problem, ...(isOthers && { kind: 'other-owner' }) } };
    }
  }

  /** S3 denies such objects like any others; who owns them is in listings. False where that may not be asked. */
  async #isOfOtherOwner(key: string): Promise<boolean> {
    const { client, bucket, owner } = this.#from;
    this.#bucketOwner ??= this.#ownerOfBucket();
    const bucketOwner = await this.#bucketOwner;
    if (bucketOwner === null) return false;
    const request = { Bucket: bucket, ExpectedBucketOwner: owner, Prefix: key, MaxKeys: 1, FetchOwner: true };
    const { Contents: [found] = [] } = await client
      .send(new ListObjectsV2Command(request))
      .catch(orIfDenied({ Contents: [] }));
    return found?.Key === key && found.Owner?.ID !== undefined && found.Owner.ID !== bucketOwner;
  }

  async #ownerOfBucket(): Promise<string | null> {
    const { client, bucket, owner } = this.#from;
    const request = new GetBucketAclCommand({ Bucket: bucket, ExpectedBucketOwner: owner });
    const { Owner: found } = await client.send(request).catch(orIfDenied({ Owner: undefined }));
    return found?.ID ?? null;
  }
}

function orIfDenied<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof S3ServiceException && error.name === 'AccessDenied') return value;
    throw error;
  };
}

/** Null if a retry may help. */
function problemOf(error: unknown): Omit<UnreadFile, 'file'> | null {
  if (!(error instanceof S3ServiceException)) return null;
  const { name, message } = error;
  if (name === 'NoSuchKey') return { kind: 'vanished', reason: 'it was deleted after the hunt was planned' };
  if (name === 'InvalidObjectState')
    return { kind: 'archived', reason: `it is archived, and must be restored first (${message})` };
  if (name.startsWith('KMS.'))
    return { kind: 'key-denied', reason: `its encryption key cannot be used (${name}: ${message})` };
  if (name === 'InvalidRequest' && /encrypt/i.test(message))
    return {
      kind: 'key-denied',
      reason: `its encryption key was given by a client (SSE-C), and is not known (${message})`,
    };
  if (name !== 'AccessDenied') return null;
  return /\bkms:/i.test(message)
    ? { kind: 'key-denied', reason: `its encryption key is denied (${message})` }
    : { kind: 'denied', reason: `it is denied: ${message}` };
}
