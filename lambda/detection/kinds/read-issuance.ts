import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { record as objectAt, text } from '../model/json-field';
import { expirationOf } from '../model/event-time';
import { sessionArnOf } from '../model/session-arn';
import type { IssuedTo } from '../model/workload-kind';

/** A record in which STS hands out a key, whoever asked for it. */
export interface IssuanceRecord {
  readonly action: string;
  readonly roleArn: string | null;
  /** The key is null where the response does not name it (a response too large is left out). */
  readonly session: IssuedTo['session'];
}

const ISSUING = new Set(['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

/** What STS handed out; null for any other record and for a failed call. */
export function readIssuance(record: CloudTrailRecord): IssuanceRecord | null {
  if (!record.eventSource.startsWith('sts.') || !ISSUING.has(record.eventName) || record.errorCode !== null)
    return null;
  const credentials = objectAt(record.response, 'credentials');
  const sessionArn = issuedSessionArn(record);
  if (!sessionArn) return null;
  return {
    action: record.eventName,
    roleArn: text(record.request, 'roleArn'),
    session: {
      arn: sessionArn,
      accessKeyId: text(credentials, 'accessKeyId') || null,
      expires: expirationOf(text(credentials, 'expiration')),
    },
  };
}

/** `assumedRoleUser` is missing from what EC2, ECS and Lambda get, so the request has to do. */
function issuedSessionArn(record: CloudTrailRecord): string | null {
  const told = text(objectAt(record.response, 'assumedRoleUser'), 'arn');
  if (told) return told;
  const roleArn = text(record.request, 'roleArn');
  const name = text(record.request, 'roleSessionName');
  return roleArn && name ? sessionArnOf(roleArn, name) : null;
}

/** What STS handed out at the request of an AWS service, by the first part of the service's name (`ec2`, `pods.eks`). */
export function issuedBy(record: CloudTrailRecord, service: string): IssuanceRecord | null {
  const { invokedBy } = record.identity;
  if (invokedBy !== `${service}.amazonaws.com` && invokedBy !== `${service}.amazonaws.com.cn`) return null;
  const issuance = readIssuance(record);
  return issuance?.action === 'AssumeRole' ? issuance : null;
}
