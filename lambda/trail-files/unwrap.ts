import { isJsonObject, type JsonObject } from '../detection/model/json-field';
import { relevanceOf } from './relevant-record';
import type { SkipReason } from './trail-reading';

/** Receives the records in a parsed value. */
export interface Unwrapped {
  record(record: JsonObject): void;
  skip(reason: SkipReason): void;
}

/** Wrappers stand in each other at most this deep: an array of subscription payloads of records is three. */
const DEEPEST = 4;

/**
 * Passes on every CloudTrail record in `value`, in any wrapper: a log file's `Records`, an EventBridge event's `detail`,
 * an Event history export's `Events` with their `CloudTrailEvent` texts, a CloudWatch Logs subscription payload's
 * `logEvents` with their `message` texts, or an array of these. Anything else is a reason. Never throws.
 */
export function unwrap(value: unknown, into: Unwrapped, depth = 0): void {
  if (depth > DEEPEST) return into.skip('not-cloudtrail');
  if (Array.isArray(value)) return unwrapEach(value, into, depth);
  if (isJsonObject(value)) return unwrapObject(value, into, depth);
  into.skip('not-cloudtrail');
}

function unwrapObject(value: JsonObject, into: Unwrapped, depth: number): void {
  const otherKind = otherKindOf(value);
  if (otherKind) return into.skip(otherKind);
  if (typeof value.eventName === 'string') return into.record(value);
  const list = value.Records ?? value.Events ?? value.logEvents;
  if (Array.isArray(list)) return unwrapEach(list, into, depth);
  if (isJsonObject(value.detail)) return unwrap(value.detail, into, depth + 1);
  const text = value.CloudTrailEvent ?? value.message;
  if (typeof text === 'string') return unwrapText(text, into, depth);
  into.skip('not-cloudtrail');
}

function unwrapEach(values: readonly unknown[], into: Unwrapped, depth: number): void {
  for (const value of values) unwrap(value, into, depth + 1);
}

function unwrapText(text: string, into: Unwrapped, depth: number): void {
  const relevance = relevanceOf(text);
  if (relevance === 'irrelevant') return into.skip('not-relevant');
  const parsed = parseJson(text);
  if (parsed !== undefined) return unwrap(parsed, into, depth + 1);
  into.skip(relevance === 'nameless' ? 'not-cloudtrail' : 'malformed-record');
}

/** Undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function otherKindOf(value: JsonObject): SkipReason | null {
  const { eventType, eventCategory } = value;
  if (eventType === 'AwsCloudTrailInsight' || eventCategory === 'Insight' || isJsonObject(value.insightDetails))
    return 'insight';
  if (eventType === 'AwsAggregatedEvent' || eventCategory === 'Aggregated') return 'aggregated';
  if (eventType === 'AwsVpceEvent' || eventCategory === 'NetworkActivity') return 'network-activity';
  if (value.digestStartTime !== undefined || value.digestS3Bucket !== undefined) return 'digest';
  return null;
}
