import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { huntHandler } from '../../lambda/hunt';
import { startWireServer, type WireServer } from '../wire-server/wire-server';

const HUB = '111122223333';
const NOW = Date.parse('2026-10-08T00:00:00Z');
let wire: WireServer;

beforeEach(async () => {
  wire = await startWireServer({ account: HUB });
  wire.s3.createBucket('hunt-work', { owner: HUB, region: 'eu-central-1' });
});

afterEach(() => wire.close());

/** Runs a stage of a hunt whose work is kept until a time. */
async function check(expires: number): Promise<unknown> {
  const plan = {
    files: 0,
    bytes: 0,
    batches: 0,
    parts: 1,
    batchRuns: 0,
    partRuns: 1,
    key: [1, 2],
    expires,
    until: NOW,
  };
  wire.s3.put('hunt-work', 'hunts/autumn/plan/plan.json', Buffer.from(JSON.stringify(plan)));
  const clients = {
    s3: new S3Client({ ...wire.clientConfig(), forcePathStyle: true }),
    dynamodb: new DynamoDBClient(wire.clientConfig()),
    sqs: new SQSClient(wire.clientConfig()),
  };
  const handle = huntHandler({
    ...clients,
    loadReportFiles: () => Promise.reject(new Error('not of this stage')),
    environment: {
      huntBucket: 'hunt-work',
      functionMemory: 1_769,
      hubAccount: HUB,
      trailBucket: null,
      trailBucketOwner: null,
      trailPrefix: '',
      lockTable: null,
      publishingQueueUrl: null,
      configBucket: null,
      settingsKey: null,
      ipRangesKey: null,
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => NOW,
  });
  return handle({ stage: 'check', hunt: 'autumn' }).finally(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
}

test('a stage runs while all work of its hunt is kept', async () => {
  await expect(check(NOW + 1)).resolves.toEqual({});
});

test('a stage of a hunt whose work may be deleted in part fails, and is not tried again', async () => {
  await expect(check(NOW)).rejects.toMatchObject({
    name: 'WorkExpired',
    message: 'the work of this hunt is older than huntWorkDays, and some of it may be deleted: start another',
  });
});
