import { field, parsedJson } from '../detection/model/json-field';
import type { SkipReason } from './trail-reading';

const OTHER_TYPE = /\s*:\s*"(AwsCloudTrailInsight|AwsAggregatedEvent|AwsVpceEvent)"/y;
const OTHER_TYPES: Readonly<Record<string, SkipReason>> = {
  AwsCloudTrailInsight: 'insight',
  AwsAggregatedEvent: 'aggregated',
  AwsVpceEvent: 'network-activity',
};

/** The reason an irrelevant record is counted under; its `eventType` is near its end. */
export function irrelevantKind(record: string): SkipReason {
  const after = record.lastIndexOf('"eventType"') + '"eventType"'.length;
  if (record.startsWith(':"AwsApiCall"', after)) return 'not-relevant';
  if (record.includes('"aws:s3"') && field(parsedJson(record), 'eventSource') === 'aws:s3') return 'not-cloudtrail';
  OTHER_TYPE.lastIndex = after;
  const type = OTHER_TYPE.exec(record)?.[1];
  return (type === undefined ? undefined : OTHER_TYPES[type]) ?? 'not-relevant';
}
