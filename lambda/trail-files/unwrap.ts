import { field, isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import { textInBase64 } from './base64-text';
import type { ClusterLines } from './cluster-lines';
import { isPlainRecord } from './plain-record';
import { isRecordName, ORIGINALS } from './record-names';
import { isRow, rowOf, rowsIn } from './rows';
import { relevanceOf } from './relevant-record';
import type { SkipReason } from './trail-reading';

/** Receives the records in a parsed value. */
export interface Unwrapped {
  record(record: JsonObject): void;
  skip(reason: SkipReason): void;
  /** Receives lines of clusters; null or left out: they are no records. */
  readonly audit?: ClusterLines | null;
}

/** Gives the record in an object that has a record's fields under other names or as texts; null for any other object. */
export type RecordForm = (value: JsonObject) => JsonObject | null;

/** A message of SQS that holds one of SNS that holds an EventBridge event in a list is nine deep. */
const DEEPEST = 16;

/** A text that may hold a record, as JSON, JSON in JSON, or base64. */
const MAY_HOLD_RECORD = /event_?(?:name|version)|api|audit|logEvents|output_fields|exec_id|^(?:H4sI|eyJ|W3si|Wwog)/i;

/**
 * Passes on every CloudTrail record in `value`, whatever it is wrapped in: objects, arrays, JSON texts and base64, to a
 * bounded depth. Values without one are skipped with a reason. Never throws.
 */
export function unwrap(value: unknown, into: Unwrapped, forms: readonly RecordForm[] = [], depth = 0): void {
  if (Array.isArray(value) && !isRow(value) && depth < DEEPEST)
    for (const one of value) unwrap(one, into, forms, depth + 1);
  else if (!new Unwrapping(into, forms).enter(value, 0)) into.skip('not-cloudtrail');
}

/** The records in one value. */
class Unwrapping {
  constructor(
    private readonly into: Unwrapped,
    private readonly forms: readonly RecordForm[],
  ) {}

  /** True if a record was found, or a value that is known to be none. */
  enter(value: unknown, depth: number): boolean {
    if (depth > DEEPEST) return false;
    if (Array.isArray(value) && !isRow(value)) return this.#enterEach(value, depth);
    const one: unknown = Array.isArray(value) ? rowOf(value) : value;
    if (this.#isAudit(one)) return true;
    if (typeof one === 'string') return this.#enterText(one, depth);
    return isJsonObject(one) && this.#enterObject(one, depth);
  }

  #enterObject(value: JsonObject, depth: number): boolean {
    const otherKind = otherKindOf(value);
    if (otherKind !== null) return this.#skip(otherKind);
    if (isPlainRecord(value)) return this.#pass(value);
    for (const original of [...ORIGINALS.map((name) => value[name]), field(value.event, 'original')])
      if (typeof original === 'string' && this.enter(original, depth + 1)) return true;
    for (const form of this.forms) {
      const record = form(value);
      if (record !== null) return this.#pass(record);
    }
    const rows = rowsIn(value);
    if (rows !== null && this.#enterEach(rows, depth)) return true;
    // What looks like a record in a record's own fields was put there by its caller.
    const members = Object.entries(value).filter(([key]) => !isRecordName(key));
    if (
      this.#enterEach(
        members.map(([, member]) => member),
        depth,
      )
    )
      return true;
    return typeof value.eventName === 'string' && this.#pass(value);
  }

  #enterEach(values: readonly unknown[], depth: number): boolean {
    let found = false;
    for (const value of values) if (this.enter(value, depth + 1)) found = true;
    return found;
  }

  #enterText(text: string, depth: number): boolean {
    if (!MAY_HOLD_RECORD.test(text)) return false;
    const relevance = relevanceOf(text);
    if (relevance === 'irrelevant') return this.#skip('not-relevant');
    const values = valuesIn(textInBase64(text) ?? text);
    if (values.length > 0) return this.#enterEach(values, depth);
    return relevance === 'matters' && text.includes('{') && this.#skip('malformed-record');
  }

  /** True for what a cluster's logs hold, which is not looked into for records: it may have what users wrote. */
  #isAudit(value: unknown): boolean {
    const { audit } = this.into;
    return audit !== null && audit !== undefined && audit.finder.unwrap(value, audit);
  }

  #pass(record: JsonObject): boolean {
    this.into.record(record);
    return true;
  }

  #skip(reason: SkipReason): boolean {
    this.into.skip(reason);
    return true;
  }
}

/** The JSON value of a text, or those on its lines, behind a time stamp or the like. */
function valuesIn(text: string): unknown[] {
  const whole = parsedJson(text);
  if (whole !== undefined) return [whole];
  return text.split('\n').flatMap((line) => {
    const begin = line.indexOf('{');
    const value = begin < 0 ? undefined : parsedJson(line.slice(begin, line.lastIndexOf('}') + 1));
    return value === undefined ? [] : [value];
  });
}

/** The reason a value is skipped that is an event of another kind; null for any other. */
export function otherKindOf(value: JsonObject): SkipReason | null {
  const { eventType, eventCategory } = value;
  if (eventType === 'AwsCloudTrailInsight' || eventCategory === 'Insight' || isJsonObject(value.insightDetails))
    return 'insight';
  if (eventType === 'AwsAggregatedEvent' || eventCategory === 'Aggregated') return 'aggregated';
  if (eventType === 'AwsVpceEvent' || eventCategory === 'NetworkActivity') return 'network-activity';
  if (value.eventSource === 'aws:s3') return 'not-cloudtrail';
  if (value.digestStartTime !== undefined || value.digestS3Bucket !== undefined) return 'digest';
  return null;
}
