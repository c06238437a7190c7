import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { METRICS, type MetricName } from '../../lambda/environment';
import { refreshHandler } from '../../lambda/refresh-ip-ranges';
import { startWireServer, type WireServer } from '../wire-server/wire-server';

const HUB = '999988887777';
const REGION = 'eu-central-1';

let wire: WireServer;
let s3: S3Client;
let sns: SNSClient;
let server: Server;
let answer: (response: ServerResponse) => void;
let counted: MetricName[];
let topic: string;

beforeEach(async () => {
  wire = await startWireServer({ account: HUB, region: REGION });
  wire.s3.createBucket('config', { owner: HUB, region: REGION });
  s3 = new S3Client(wire.clientConfig());
  sns = new SNSClient(wire.clientConfig());
  topic = wire.sns.createTopic('findings', { account: HUB, region: REGION });
  server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  counted = [];
});

afterEach(async () => {
  s3.destroy();
  sns.destroy();
  server.closeAllConnections();
  server.close();
  await wire.close();
});

function ranges(createDate: string, prefixes = 10): string {
  const entry = (at: number) => ({
    ip_prefix: `198.51.100.${at}/32`,
    region: 'eu-west-1',
    service: 'EC2',
    network_border_group: 'eu-west-1',
  });
  return JSON.stringify({
    syncToken: '1',
    createDate,
    prefixes: Array.from({ length: prefixes }, (_, at) => entry(at)),
    ipv6_prefixes: [],
  });
}

function refresh(limits = { milliseconds: 2_000, bytes: 100_000 }, event?: object) {
  const { port } = server.address() as AddressInfo;
  const environment = {
    configBucket: 'config',
    ipRangesKey: 'ip-ranges.json',
    hubAccount: HUB,
    ipRangesUrl: `http://127.0.0.1:${port}/`,
    findingsTopicArn: topic,
    findingsTopicFormat: 'text' as const,
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const meter = { count: (name: MetricName) => void counted.push(name), milliseconds: () => {}, flush: () => {} };
  return refreshHandler({ environment, s3, sns, log, meter, limits })(event);
}

function stored(): string | undefined {
  return wire.s3.get('config', 'ip-ranges.json')?.bytes.toString('utf8');
}

describe('ip-ranges.json', () => {
  test('is stored where there is none', async () => {
    answer = (response) => response.end(ranges('2026-09-01-00-00-00'));
    expect(await refresh()).toEqual({ outcome: 'stored', createDate: '2026-09-01-00-00-00' });
    expect(stored()).toBe(ranges('2026-09-01-00-00-00'));
  });

  test('is replaced by a newer one only', async () => {
    wire.s3.put('config', 'ip-ranges.json', ranges('2026-09-01-00-00-00'));
    for (const date of ['2026-09-01-00-00-00', '2026-08-31-12-00-00']) {
      answer = (response) => response.end(ranges(date));
      expect((await refresh()).outcome).toBe('unchanged');
    }
    expect(wire.requests.filter(({ operation }) => operation === 'PutObject')).toEqual([]);
    answer = (response) => response.end(ranges('2026-09-02-00-00-00'));
    expect((await refresh()).outcome).toBe('stored');
    expect(stored()).toBe(ranges('2026-09-02-00-00-00'));
  });

  test.each([
    ['of the same time with other prefixes', '2026-09-01-00-00-00'],
    ['of the future', '2099-01-01-00-00-00'],
  ])('that AWS did not publish is replaced and reported with its author: %s', async (_what, date) => {
    const published = ranges('2026-09-01-00-00-00');
    wire.s3.put('config', 'ip-ranges.json', ranges(date, 12));
    answer = (response) => response.end(published);
    const detail = {
      bucket: { name: 'config' },
      object: { key: 'ip-ranges.json', 'version-id': 'v2' },
      requester: '444455556666',
      'source-ip-address': '203.0.113.66',
    };
    expect(await refresh(undefined, { source: 'aws.s3', detail })).toMatchObject({ outcome: 'restored' });
    expect(stored()).toBe(published);
    expect(counted).toEqual([METRICS.ipRangesReplaced]);
    expect(wire.sns.messages.map(({ message }) => message)).toEqual([
      expect.stringContaining('s3://config/ip-ranges.json, version v2\nWritten by: 444455556666 from 203.0.113.66'),
    ]);
    expect(await refresh()).toMatchObject({ outcome: 'unchanged' });
    expect(wire.sns.messages).toHaveLength(1);
  });

  test('that a cache of AWS has in an older version is neither replaced nor reported', async () => {
    wire.s3.put('config', 'ip-ranges.json', ranges('2026-09-01-12-00-00', 12));
    answer = (response) => response.end(ranges('2026-09-01-00-00-00'));
    expect(await refresh()).toMatchObject({ outcome: 'unchanged' });
    expect(wire.sns.messages).toEqual([]);
  });

  test('replaces a stored one that is spoilt', async () => {
    wire.s3.put('config', 'ip-ranges.json', '{');
    answer = (response) => response.end(ranges('2026-09-01-00-00-00'));
    expect((await refresh()).outcome).toBe('stored');
  });

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['an error', (response) => response.writeHead(503).end(), /the server answered 503/],
    ['no JSON', (response) => response.end('<html>'), /is not JSON/],
    ['other JSON', (response) => response.end('{}'), /createDate must be a time/],
    ['nothing usable', (response) => response.end(ranges('2026-09-09-00-00-00', 0)), /none of the 0 given does/],
    [
      'less than half',
      (response) => response.end(ranges('2026-09-09-00-00-00', 4)),
      /has 4 usable prefixes where there were 10/,
    ],
    ['too much', (response) => response.end('x'.repeat(200_000)), /longer than 0\.1 MB/],
    [
      'half of it',
      (response) => void response.writeHead(200, { 'content-length': '9999' }).write('{', () => response.destroy()),
      /cannot download/,
    ],
    ['nothing in time', () => {}, /not done within 0\.2 s/],
  ])('survives a download of %s, which is an error and counted', async (_what, bad, reason) => {
    const good = ranges('2026-09-01-00-00-00');
    wire.s3.put('config', 'ip-ranges.json', good);
    answer = bad;
    await expect(refresh({ milliseconds: 200, bytes: 100_000 })).rejects.toThrow(reason);
    expect(stored()).toBe(good);
    expect(counted).toEqual([METRICS.ipRangesRejected]);
  });

  test('survives a server that is not there', async () => {
    const good = ranges('2026-09-01-00-00-00');
    wire.s3.put('config', 'ip-ranges.json', good);
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    server.address = () => ({ port, address: '127.0.0.1', family: 'IPv4' });
    await expect(refresh()).rejects.toThrow(/cannot download .*ECONNREFUSED/);
    expect(stored()).toBe(good);
  });
});
