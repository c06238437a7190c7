import { NO_IDENTITY, type CallerIdentity, type CloudTrailRecord } from '../detection/model/cloudtrail-record';
import { KUBERNETES } from '../detection/vocabulary';
import type { AuditEvent } from './audit-event';
import { isRoleOfEks } from './caller';
import { clusterKey } from './cluster';
import { objectName } from './act';
import { requestName } from './request';

const PRINCIPAL_ARN = /^arn:([\w-]+):(?:sts|iam)::(\d{12}):(assumed-role|user|root)\b/;
const TYPES: Readonly<Record<string, string>> = { 'assumed-role': 'AssumedRole', user: 'IAMUser', root: 'Root' };

/**
 * The request as a record of the AWS session or user that signed in to the cluster for it, refused requests included, at the
 * address that the API server saw. Null for users of other kinds, requests without an address, and EKS's own callers.
 */
export function sessionRecordOf(event: AuditEvent): CloudTrailRecord | null {
  const { user, source: ip, cluster } = event;
  const [, partition, account, form] = PRINCIPAL_ARN.exec(user.awsArn ?? '') ?? [];
  if (ip === null || partition === undefined || account === undefined || form === undefined) return null;
  if (user.awsArn === null || isRoleOfEks(user.awsArn, cluster)) return null;
  return {
    ...NOTHING_ELSE,
    eventId: event.auditId,
    time: event.time,
    account: cluster.account ?? account,
    region: cluster.region ?? '',
    partition,
    eventName: requestName(event).slice(0, MOST_NAME),
    errorCode: errorOf(event),
    userAgent: event.userAgent,
    identity: { ...NO_IDENTITY, ...namesOf(event, account), type: TYPES[form] ?? null, arn: user.awsArn },
    source: {
      ip,
      service: null,
      attributed: false,
      endpointId: null,
      endpointAccount: null,
      cluster: clusterKey(cluster),
    },
    request: { object: objectOf(event) },
  };
}

/** One text for all requests of one session from one address; null for users without an AWS identity. */
export function sessionCaller({ user, cluster, source }: AuditEvent): string | null {
  if (user.awsArn === null || source === null) return null;
  const { account, region, name } = cluster;
  return `${user.awsArn} ${user.accessKeyId ?? ''} ${user.username ?? ''} ${source} ${account ?? ''} ${region ?? ''} ${name ?? ''}`;
}

const MOST_NAME = 200;

const NOTHING_ELSE = {
  sharedEventId: null,
  eventSource: KUBERNETES,
  legacy: false,
  serviceEvent: false,
  details: null,
  dataEvent: false,
  fromConsole: false,
  presigned: false,
  resources: null,
  response: null,
} as const;

/** `userName`: by which the cluster knows the session. */
function namesOf({ user }: AuditEvent, accountId: string): Partial<CallerIdentity> {
  return { accountId, accessKeyId: user.accessKeyId, userName: user.username };
}

function errorOf({ status }: AuditEvent): string | null {
  return status !== null && status >= 400 ? String(status) : null;
}

function objectOf({ object }: AuditEvent): string | null {
  return object?.name ? objectName({ kind: null, namespace: object.namespace, name: object.name }) : null;
}
