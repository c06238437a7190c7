import { isIP } from 'node:net';

/** What an API call is, whoever makes it. */
export interface Action {
  /** `ec2` */
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly request: unknown;
  /** EC2 repeats the request's id in its answer. Absent: CloudTrail has none, as of most reads. */
  readonly response?: (requestId: string) => object;
  readonly resources?: readonly object[];
  readonly additionalEventData?: object;
  /** True for data events (S3 objects); management events otherwise. */
  readonly data?: boolean;
  /** Global services are logged there, whatever Region the caller is in. */
  readonly region?: string;
  readonly denied?: { readonly code: string; readonly message: string };
}

/** A VPC endpoint and its account. */
export interface Endpoint {
  readonly id: string;
  readonly account: string;
}

/** Where a call comes from. */
export interface From {
  /** An address, or the name of a service. */
  readonly address: string;
  readonly userAgent: string;
  readonly endpoint?: Endpoint;
  readonly fromConsole?: boolean;
}

export interface Call {
  readonly eventId: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Whose trail has it. */
  readonly account: string;
  readonly region: string;
  readonly identity: object;
  readonly from: From;
  readonly action: Action;
  /** Set where AWS itself is the caller, and where two accounts' trails have the call. */
  readonly sharedEventId?: string;
}

/** A record and where CloudTrail files it. */
export interface TrailRecord {
  readonly account: string;
  readonly region: string;
  readonly time: number;
  readonly eventId: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A record, or a part of one, as another partition writes it (`aws-cn`). */
export function inPartition(json: object, partition: string): unknown {
  return JSON.parse(JSON.stringify(json).replaceAll('arn:aws:', `arn:${partition}:`));
}

/** A CloudTrail record of version 1.11, its fields in the order in which CloudTrail writes them. */
export function trailRecord(call: Call): TrailRecord {
  const { eventId, time, account, action } = call;
  const region = action.region ?? call.region;
  const json = {
    eventVersion: '1.11',
    userIdentity: call.identity,
    eventTime: isoTime(time),
    eventSource: `${action.service}.amazonaws.com`,
    eventName: action.name,
    awsRegion: region,
    sourceIPAddress: call.from.address,
    userAgent: call.from.userAgent,
    ...outcome(call),
    requestID: call.requestId,
    eventID: eventId,
    readOnly: action.readOnly,
    ...(action.resources && { resources: action.resources }),
    eventType: action.service === 'signin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
    managementEvent: action.data !== true,
    recipientAccountId: account,
    ...path(call, region),
  };
  return { account, region, time, eventId, json };
}

function outcome({ action, requestId }: Call): object {
  const { denied, request, response, additionalEventData } = action;
  return {
    ...(denied && { errorCode: denied.code, errorMessage: denied.message }),
    requestParameters: request,
    responseElements: denied ? null : (response?.(requestId) ?? null),
    ...(additionalEventData && { additionalEventData }),
  };
}

/** The way the call took, in the fields that come last. */
function path({ action, from, sharedEventId }: Call, region: string): object {
  const { endpoint, fromConsole } = from;
  return {
    ...(sharedEventId !== undefined && { sharedEventID: sharedEventId }),
    ...(endpoint && { vpcEndpointId: endpoint.id, vpcEndpointAccountId: endpoint.account }),
    eventCategory: action.data === true ? 'Data' : 'Management',
    ...(isIP(from.address) > 0 && { tlsDetails: tlsDetails(action.service, region) }),
    ...(fromConsole && { sessionCredentialFromConsole: 'true' }),
  };
}

function tlsDetails(service: string, region: string): object {
  return {
    tlsVersion: 'TLSv1.3',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    clientProvidedHostHeader: `${service}.${region}.amazonaws.com`,
  };
}

/** As CloudTrail writes times: seconds, `Z`. */
export function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
