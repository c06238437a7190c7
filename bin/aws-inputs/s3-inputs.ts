import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { STREAMING } from '../../lambda/adapters/client-settings';
import { logFileOf } from '../../lambda/adapters/s3/log-file-listing';
import { awsFault } from '../deployment/aws-fault';
import { clientOptions, type AwsInput, type AwsOptions } from './aws-input';

const ADDRESS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;
/** Written by consoles for folders. */
const FOLDER = /\/$/;

/**
 * The objects below `s3://bucket/prefix`. Account, Region and time of a log file are those in its key; objects that are no
 * log files of a trail are all read. Throws errors for the user.
 */
export async function* s3Inputs(address: string, options: AwsOptions): AsyncGenerator<AwsInput> {
  const [, bucket, prefix = ''] = ADDRESS.exec(address) ?? [];
  if (bucket === undefined) throw new Error(`${address} is not of the form s3://bucket/prefix`);
  const client = new S3Client({ ...STREAMING, ...clientOptions(options, null), followRegionRedirects: true });
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
  try {
    for await (const { Contents: objects = [] } of pages) {
      for (const { Key: key = '' } of objects) if (isWanted(key, options)) yield objectInput(client, bucket, key);
    }
  } catch (error) {
    throw awsFault(`list ${address}`, error);
  }
}

function isWanted(key: string, { account, region, from = 0, to = Infinity }: AwsOptions): boolean {
  if (FOLDER.test(key) || /\/CloudTrail-(?:Digest|Insight)\//.test(key)) return false;
  const file = logFileOf(`/${key}`, 0);
  if (file === null) return true;
  if (account && !account.includes(file.account)) return false;
  if (region && !region.includes(file.region)) return false;
  return file.written >= from && file.written < to;
}

function objectInput(client: S3Client, bucket: string, key: string): AwsInput {
  return {
    path: `s3://${bucket}/${key}`,
    async *open() {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (body && Symbol.asyncIterator in body)
        for await (const chunk of body) if (chunk instanceof Uint8Array) yield chunk;
    },
  };
}
