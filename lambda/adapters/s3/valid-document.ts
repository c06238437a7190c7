import type { S3Client } from '@aws-sdk/client-s3';
import type { Result } from '../../detection/model/result';
import { readConfigObject, type ConfigPlace } from './config-object';

/** The JSON text of the first of these documents that is there and valid; null where none is. */
export async function validDocument(
  client: S3Client,
  places: readonly ConfigPlace[],
  read: (text: string) => Result<unknown>,
): Promise<string | null> {
  for (const place of places) {
    const object = await readConfigObject(client, place);
    if (object && 'value' in read(object.text)) return object.text.replace(/^\uFEFF/, '');
  }
  return null;
}
