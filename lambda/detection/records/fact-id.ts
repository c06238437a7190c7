import type { CloudTrailRecord } from '../model/cloudtrail-record';

/** The id of what a record states of something. Joined, as V8 would keep the parts of a template beside their sum. */
export function factId(
  { account, sharedEventId, eventId }: Pick<CloudTrailRecord, 'account' | 'sharedEventId' | 'eventId'>,
  of: string,
): string {
  return [account, sharedEventId ?? eventId, of].join('/');
}
