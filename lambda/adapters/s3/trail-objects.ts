import { Readable } from 'node:stream';
import { GetObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import type { TrailObject } from '../../observing/message-envelope';
import { UnreadableObject } from '../../observing/observe-messages';

/**
 * Opens log files in the trail's bucket, which must belong to the account `owner`. Throws `UnreadableObject` if a retry
 * cannot help.
 */
export function openTrailObjects(
  client: S3Client,
  bucket: string,
  owner: string,
): (object: Pick<TrailObject, 'key'>) => Promise<AsyncIterable<Uint8Array>> {
  return async ({ key }) => {
    try {
      const { Body: body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }),
      );
      if (body instanceof Readable) return body;
    } catch (error) {
      throw asUnreadable(error);
    }
    throw new Error(`S3 gave no stream for ${key}`);
  };
}

function asUnreadable(error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const { name, message } = error;
  if (name === 'NoSuchKey') return new UnreadableObject('object-gone', message, { cause: error });
  if (name === 'AccessDenied') return new UnreadableObject('object-denied', message, { cause: error });
  // Archived objects, and objects whose encryption key is gone.
  if (name === 'InvalidObjectState' || name.startsWith('KMS.'))
    return new UnreadableObject('object-unreadable', `${name}: ${message}`, { cause: error });
  return error;
}
