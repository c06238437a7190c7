import { field, isJsonObject, textOf } from '../../detection/model/json-field';

/** An object that was written, and its author; fields that the event lacks are null. */
export interface ObjectChange {
  readonly key: string;
  /** An account id, a service, or in S3's own notifications a principal id. */
  readonly requester: string | null;
  readonly address: string | null;
  readonly version: string | null;
}

/** The changes in an S3 event, sent by S3 itself or EventBridge; null for other events. */
export function objectChanges(event: unknown): ObjectChange[] | null {
  if (!isJsonObject(event)) return null;
  if (event.source === 'aws.s3') return [changeOfEvent(event.detail)];
  const { Records: records } = event;
  return Array.isArray(records) ? records.map(changeOfNotification) : null;
}

function changeOfEvent(detail: unknown): ObjectChange {
  return {
    key: textOf(field(field(detail, 'object'), 'key')) ?? '',
    requester: textOf(field(detail, 'requester')),
    address: textOf(field(detail, 'source-ip-address')),
    version: textOf(field(field(detail, 'object'), 'version-id')),
  };
}

function changeOfNotification(record: unknown): ObjectChange {
  const object: unknown = field(field(record, 's3'), 'object');
  return {
    // S3's own notifications encode keys as in HTML forms.
    key: decodeURIComponent((textOf(field(object, 'key')) ?? '').replaceAll('+', ' ')),
    requester: textOf(field(field(record, 'userIdentity'), 'principalId')),
    address: textOf(field(field(record, 'requestParameters'), 'sourceIPAddress')),
    version: textOf(field(object, 'versionId')),
  };
}
