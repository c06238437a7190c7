import { readTrailObject } from '../../../lambda/trail-files/read-trail-object';
import type { RecordForm } from '../../../lambda/trail-files/unwrap';
import type { TrailReading } from '../../../lambda/trail-files/trail-reading';

/** A record that matters: a call of a role session. */
export function sessionCall(id: string, more: object = {}): Record<string, unknown> {
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
      accountId: '111122223333',
      sessionContext: { webIdFederationData: {}, attributes: { mfaAuthenticated: 'false' } },
    },
    eventTime: '2026-08-03T10:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    requestParameters: { policy: '{"a": {"b": "}"}}', list: [{ on: true }, { off: null }], prefix: 'été "{"' },
    responseElements: null,
    eventID: id,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...more,
  };
}

/** A record that cannot matter. */
export function foreignCall(id: string, more: object = {}): Record<string, unknown> {
  const userIdentity = { type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAJ45Q7YFFAREXAMPLE' };
  return sessionCall(id, { userIdentity, ...more });
}

export interface Read extends TrailReading {
  readonly ids: unknown[];
  /** The counts as a plain object. */
  readonly counts: Record<string, number>;
}

/** Reads bytes given in chunks of `size`. */
export async function read(
  bytes: Uint8Array | string,
  size = 1 << 20,
  forms: readonly RecordForm[] = [],
): Promise<Read> {
  const ids: unknown[] = [];
  const reading = await readTrailObject(
    chunksOf(Buffer.from(bytes), size),
    (record) => {
      ids.push((record as { eventID?: unknown }).eventID);
    },
    { forms },
  );
  return { ...reading, ids, counts: Object.fromEntries(reading.skipped) };
}

export async function* chunksOf(bytes: Buffer, size = 1 << 20): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A source that fails behind `bytes`. */
export async function* failing(bytes: Buffer, message: string): AsyncGenerator<Buffer> {
  yield bytes;
  throw new Error(message);
}
