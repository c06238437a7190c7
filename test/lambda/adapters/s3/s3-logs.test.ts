import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { field } from '../../../../lambda/detection/model/json-field';
import { kindsNamed } from '../../../../lambda/detection/kinds/all-kinds';
import { s3Logs } from '../../../../lambda/adapters/s3/s3-logs';
import { sessionCall } from '../../trail-files/trail-fixtures';
import { startWireServer, type WireServer } from '../../../wire-server/wire-server';
import type { Fault } from '../../../wire-server/fault-book';

const OWNER = '111122223333';
const OTHER = '444455556666';
let wire: WireServer;
let client: S3Client;

beforeEach(async () => {
  wire = await startWireServer({ account: OWNER });
  client = new S3Client({ ...wire.clientConfig(), forcePathStyle: true });
  wire.s3.createBucket('trail', { owner: OWNER, region: 'eu-central-1' });
});

afterEach(async () => {
  client.destroy();
  await wire.close();
});

function put(key: string, owner = OWNER): void {
  wire.s3.put('trail', key, gzipSync(JSON.stringify({ Records: [] })), { owner });
}

function failGet(key: string, code: string, message: string, times = 1): void {
  const fault: Fault = { kind: 'error', code, message, status: 403, times };
  wire.fail({ operation: 'GetObject', where: ({ input }) => field(input, 'Key') === key }, fault);
}

function read(...keys: readonly string[]) {
  const kinds = kindsNamed(['ec2-instance']);
  const trail = { client, bucket: 'trail', owner: OWNER, kinds, now: Date.parse('2026-09-02T00:00:00Z') };
  return s3Logs(trail)(keys, () => Promise.resolve());
}

describe('a log file that cannot be read', () => {
  it.each([
    ['NoSuchKey', 'The specified key does not exist.', 'vanished'],
    ['InvalidObjectState', 'The operation is not valid for the object’s storage class', 'archived'],
    ['KMS.DisabledException', 'arn:aws:kms:eu-central-1:111122223333:key/1 is disabled.', 'key-denied'],
    ['AccessDenied', 'User: r is not authorized to perform: kms:Decrypt on the resource associated', 'key-denied'],
    ['InvalidRequest', 'The object was stored using a form of Server Side Encryption.', 'key-denied'],
    ['AccessDenied', 'Access Denied', 'denied'],
  ])('%s (%s) is %s', async (code, message, kind) => {
    put('a');
    put('b');
    failGet('a', code, message);
    const { files, problems } = await read('a', 'b');
    expect(files).toBe(2);
    expect(problems).toEqual([{ file: 'a', kind, reason: expect.any(String) }]);
  });

  it('that is denied and owned by another account than the bucket’s is told apart', async () => {
    put('a', OTHER);
    put('b');
    for (const key of ['a', 'b']) failGet(key, 'AccessDenied', 'Access Denied');
    const { problems } = await read('a', 'b');
    expect(problems.map(({ kind }) => kind)).toEqual(['other-owner', 'denied']);
    expect(wire.requests.filter(({ operation }) => operation === 'GetBucketAcl')).toHaveLength(1);
  });

  it('is denied where owners may not be asked for', async () => {
    put('a', OTHER);
    failGet('a', 'AccessDenied', 'Access Denied');
    wire.fail({ operation: 'GetBucketAcl' }, { kind: 'error', code: 'AccessDenied', status: 403 });
    expect((await read('a')).problems.map(({ kind }) => kind)).toEqual(['denied']);
  });

  it('has records in the future, or calls from no single address, which are counted once', async () => {
    const records = [
      sessionCall('1', { eventTime: '2099-01-01T00:00:00Z' }),
      sessionCall('2', { eventTime: '2026-09-01T00:00:00Z', sourceIPAddress: 'x, y' }),
    ];
    wire.s3.put('trail', 'plain', gzipSync(JSON.stringify({ Records: records })));
    // The fast path reads some records of it, and then gives up.
    wire.s3.put('trail', 'other', gzipSync(JSON.stringify({ Records: [...records, 'x'] })));
    const { problems, skipped, unlocated } = await read('plain', 'other');
    expect(skipped).toMatchObject({ 'in-the-future': 2, 'session-without-address': 2 });
    expect(problems.map(({ file, kind }) => `${file} ${kind}`)).toEqual(['plain incomplete', 'other incomplete']);
    expect(unlocated).toEqual([{ session: 'i-0123456789abcdef0', count: 2, file: 'other', address: 'x, y' }]);
  });

  it.each([
    ['only it', [sessionCall('1')], 0],
    ['another too', [sessionCall('1'), sessionCall('2', { recipientAccountId: OTHER })], 1],
    ['another in a record of an odd form', [sessionCall('1'), sessionCall('2', { recipientAccountId: OTHER }), 'x'], 1],
  ])(
    'is in the folder of an account, and has records of %s: none are read but its own',
    async (_what, records, faults) => {
      const key = `AWSLogs/${OWNER}/CloudTrail/eu-central-1/2026/09/01/${OWNER}_CloudTrail_eu-central-1_20260901T1000Z_a.json.gz`;
      wire.s3.put('trail', key, gzipSync(JSON.stringify({ Records: records })));
      const accounts = new Set<string>();
      const trail = { client, bucket: 'trail', owner: OWNER, kinds: kindsNamed(['ec2-instance']) };
      const { problems } = await s3Logs({ ...trail, now: Date.parse('2026-09-02T00:00:00Z') })([key], (facts) => {
        for (const account of facts.accounts) accounts.add(account);
        return Promise.resolve();
      });
      expect([...accounts]).toEqual([OWNER]);
      expect(problems.map(({ kind }) => kind)).toEqual(Array.from({ length: faults }, () => 'incomplete'));
    },
  );

  it('is no log file, or breaks off', async () => {
    wire.s3.put('trail', 'text', gzipSync('hello'));
    wire.s3.put('trail', 'cut', Buffer.from('1f8b08000000', 'hex'));
    put('empty');
    const { problems } = await read('text', 'cut', 'empty');
    expect(problems.map(({ file, kind }) => `${file} ${kind}`)).toEqual(['text not-a-log', 'cut incomplete']);
  });

  it('is an error where another attempt may read it', async () => {
    put('a');
    failGet('a', 'SlowDown', 'Please reduce your request rate.');
    await expect(read('a')).rejects.toMatchObject({ name: 'SlowDown' });
  });
});
