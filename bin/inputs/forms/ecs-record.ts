import { field, isJsonObject, record, type JsonObject } from '../../../lambda/detection/model/json-field';
import { respelledRecord } from './respelled-record';

/**
 * The record in a document of Elastic's `aws.cloudtrail` data stream, nested or with dotted keys, whose values may be lists of
 * one. Null for any other.
 */
export function ecsRecord(value: JsonObject): JsonObject | null {
  const document = nested(value);
  const cloudtrail = field(document.aws, 'cloudtrail');
  const event = record(document, 'event');
  if (!isJsonObject(cloudtrail) || event === null) return null;
  const source = field(document.source, 'address') ?? field(document.source, 'ip');
  return respelledRecord({
    '@timestamp': document['@timestamp'],
    event_name: event.action,
    event_source: event.provider,
    event_id: event.id,
    aws_region: field(document.cloud, 'region'),
    recipient_account_id: field(field(document.cloud, 'account'), 'id'),
    source_ip_address: source,
    user_agent: field(document.user_agent, 'original'),
    ...cloudtrail,
    ...(isJsonObject(cloudtrail.flattened) && {
      request_parameters: cloudtrail.flattened.request_parameters ?? cloudtrail.request_parameters,
      response_elements: cloudtrail.flattened.response_elements ?? cloudtrail.response_elements,
    }),
  });
}

/** The document with `a.b` as `{a: {b}}`; a few levels, as ECS has them. */
function nested(value: JsonObject): JsonObject {
  if (!Object.keys(value).some((key) => key.includes('.'))) return value;
  const whole: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) put(whole, key.split('.', DEEPEST), onlyOf(member));
  return whole;
}

const DEEPEST = 8;

/** Elasticsearch answers with lists where it was asked for fields. */
function onlyOf(member: unknown): unknown {
  const only: unknown = Array.isArray(member) && member.length === 1 ? member[0] : member;
  return only;
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const known = into[key];
  const inner: Record<string, unknown> = isJsonObject(known) ? { ...known } : {};
  put(inner, rest, value);
  into[key] = inner;
}
