import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { listedPage } from '../../../../lambda/adapters/s3/listed-page';
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

describe('a page', () => {
  /** Lists what a server answers with. */
  async function listed(status: number, body: string): Promise<Awaited<ReturnType<typeof listedPage>>> {
    const server = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: REGION,
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
      forcePathStyle: true,
      maxAttempts: 1,
    });
    try {
      return await listedPage(client, { Bucket: 'trail' });
    } finally {
      client.destroy();
      server.close();
      server.closeAllConnections();
    }
  }
  const page = (inner: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</ListBucketResult>`;

  test('has its objects, with names as they are, its folders and where the next begins', async () => {
    const object = (key: string, size: number): string =>
      `<Contents>\n<Key>${key}</Key><ETag>&quot;0&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    const { objects, CommonPrefixes, NextContinuationToken } = await listed(
      200,
      page(
        `<Name>trail</Name>${object('a&amp;b&#13;&#x41;&lt;&apos;&amp;lt;', 7)}${object('ü/Ä', 0)}` +
          '<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes><NextContinuationToken>n&amp;m</NextContinuationToken>',
      ),
    );
    expect(objects).toEqual([
      { key: "a&b\rA<'&lt;", bytes: 7 },
      { key: 'ü/Ä', bytes: 0 },
    ]);
    expect(CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
    expect(NextContinuationToken).toBe('n&m');
  });

  test('in an unusual form is left to the SDK', async () => {
    const objects =
      '<Contents><Key><![CDATA[a&b]]></Key><Size>1</Size></Contents>' +
      '<Contents ><Key>c</Key><Size>2</Size></Contents>' +
      '<Contents><Key>d</Key><Size> 3 </Size></Contents>';
    expect((await listed(200, page(objects))).objects).toEqual([
      { key: 'a&b', bytes: 1 },
      { key: 'c', bytes: 2 },
      { key: 'd', bytes: 3 },
    ]);
  });

  test('without objects has none', async () => {
    expect((await listed(200, page('<KeyCount>0</KeyCount>'))).objects).toEqual([]);
  });

  test('that is denied is an error with its code', async () => {
    const denial = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    await expect(listed(403, denial)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
