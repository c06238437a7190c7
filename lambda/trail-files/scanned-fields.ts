/** Fields of a record by slot. Slots 0 to 13 identify callers and calls. */
export const SCANNED_FIELDS: readonly (readonly [slot: number, name: string])[] = [
  [0, 'userIdentity'],
  [1, 'sourceIPAddress'],
  [2, 'vpcEndpointId'],
  [3, 'vpcEndpointAccountId'],
  [4, 'eventVersion'],
  [5, 'recipientAccountId'],
  [6, 'sessionCredentialFromConsole'],
  [7, 'eventType'],
  [8, 'eventCategory'],
  [9, 'awsRegion'],
  [10, 'eventSource'],
  [11, 'eventName'],
  [12, 'errorCode'],
  [13, 'userAgent'],
  [14, 'eventTime'],
  [15, 'eventID'],
  [16, 'additionalEventData'],
  [17, 'requestParameters'],
  [18, 'resources'],
  [21, 'responseElements'],
  [22, 'readOnly'],
  [23, 'sharedEventID'],
  [24, 'serviceEventDetails'],
  // Other forms of the fields above, or other kinds of records.
  [19, 'eventId'],
  [19, '@timestamp'],
  [19, 'insightDetails'],
  [19, 'digestStartTime'],
  [19, 'digestS3Bucket'],
  // Wrappers in the place of a record.
  [20, 'Records'],
  [20, 'logEvents'],
];

/** The fields that identify an identity, and with it a caller, in the scanner's order. */
export const IDENTITY_FIELDS = [
  'userIdentity',
  'eventVersion',
  'recipientAccountId',
  'sessionCredentialFromConsole',
  'eventType',
  'eventCategory',
];
export const CALLER_FIELDS = ['sourceIPAddress', 'vpcEndpointId', 'vpcEndpointAccountId'];
