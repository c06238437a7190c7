import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { record as objectAt, text } from '../model/json-field';
import { expirationOf } from '../model/event-time';
import { sessionArnOf } from '../model/session-arn';
import { ISSUING_ACTIONS } from '../vocabulary';
import type { IssuedTo } from '../model/workload-kind';

/** The credentials that STS issued. */
export interface IssuanceRecord {
  readonly action: string;
  readonly roleArn: string | null;
  /** `accessKeyId` is null where the response lacks it (CloudTrail omits responses that are too large). */
  readonly session: IssuedTo['session'];
}

/** True for a request that STS answered with the credentials of a role session. */
export function issuesCredentials({ eventSource, eventName, errorCode }: CloudTrailRecord): boolean {
  return eventSource.startsWith('sts.') && ISSUING_ACTIONS.includes(eventName) && errorCode === null;
}

/** The credentials STS issued; null for any other record and for a failed call. */
export function readIssuance(record: CloudTrailRecord): IssuanceRecord | null {
  if (!issuesCredentials(record)) return null;
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

/** Responses to EC2, ECS and Lambda lack `assumedRoleUser`, so the ARN is built from the request. */
function issuedSessionArn(record: CloudTrailRecord): string | null {
  const issued = text(objectAt(record.response, 'assumedRoleUser'), 'arn');
  if (issued) return issued;
  const roleArn = text(record.request, 'roleArn');
  const name = text(record.request, 'roleSessionName');
  return roleArn && name ? sessionArnOf(roleArn, name) : null;
}

/** The credentials STS issued to an AWS service, by the first part of the service's name (`ec2`, `pods.eks`). */
export function issuedBy(record: CloudTrailRecord, service: string): IssuanceRecord | null {
  const { invokedBy } = record.identity;
  if (record.eventName !== 'AssumeRole' || !invokedBy?.startsWith(service)) return null;
  const domain = invokedBy.slice(service.length);
  return domain === '.amazonaws.com' || domain === '.amazonaws.com.cn' ? readIssuance(record) : null;
}
