import { AUDIT_LOG } from '../detection/vocabulary';
import { accountIdOf, field, isJsonObject, parsedJson, textOf } from '../detection/model/json-field';
import type { QuarantineReason } from '../observing/quarantine';

/** Where audit records are put. */
export interface AuditPlace {
  readonly bucket: string;
  /** Account of the bucket. */
  readonly hubAccount: string;
}

/** The key of a new object with audit records, or why the message is rejected. */
export type AuditNotice = { readonly key: string } | { readonly reason: QuarantineReason; readonly detail: string };

/**
 * Reads a queue message: EventBridge's `Object Created` of the bucket with audit records. Only AWS can send events with an
 * `aws.` source, and it sends an account only those of its own resources.
 */
export function parseAuditNotice(body: string, { bucket, hubAccount }: AuditPlace): AuditNotice {
  const message = parsedJson(body);
  if (message === undefined) return { reason: 'not-json', detail: 'the message is no JSON' };
  if (!isJsonObject(message) || message['detail-type'] !== 'Object Created')
    return { reason: 'not-understood', detail: 'the message does not announce an object of S3' };
  const { source, account, detail } = message;
  if (source !== 'aws.s3') return { reason: 'source-not-aws', detail: `source is ${quoted(source)}` };
  if (accountIdOf(account) !== hubAccount)
    return { reason: 'not-the-audit-bucket', detail: `account is ${quoted(account)}` };
  const name = field(field(detail, 'bucket'), 'name');
  const key = textOf(field(field(detail, 'object'), 'key'));
  if (name !== bucket || !key?.startsWith(AUDIT_LOG.prefix))
    return { reason: 'not-the-audit-bucket', detail: `bucket is ${quoted(name)}, key ${quoted(key)}` };
  return { key };
}

export function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 128)) : 'missing';
}
