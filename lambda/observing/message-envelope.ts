import { SIMULATION } from '../detection/vocabulary';
import {
  accountIdOf,
  field,
  isJsonObject,
  parsedJson,
  record as objectIn,
  textOf,
} from '../detection/model/json-field';
import type { QuarantineReason } from './quarantine';

/** Location of the trail's log files. */
export interface TrailPlace {
  readonly bucket: string;
  /** The part of keys before `AWSLogs/`; empty for none. */
  readonly prefix: string;
}

/** A log file named in a notification. */
export interface TrailObject {
  readonly key: string;
  /** The account whose records it may hold. */
  readonly account: string;
}

/** Why a message is ignored: a closed list. */
export type Ignored = 'test-event' | 'not-a-log-file' | 'not-a-new-object';

/** The accepted content of a message. */
export interface ParsedEnvelope {
  /** CloudTrail records in events. */
  readonly records: readonly unknown[];
  /** Records of simulated calls (`credlock simulate`). */
  readonly samples: readonly unknown[];
  readonly objects: readonly TrailObject[];
  readonly ignored: readonly Ignored[];
  /** Why the message, or a part of it, was rejected. */
  readonly rejected: readonly { readonly reason: QuarantineReason; readonly detail: string }[];
}

/**
 * Reads a queue message: an EventBridge envelope with a CloudTrail record in it, or a notification of new log files (by
 * S3 itself, through SNS with or without its envelope, by CloudTrail through SNS, or as EventBridge's `Object Created`).
 * Only AWS can send events with an `aws.` source, except partners, whose sources begin with `aws.partner/` and whose content
 * a customer may shape; and an account sends only its own events. So an event is accepted if its source is one of AWS's own
 * services, its detail-type one of CloudTrail's, and its account the recipient of its record. Of a notification only the
 * bucket's name is checked: its records are read from the object. Simulated records are accepted from `hubAccount` about
 * itself; from no account if it is null.
 */
export function parseEnvelope(
  body: string,
  trail: TrailPlace | null,
  hubAccount: string | null = null,
): ParsedEnvelope {
  const message = parsedJson(body);
  if (message === undefined) return rejected('not-json', 'the message is no JSON');
  if (!isJsonObject(message)) return rejected('not-understood', 'the message is no JSON object');
  if (textOf(message.Type) === 'Notification') return parseNotification(message.Message, trail);
  if ('detail-type' in message) return parseEvent(message, trail, hubAccount);
  return parseS3Notification(message, trail);
}

/**
 * The detail-types of CloudTrail on the default bus. All are taken from a document (EventBridge user guide, AWS service
 * events via CloudTrail), which spells the sign-in in two ways on different pages; both are accepted.
 */
const DETAIL_TYPES: ReadonlySet<string> = new Set([
  'AWS API Call via CloudTrail',
  'AWS Console Signin via CloudTrail',
  'AWS Console Sign In via CloudTrail',
  'AWS Console Action via CloudTrail',
  'AWS Service Event via CloudTrail',
  'AWS Insight via CloudTrail',
  'AWS Network Activity Event via CloudTrail',
]);

function isOfAws(source: string): boolean {
  return source.startsWith('aws.') && !source.startsWith('aws.partner/');
}

function parseEvent(
  envelope: Record<string, unknown>,
  trail: TrailPlace | null,
  hubAccount: string | null,
): ParsedEnvelope {
  const source = textOf(envelope.source) ?? '';
  const isSample = hubAccount !== null && source === SIMULATION.source;
  if (!isSample && !isOfAws(source)) return rejected('source-not-aws', `source is ${quoted(source)}`);
  const { detail } = envelope;
  const detailType = textOf(envelope['detail-type']);
  if (source === 'aws.s3' && detailType === 'Object Created') {
    return placed(textOf(field(field(detail, 'bucket'), 'name')), textOf(field(field(detail, 'object'), 'key')), trail);
  }
  if (!DETAIL_TYPES.has(detailType ?? '')) return rejected('not-of-cloudtrail', `detail-type is ${quoted(detailType)}`);
  return parseEventRecord(detail, accountIdOf(envelope.account), isSample ? hubAccount : null);
}

