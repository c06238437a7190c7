import { gzipSync } from 'node:zlib';

export const SHOP = '111122223333';

export interface CallOptions {
  /** @default i-0a11ce00000000001 */
  readonly instance?: string;
  readonly account?: string;
  /** @default GetParameter */
  readonly name?: string;
  readonly source?: string;
  readonly accessKeyId?: string;
  readonly endpointId?: string;
  readonly endpointAccount?: string;
  readonly extra?: object;
}

/** The instance whose calls these are, unless told otherwise. */
export const INSTANCE = 'i-0a11ce00000000001';

/** Of AWS, in eu-west-1, by test/ip-ranges.json. */
export const HOME_ADDRESS = '198.51.100.10';
/** Of nobody known. */
export const AWAY_ADDRESS = '203.0.113.200';

let events = 0;

/** A call with an instance's credentials, at a time of 1 September 2026 (`12:34` or `12:34:56`). */
export function call(time: string, ip: string, options: CallOptions = {}): Record<string, unknown> {
  const { instance = INSTANCE, account = SHOP, name = 'GetParameter', source = 'ssm.amazonaws.com' } = options;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROAEXAMPLE:${instance}`,
      arn: `arn:aws:sts::${account}:assumed-role/orders/${instance}`,
      accountId: account,
      accessKeyId: options.accessKeyId ?? `ASIA${instance.slice(2).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLE',
          arn: `arn:aws:iam::${account}:role/orders`,
          accountId: account,
          userName: 'orders',
        },
        ec2RoleDelivery: '2.0',
      },
      inScopeOf: {
        issuerType: 'AWS::EC2::Instance',
        credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${account}:instance/${instance}`,
      },
    },
    eventTime: timeOf(time),
    eventSource: source,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: ip,
    userAgent: 'aws-sdk-go-v2/1.36.5',
    requestParameters: null,
    responseElements: null,
    eventID: eventId(),
    eventType: 'AwsApiCall',
    recipientAccountId: account,
    eventCategory: 'Management',
    ...(options.endpointId && { vpcEndpointId: options.endpointId }),
    ...(options.endpointAccount && { vpcEndpointAccountId: options.endpointAccount }),
    ...options.extra,
  };
}

/** An operator terminates the instance. */
export function termination(time: string, instance = INSTANCE, account = SHOP): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${account}:user/operator`,
      accountId: account,
      userName: 'operator',
    },
    eventTime: timeOf(time),
    eventSource: 'ec2.amazonaws.com',
    eventName: 'TerminateInstances',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.50',
    userAgent: 'console',
    requestParameters: { instancesSet: { items: [{ instanceId: instance }] } },
    responseElements: {
      instancesSet: {
        items: [
          {
            instanceId: instance,
            currentState: { code: 32, name: 'shutting-down' },
            previousState: { code: 16, name: 'running' },
          },
        ],
      },
    },
    eventID: eventId(),
    eventType: 'AwsApiCall',
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

/** EC2 hands an instance a key; `sessionToken` is a placeholder that must go nowhere. */
export function issuance(time: string, accessKeyId: string, instance = INSTANCE): Record<string, unknown> {
  return {
    eventVersion: '1.08',
    userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
    eventTime: timeOf(time),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    awsRegion: 'eu-west-1',
    sourceIPAddress: 'ec2.amazonaws.com',
    userAgent: 'ec2.amazonaws.com',
    requestParameters: { roleArn: `arn:aws:iam::${SHOP}:role/orders`, roleSessionName: instance },
    responseElements: {
      credentials: { accessKeyId, sessionToken: 'EXAMPLE-TOKEN', expiration: 'Sep 1, 2026, 6:30:00 PM' },
      assumedRoleUser: {
        assumedRoleId: `AROAEXAMPLE:${instance}`,
        arn: `arn:aws:sts::${SHOP}:assumed-role/orders/${instance}`,
      },
    },
    eventID: eventId(),
    eventType: 'AwsApiCall',
    recipientAccountId: SHOP,
    eventCategory: 'Management',
  };
}

/** A log file as CloudTrail writes it. */
export function logFile(records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records: records }));
}

export function logFileKey(name = 'a', account = SHOP, kind = 'CloudTrail'): string {
  return `AWSLogs/o-example123/${account}/${kind}/eu-west-1/2026/09/01/${account}_${kind}_eu-west-1_${name}.json.gz`;
}

function eventId(): string {
  events += 1;
  return `00000000-0000-4000-8000-${String(events).padStart(12, '0')}`;
}

function timeOf(text: string): string {
  return `2026-09-01T${text.length === 5 ? `${text}:00` : text}Z`;
}
