import { createHash } from 'node:crypto';

export type TrailRecord = Readonly<Record<string, unknown>>;

/** A place records come from: every partition has its own names. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  /** What ends the names of services that act on their own. */
  readonly services: string;
}

export const FRANKFURT: Place = { partition: 'aws', region: 'eu-central-1', services: 'amazonaws.com' };
export const PLACES: readonly Place[] = [
  FRANKFURT,
  { partition: 'aws-cn', region: 'cn-north-1', services: 'amazonaws.com.cn' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', services: 'amazonaws.com' },
  { partition: 'aws-iso', region: 'us-iso-east-1', services: 'amazonaws.com' },
  { partition: 'aws-iso-b', region: 'us-isob-east-1', services: 'amazonaws.com' },
  { partition: 'aws-eusc', region: 'eusc-de-east-1', services: 'amazonaws.com' },
];

export const SHOP = '111122223333';
const OFFICE = '203.0.113.20';

/** What a call is made of; the rest is as in any record of today. */
export interface CallShape {
  readonly name: string;
  /** First part of the service's name. */
  readonly service: string;
  readonly identity: object;
  readonly from?: string;
  readonly place?: Place;
  readonly request?: unknown;
  readonly response?: unknown;
  readonly extra?: object;
}

/** A record with the fields, and in the order, in which CloudTrail writes them; its ids follow from what is in it. */
export function call(shape: CallShape): TrailRecord {
  const { place = FRANKFURT } = shape;
  return {
    eventVersion: '1.11',
    userIdentity: shape.identity,
    eventTime: '2026-09-01T08:00:00Z',
    eventSource: `${shape.service}.amazonaws.com`,
    eventName: shape.name,
    awsRegion: place.region,
    sourceIPAddress: shape.from ?? OFFICE,
    userAgent: 'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 lang/python#3.13.7',
    requestParameters: shape.request ?? null,
    responseElements: shape.response ?? null,
    requestID: idOf('request', shape),
    eventID: idOf('event', shape),
    readOnly: /^(?:Get|List|Describe|Head|AssumeRole)/.test(shape.name),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: SHOP,
    eventCategory: 'Management',
    ...shape.extra,
  };
}

function idOf(what: string, shape: unknown): string {
  const hex = createHash('sha256')
    .update(`${what} ${JSON.stringify(shape)}`)
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

export interface SessionShape {
  readonly role: string;
  readonly session: string;
  readonly place?: Place;
  /** Further fields of `userIdentity`. */
  readonly also?: object;
  /** Further fields of `sessionContext`. */
  readonly context?: object;
}

/** `userIdentity` of a role session's call. */
export function session({ role, session: name, place = FRANKFURT, also, context }: SessionShape): object {
  const { partition } = place;
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEEXAMPLE001:${name}`,
    arn: `arn:${partition}:sts::${SHOP}:assumed-role/${role}/${name}`,
    accountId: SHOP,
    accessKeyId: 'ASIAEXAMPLEEXAMPLE01',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEEXAMPLE001',
        arn: `arn:${partition}:iam::${SHOP}:role/${role}`,
        accountId: SHOP,
        userName: role,
      },
      attributes: { creationDate: '2026-09-01T07:00:00Z', mfaAuthenticated: 'false' },
      ...context,
    },
    ...also,
  };
}

export function person(name = 'dana'): object {
  return {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEEXAMPLE001',
    arn: `arn:aws:iam::${SHOP}:user/${name}`,
    accountId: SHOP,
    accessKeyId: 'AKIAEXAMPLEEXAMPLE01',
    userName: name,
  };
}

/** `userIdentity` of a service that calls for itself; `service` is the whole of its name. */
export function service(name: string): object {
  return { type: 'AWSService', invokedBy: name };
}

/** As EventBridge delivers a record. */
export function envelope(record: TrailRecord): Readonly<Record<string, unknown>> {
  const { eventSource } = record;
  const source = typeof eventSource === 'string' ? `aws.${eventSource.split('.')[0]}` : 'aws.cloudtrail';
  return {
    version: '0',
    id: record['eventID'] ?? '00000000-0000-4000-8000-000000000000',
    'detail-type': DETAIL_TYPES[String(record['eventType'])] ?? DETAIL_TYPES['AwsApiCall'],
    source,
    account: record['recipientAccountId'] ?? SHOP,
    time: record['eventTime'] ?? '2026-09-01T08:00:00Z',
    region: record['awsRegion'] ?? FRANKFURT.region,
    resources: [],
    detail: record,
  };
}

/** By the record's `eventType`, as AWS documents them. */
const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsApiCall: 'AWS API Call via CloudTrail',
  AwsConsoleSignIn: 'AWS Console Signin via CloudTrail',
  AwsConsoleAction: 'AWS Console Action via CloudTrail',
  AwsServiceEvent: 'AWS Service Event via CloudTrail',
  AwsCloudTrailInsight: 'AWS Insight via CloudTrail',
  AwsVpceEvent: 'AWS Network Activity Event via CloudTrail',
};
