/** CloudTrail's names of what is read of a record, besides request and response. */
export const RECORD_NAMES: readonly string[] = [
  'eventVersion',
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'serviceEventDetails',
  'requestID',
  'eventID',
  'readOnly',
  'resources',
  'eventType',
  'eventCategory',
  'managementEvent',
  'recipientAccountId',
  'sharedEventID',
  'vpcEndpointId',
  'vpcEndpointAccountId',
  'sessionCredentialFromConsole',
  'tlsDetails',
];

/** Members whose text is the record itself, tried before the fields that a log store derives from it. */
export const ORIGINALS = ['CloudTrailEvent', '_raw', 'message', '@message', 'event.original'];

const PLAIN_NAMES = new Set(RECORD_NAMES.map(plainName));

/** True for the name of a record's field, in any spelling. */
export function isRecordName(name: string): boolean {
  return PLAIN_NAMES.has(plainName(name));
}

/** Without what log pipelines change in names: case, underscores, hyphens, dots and blanks. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_\-. ]/g, '');
}
