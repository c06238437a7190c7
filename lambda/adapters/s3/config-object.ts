import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3ServiceException,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Bucket and key of a document; the bucket must belong to the account `owner`. */
export interface ConfigPlace {
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
}

export interface ConfigObject {
  readonly text: string;
  readonly etag: string;
}

/** The object's ETag; null if there is no object. */
export async function etagOf(client: S3Client, place: ConfigPlace): Promise<string | null> {
  const head = await unlessMissing(() => client.send(new HeadObjectCommand(request(place))));
  return head?.ETag ?? null;
}

/** The object as text; null if there is no object. */
export async function readConfigObject(client: S3Client, place: ConfigPlace): Promise<ConfigObject | null> {
  const object = await unlessMissing(() => client.send(new GetObjectCommand(request(place))));
  if (!object?.Body) return null;
  return { text: await object.Body.transformToString('utf-8'), etag: object.ETag ?? '' };
}

export async function writeConfigObject(client: S3Client, place: ConfigPlace, text: string): Promise<void> {
  await client.send(new PutObjectCommand({ ...request(place), Body: text, ContentType: 'application/json' }));
}

function request({ bucket, key, owner }: ConfigPlace): { Bucket: string; Key: string; ExpectedBucketOwner: string } {
  return { Bucket: bucket, Key: key, ExpectedBucketOwner: owner };
}

async function unlessMissing<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await ask();
  } catch (error) {
    // A HEAD response has no body, so the name derives from its status.
    if (error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return null;
    throw error;
  }
}
