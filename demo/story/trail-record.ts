/** What an API call is, whoever makes it. */
export interface Action {
  /** `ec2` */
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly request: unknown;
  /** EC2 repeats the request's id in its answer. */
  readonly response?: object | ((requestId: string) => object);
  readonly resources?: readonly object[];
  readonly additionalEventData?: object;
  /** True for data events (S3 objects); management events otherwise. */
  readonly data?: boolean;
  /** Global services are logged there, whatever Region the caller is in. */
  readonly region?: string;
  readonly denied?: { readonly code: string; readonly message: string };
}

/** Where a call comes from. */
export interface From {
  /** An address, or the name of a service. */
  readonly address: string;
  readonly userAgent: string;
  readonly endpoint?: { readonly id: string; readonly account: string };
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
  /** Set where AWS itself is the caller: its records have one, and no TLS details. */
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

/** A CloudTrail record of version 1.11, its fields in the order in which CloudTrail writes them. */
export function trailRecord(call: Call): TrailRecord {
  const { eventId, requestId, time, account, action, from } = call;
  const region = action.region ?? call.region;
  const byAws = call.sharedEventId !== undefined;
  const json = {
    eventVersion: '1.11',
    userIdentity: call.identity,
    eventTime: isoTime(time),
    eventSource: `${action.service}.amazonaws.com`,
    eventName: action.name,
    awsRegion: region,
    sourceIPAddress: from.address,
    userAgent: from.userAgent,
    ...(action.denied && { errorCode: action.denied.code, errorMessage: action.denied.message }),
    requestParameters: action.request,
    responseElements: action.denied ? null : responseOf(action, requestId),
    ...(action.additionalEventData && { additionalEventData: action.additionalEventData }),
    requestID: requestId,
    eventID: eventId,
    readOnly: action.readOnly,
    ...(action.resources && { resources: action.resources }),
    eventType: 'AwsApiCall',
    managementEvent: action.data !== true,
    recipientAccountId: account,
    ...(byAws && { sharedEventID: call.sharedEventId }),
    ...(from.endpoint && { vpcEndpointId: from.endpoint.id, vpcEndpointAccountId: from.endpoint.account }),
    eventCategory: action.data === true ? 'Data' : 'Management',
    ...(!byAws && { tlsDetails: tlsDetails(action.service, region) }),
    ...(from.fromConsole && { sessionCredentialFromConsole: 'true' }),
  };
  return { account, region, time, eventId, json };
}

function responseOf({ response }: Action, requestId: string): object | null {
  return typeof response === 'function' ? response(requestId) : (response ?? null);
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
