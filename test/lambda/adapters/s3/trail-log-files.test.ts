import { S3Client } from '@aws-sdk/client-s3';
import { trailLogFiles } from '../../../../lambda/adapters/s3/trail-log-files';
import { startWireServer } from '../../../wire-server/wire-server';

const OWNER = '111122223333';
const REGION = 'eu-west-1';

test.each([
  ['2026-09-15T12:00:00Z', '2026-10-01T06:00:00Z', ['20260920T0000Z', '20261001T0500Z']],
  ['2026-09-15T12:00:00Z', '2026-10-01T05:00:00Z', ['20260920T0000Z']],
])('lists the log files of all months from %s to %s', async (from, to, expected) => {
  const wire = await startWireServer({ account: OWNER, region: REGION });
  const { accessKeyId, secretAccessKey } = wire.clientConfig().credentials;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ ...wire.clientConfig(), credentials, forcePathStyle: true });
  wire.s3.createBucket('trail', { owner: OWNER, region: REGION });
  for (const time of ['20260915T1155Z', '20260920T0000Z', '20261001T0500Z']) {
    const day = `${time.slice(0, 4)}/${time.slice(4, 6)}/${time.slice(6, 8)}`;
    const name = `${OWNER}_CloudTrail_${REGION}_${time}_0.json.gz`;
    wire.s3.put('trail', `AWSLogs/${OWNER}/CloudTrail/${REGION}/${day}/${name}`, Buffer.from('{}'));
  }
  const period = { from: Date.parse(from), to: Date.parse(to), accounts: null, regions: null };
  const times: string[] = [];
  try {
    for await (const { key } of trailLogFiles(client, { bucket: 'trail', owner: OWNER, prefix: '' }, period))
      times.push(key.split('_').at(-2) ?? '');
  } finally {
    client.destroy();
    await wire.close();
  }
  expect(times).toEqual(expected);
});
