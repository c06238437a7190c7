import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Check, Report } from './check';
import { startEmulator, type ClientConfig } from './emulator';
import { built, execute, type Outcome, type Workshop } from './workshop';

const OWNER = { account: '111122223333', region: 'us-east-1' };
const BUCKET = 'organization-trail';
/** One listing has 1,000 keys at most. */
const OTHERS = 1_000;
const AT_ONCE = 50;

/** `credlock replay s3://…` over the demo's trail in moto's S3, compared with the same files on disk. */
export const checkS3Inputs: Check = {
  name: 's3-inputs',
  async run(workshop): Promise<Report> {
    await built(workshop);
    const emulator = await startEmulator(workshop);
    try {
      const config = await emulator.clientConfig(OWNER);
      const files = await demoFiles(workshop);
      const objects = await putObjects(workshop, config, files);
      const ofShop = files.filter((file) => file.includes('/444455556666/CloudTrail/'));
      const faults = [
        ...(await compared(workshop, config, ['s3://organization-trail/'], files)),
        ...(await compared(workshop, config, ['s3://organization-trail/', '--account', '444455556666'], ofShop)),
        ...(await absentFaults(workshop, config)),
      ];
      return {
        summary: `\`credlock replay s3://…\` finds in ${objects} objects of moto's S3 what it finds in ${files.length} files`,
        details: [],
        faults,
      };
    } finally {
      await emulator.close();
    }
  },
};

async function demoFiles({ root }: Workshop): Promise<string[]> {
  const names = await readdir(join(root, 'demo/trail'), { recursive: true });
  return names.filter((name) => name.endsWith('.json.gz')).sort();
}

/** The files under their own names, below a folder for each chapter, and as many digests as fill a listing. */
async function putObjects({ root }: Workshop, config: ClientConfig, files: readonly string[]): Promise<number> {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const digests = Array.from({ length: OTHERS }, (_, at) => `01/AWSLogs/1/CloudTrail-Digest/${at}.json.gz`);
  const objects = [
    ...digests.map((Key) => ({ Key, Body: Buffer.from('{}') })),
    ...(await Promise.all(files.map(async (Key) => ({ Key, Body: await readFile(join(root, 'demo/trail', Key)) })))),
  ];
  for (let from = 0; from < objects.length; from += AT_ONCE)
    await Promise.all(
      objects.slice(from, from + AT_ONCE).map((object) => s3.send(new PutObjectCommand({ Bucket: BUCKET, ...object }))),
    );
  s3.destroy();
  return objects.length;
}

async function compared(
  workshop: Workshop,
  config: ClientConfig,
  address: readonly string[],
  files: readonly string[],
): Promise<string[]> {
  const paths = files.map((file) => join(workshop.root, 'demo/trail', file));
  const [there, here] = [await replay(workshop, config, address), await replay(workshop, config, paths)];
  const wrong = [there, here].filter(({ status }) => status !== 0);
  return [
    ...wrong.map(({ status, stderr }) => `credlock replay ${address.join(' ')} exits with ${status}: ${stderr}`),
    ...(here.stdout === '' ? [`${address.join(' ')} has no findings to compare`] : []),
    ...(there.stdout === here.stdout ? [] : [`${address.join(' ')} gives other findings than the same files`]),
  ];
}

/** A bucket that is not there is an error and no empty trail. */
async function absentFaults(workshop: Workshop, config: ClientConfig): Promise<string[]> {
  const { status, stderr } = await replay(workshop, config, ['s3://no-such-bucket/']);
  return status !== 0 && stderr.includes('no-such-bucket') ? [] : [`a missing bucket exits with ${status}: ${stderr}`];
}

function replay({ root }: Workshop, config: ClientConfig, inputs: readonly string[]): Promise<Outcome> {
  const demo = join(root, 'demo');
  const given = ['--config', join(demo, 'credlock.json'), '--ip-ranges', join(demo, 'ip-ranges.json')];
  const env = {
    AWS_ENDPOINT_URL: config.endpoint,
    AWS_REGION: config.region,
    AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: config.credentials.secretAccessKey,
  };
  const cli = [join(root, 'dist/bin/credlock.js'), 'replay', ...inputs, ...given, '--format', 'jsonl'];
  return execute(process.execPath, cli, { env });
}
