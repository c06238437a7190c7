import { field, isJsonObject, textOf } from '../../detection/json-field';

/** The keys an event of S3 is about, its own or EventBridge's; null where it is another event. */
export function changedKeys(event: unknown): string[] | null {
  if (!isJsonObject(event)) return null;
  if (event.source === 'aws.s3') return [textOf(field(field(event.detail, 'object'), 'key')) ?? ''];
  const { Records: records } = event;
  if (!Array.isArray(records)) return null;
  // S3's own notifications encode keys as in HTML forms.
  return records.map((record: unknown) =>
    decodeURIComponent((textOf(field(field(field(record, 's3'), 'object'), 'key')) ?? '').replaceAll('+', ' ')),
  );
}
