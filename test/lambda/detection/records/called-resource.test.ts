import fc from 'fast-check';
import { calledResource } from '../../../../lambda/detection/records/called-resource';
import { readRecord } from '../../../../lambda/detection/records/read-record';

function resourceOf(service: string, requestParameters: unknown, resources?: unknown): string | null {
  const reading = readRecord({
    eventID: 'e-1',
    eventTime: '2026-08-01T10:05:00Z',
    eventSource: `${service}.amazonaws.com`,
    eventName: 'Call',
    recipientAccountId: '111122223333',
    requestParameters,
    resources,
  });
  if ('skip' in reading) throw new Error(`skipped: ${reading.skip}`);
  return calledResource(reading.record);
}

describe('a call is about', () => {
  it.each<[string, string, unknown, string]>([
    ['a bucket', 's3', { bucketName: 'exports', Host: 'exports.s3.eu-west-1.amazonaws.com' }, 'exports'],
    ['the folder of a key', 's3', { bucketName: 'exports', key: '2026/09/13.csv.gz' }, 'exports/2026/09/'],
    ['a prefix', 's3', { bucketName: 'exports', prefix: '2026/' }, 'exports/2026/'],
    ['a bucket with the key at its top', 's3', { bucketName: 'exports', key: 'all.csv' }, 'exports'],
    ['a secret', 'secretsmanager', { secretId: 'ledger/database' }, 'ledger/database'],
    ['several secrets', 'secretsmanager', { secretIdList: ['a', 'b'] }, 'a, b'],
    ['many parameters', 'ssm', { names: ['/a', '/b', '/c', '/d', '/e'] }, '/a, /b, /c and 2 more'],
    ['a table', 'dynamodb', { tableName: 'orders' }, 'orders'],
    ['a role', 'sts', { roleArn: 'arn:aws:iam::1:role/x', roleSessionName: 's' }, 'arn:aws:iam::1:role/x'],
    [
      'a user and a policy',
      'iam',
      { userName: 'mia', policyArn: 'arn:aws:iam::aws:policy/A' },
      'mia arn:aws:iam::aws:policy/A',
    ],
    ['instances', 'ec2', { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } }, 'i-1, i-2'],
    ['a snapshot', 'ec2', { snapshotId: 'snap-1', createVolumePermission: {} }, 'snap-1'],
    ['a database snapshot', 'rds', { dBSnapshotIdentifier: 'nightly' }, 'nightly'],
    ['a function', 'lambda', { functionName: 'mailer' }, 'mailer'],
  ])('%s', (_what, service, request, resource) => {
    expect(resourceOf(service, request)).toBe(resource);
  });

  it('what the record lists where the request names nothing', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    expect(resourceOf('kms', { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }, [{ ARN: key }])).toBe(key);
    expect(resourceOf('braket', null, [{ ARN: 'arn:aws:braket:::device/1' }])).toBe('arn:aws:braket:::device/1');
    expect(resourceOf('braket', { deviceName: 'one' })).toBeNull();
  });

  it('nothing, where nothing is named', () => {
    expect(resourceOf('s3', { Host: 's3.amazonaws.com' })).toBeNull();
    expect(resourceOf('sts', null)).toBeNull();
  });
});

describe('what is kept of it', () => {
  it.each([
    ['a query string', 'queue?X-Amz-Security-Token=abc', 'queue'],
    ['a web token', 'in/eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2ln/', 'b/in/…/'],
    ['a session token', `in/${'IQoJb3JpZ2luX2Vj'.repeat(10)}/`, 'b/in/…/'],
    ['a secret access key', 'in/wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY/', 'b/in/…/'],
    ['a password', 'in/password=hunter2/', 'b/in/password=…/'],
  ])('has no %s', (what, text, kept) => {
    const resource =
      what === 'a query string'
        ? resourceOf('sqs', { queueUrl: text })
        : resourceOf('s3', { bucketName: 'b', key: text });
    expect(resource).toBe(kept);
  });

  it('is at most 160 characters long, whatever the record names', () => {
    fc.assert(
      fc.property(fc.constantFrom('s3', 'ssm', 'ec2', 'iam', 'other'), fc.anything(), (service, request) => {
        expect((resourceOf(service, request) ?? '').length).toBeLessThanOrEqual(160);
      }),
    );
    expect(resourceOf('s3', { bucketName: 'b', prefix: 'folder-x/'.repeat(40) })).toHaveLength(160);
  });
});
