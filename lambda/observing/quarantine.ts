/** Why a message, or a record in it, is put into quarantine: a closed list, shown to people and counted by. */
export type QuarantineReason =
  /** It is no JSON. */
  | 'not-json'
  /** JSON, but neither an event, nor a notification, nor a request of ours. */
  | 'not-understood'
  /** An event whose source is not AWS, or is one of its partners. */
  | 'source-not-aws'
  /** An event of AWS with which CloudTrail sends no records. */
  | 'not-of-cloudtrail'
  /** An event of another account than the one whose record it carries. */
  | 'not-the-recipient'
  /** An object of a bucket that is not the trail's. */
  | 'not-the-trail-bucket'
  /** An object of a bucket, or under a key, that is not that of audit records. */
  | 'not-the-audit-bucket'
  /** Records of an account that is not watched. */
  | 'owner-not-watched'
  /** Records of a log that is not the audit log of a cluster, or that were not sent by the detector's subscription. */
  | 'not-an-audit-log'
  /** A line of an audit log that is no event. */
  | 'audit-event-unreadable'
  | 'alarm-unreadable'
  /** The object is not there any more. */
  | 'object-gone'
  /** The object may not be read, or has another owner. */
  | 'object-denied'
  /** The object's content cannot be read, or not to its end. */
  | 'object-unreadable'
  /** A record of a time more than 24 hours ahead. */
  | 'record-in-the-future'
  /** A record that the lock table will never take. */
  | 'record-not-storable';

export interface SetAside {
  /** As it was received; secrets are taken out before it goes anywhere. */
  readonly body: string;
  readonly reason: QuarantineReason;
  /** More detail, for people. */
  readonly detail: string;
  /** Of the message it came in. */
  readonly messageId: string;
}

/** Puts it into quarantine. Resolves when it is there. */
export type Quarantine = (one: SetAside) => Promise<void>;
