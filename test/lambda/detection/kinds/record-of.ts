import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { ACCOUNT, REGION, sessionArn } from '../trail';

type Fields = Readonly<Record<string, unknown>>;

/** A record of STS's or another service's, as far as kinds of workload read it. */
export function recordOf(action: string, fields: Fields = {}): CloudTrailRecord {
  const [service = '', name = ''] = action.split(':');
  const reading = readRecord({
    eventVersion: '1.11',
    eventID: '0a0b0c0d-0000-4000-8000-000000000001',
    eventTime: '2026-09-01T10:00:00Z',
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: REGION,
    recipientAccountId: ACCOUNT,
    sourceIPAddress: '198.51.100.10',
    userAgent: 'cli',
    ...fields,
  });
  if ('skip' in reading) throw new Error(reading.skip);
  return reading.record;
}

/** A service obtains credentials of the role `app/orders-api` for a session of this name. */
export function issued(service: string, name: string, fields: Fields = {}): CloudTrailRecord {
  return recordOf('sts:AssumeRole', {
    userIdentity: { type: 'AWSService', invokedBy: service },
    requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/app/orders-api`, roleSessionName: name },
    responseElements: { credentials: { accessKeyId: 'ASIA1', expiration: 'Sep 1, 2026, 4:00:00 PM' } },
    ...fields,
  });
}

/** A call of a session of this name. */
export function calledBy(name: string, identity: Fields = {}, action = 's3:ListBuckets'): CloudTrailRecord {
  return recordOf(action, { userIdentity: { type: 'AssumedRole', arn: sessionArn(name), ...identity } });
}
