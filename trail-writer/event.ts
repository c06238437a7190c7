/** By the record's `eventType` (EventBridge user guide); everything else comes as an API call. */
const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsConsoleSignIn: 'AWS Console Sign In via CloudTrail',
  AwsConsoleAction: 'AWS Console Action via CloudTrail',
  AwsServiceEvent: 'AWS Service Event via CloudTrail',
  AwsCloudTrailInsight: 'AWS Insight via CloudTrail',
  AwsVpceEvent: 'AWS Network Activity Event via CloudTrail',
};

/** The event as which EventBridge delivers a record. What is no record comes as an event without the fields it lacks. */
export function eventOf(record: unknown, given: object = {}): Readonly<Record<string, unknown>> {
  const fields: Readonly<Record<string, unknown>> = typeof record === 'object' ? { ...record } : {};
  const { eventID, eventType, eventSource, recipientAccountId, eventTime, awsRegion } = fields;
  return {
    version: '0',
    id: eventID ?? '00000000-0000-4000-8000-000000000000',
    'detail-type': DETAIL_TYPES[String(eventType)] ?? 'AWS API Call via CloudTrail',
    source: `aws.${typeof eventSource === 'string' ? eventSource.split('.')[0] : 'cloudtrail'}`,
    account: recipientAccountId,
    time: eventTime ?? '2026-09-01T12:00:00Z',
    region: awsRegion,
    resources: [],
    detail: record,
    ...given,
  };
}
