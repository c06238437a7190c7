/** Why a message, or a record in it, is put into quarantine: a closed list, shown to people and counted by. */
export type QuarantineReason =
  /** It is no JSON. */
  | 'not-json'
  /** JSON, but neither an event, nor a notification, nor a request of ours. */
  | 'not-understood'
  /** An event that says it is not from AWS, or is from one of its partners. */
  | 'source-not-aws'
  /** An event of AWS with which CloudTrail sends no records. */
  | 'not-of-cloudtrail'
  /** An event of another account than the one whose record it carries. */
  | 'not-the-recipient'
  /** An object of a bucket that is not the trail's. */
  | 'not-the-trail-bucket'
  /** The object is not there any more. */
  | 'object-gone'
  /** The object may not be read, or belongs to somebody else. */
  | 'object-denied'
  /** What is in the object cannot be read, or not to its end. */
  | 'object-unreadable'
  /** A record that the lock table will never take. */
  | 'record-not-storable';

export interface SetAside {
  /** As it was received; secrets are taken out before it goes anywhere. */
  readonly body: string;
  readonly reason: QuarantineReason;
  /** More about it, for people. */
  readonly detail: string;
  /** Of the message it came in. */
  readonly messageId: string;
}

/** Puts it where people find it. Resolves when it is there. */
export type Quarantine = (one: SetAside) => Promise<void>;
