import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { WorkStore } from '../../hunting/work-store';

/** A folder of a bucket, which must belong to the account `owner`. */
export interface WorkPlace {
  readonly bucket: string;
  readonly owner: string;
  /** Ends in a slash. */
  readonly folder: string;
}

/** Of files that people open, by the ends of their names. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/jsonl; charset=utf-8',
};

function contentType(name: string): { ContentType?: string } {
  const type = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  return type === undefined ? {} : { ContentType: type };
}

export function s3WorkStore(client: S3Client, { bucket, owner, folder }: WorkPlace): WorkStore {
  const place = { Bucket: bucket, ExpectedBucketOwner: owner };
  const contentOf = async (name: string, range?: string): Promise<Uint8Array> => {
    const request = { ...place, Key: `${folder}${name}`, Range: range };
    const { Body: body } = await client.send(new GetObjectCommand(request));
    if (!body) throw new Error(`S3 gave no content of ${name}`);
    return body.transformToByteArray();
  };
  return {
    async put(name, body) {
      await client.send(new PutObjectCommand({ ...place, Key: `${folder}${name}`, Body: body, ...contentType(name) }));
    },
    get: (name) => contentOf(name),
    range: (name, from, length) => contentOf(name, `bytes=${from}-${from + length - 1}`),
    async list(prefix) {
      const names: string[] = [];
      const pages = paginateListObjectsV2({ client }, { ...place, Prefix: `${folder}${prefix}` });
      for await (const { Contents: objects = [] } of pages)
        for (const { Key: key = '' } of objects) names.push(key.slice(folder.length));
      return names.sort();
    },
  };
}