/** `sampleOf`: the account a simulated record must be of; null for other records. */
function parseEventRecord(record: unknown, account: string | null, sampleOf: string | null): ParsedEnvelope {
  const recipient = accountIdOf(field(record, 'recipientAccountId'));
  if (account === null || account !== recipient)
    return rejected('not-the-recipient', `account is ${quoted(account)}, recipientAccountId ${quoted(recipient)}`);
  if (sampleOf === null) return { ...NOTHING, records: [record] };
  if (account !== sampleOf) return rejected('not-the-recipient', `a sample of account ${quoted(account)}`);
  return { ...NOTHING, samples: [record] };
}

function parseNotification(text: unknown, trail: TrailPlace | null): ParsedEnvelope {
  const message = typeof text === 'string' ? parsedJson(text) : undefined;
  if (isJsonObject(message)) return parseS3Notification(message, trail);
  return rejected('not-understood', 'the notification holds no JSON object');
}

function parseS3Notification(message: Record<string, unknown>, trail: TrailPlace | null): ParsedEnvelope {
  const { Event: event, Records: records, s3Bucket, s3ObjectKey } = message;
  if (event === 's3:TestEvent') return { ...NOTHING, ignored: ['test-event'] };
  // CloudTrail's own notification names keys as they are.
  if (Array.isArray(s3ObjectKey)) return joined(s3ObjectKey.map((key) => placed(textOf(s3Bucket), textOf(key), trail)));
  if (!Array.isArray(records) || records.length === 0)
    return rejected('not-understood', 'the message is neither an event nor a notification of S3');
  return joined(records.map((one) => parseS3Record(one, trail)));
}

function parseS3Record(one: unknown, trail: TrailPlace | null): ParsedEnvelope {
  const s3 = isJsonObject(one) ? objectIn(one, 's3') : null;
  if (!isJsonObject(one) || s3 === null || one.eventSource !== 'aws:s3')
    return rejected('not-understood', 'a record in it is no notification of S3');
  if (!(textOf(one.eventName) ?? '').startsWith('ObjectCreated:')) return { ...NOTHING, ignored: ['not-a-new-object'] };
  return placed(textOf(field(s3.bucket, 'name')), decodedKey(textOf(field(s3.object, 'key'))), trail);
}

/** Decodes a key encoded as in HTML forms; null if that fails. */
function decodedKey(key: string | null): string | null {
  try {
    return key === null ? null : decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Log files only: digests, Insights and other objects are ignored. */
const LOG_FILE = /^AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/CloudTrail\/[a-z0-9-]+\/.*[^/]$/;

function placed(bucket: string | null, key: string | null, trail: TrailPlace | null): ParsedEnvelope {
  if (bucket === null || key === null) return rejected('not-understood', 'the notification names no bucket or no key');
  if (bucket !== trail?.bucket) return rejected('not-the-trail-bucket', `bucket is ${quoted(bucket)}`);
  const account = key.startsWith(trail.prefix) ? LOG_FILE.exec(key.slice(trail.prefix.length))?.[1] : undefined;
  return account === undefined
    ? { ...NOTHING, ignored: ['not-a-log-file'] }
    : { ...NOTHING, objects: [{ key, account }] };
}

const NOTHING: ParsedEnvelope = { records: [], samples: [], objects: [], ignored: [], rejected: [] };

function rejected(reason: QuarantineReason, detail: string): ParsedEnvelope {
  return { ...NOTHING, rejected: [{ reason, detail }] };
}

function joined(parts: readonly ParsedEnvelope[]): ParsedEnvelope {
  return {
    records: parts.flatMap(({ records }) => records),
    samples: parts.flatMap(({ samples }) => samples),
    objects: parts.flatMap(({ objects }) => objects),
    ignored: parts.flatMap(({ ignored }) => ignored),
    rejected: parts.flatMap(({ rejected: reasons }) => reasons),
  };
}

function quoted(value: string | null): string {
  return value === null ? 'missing' : JSON.stringify(value.slice(0, 128));
}
