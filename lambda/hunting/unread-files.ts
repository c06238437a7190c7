import { TOO_MANY_UNREAD } from '../hunt-names';

/** Why a log file was not read, or not to its end. A closed list. */
export const UNREAD_KINDS = [
  'key-denied',
  'archived',
  'other-owner',
  'denied',
  'vanished',
  'not-a-log',
  'incomplete',
] as const;

export type UnreadKind = (typeof UNREAD_KINDS)[number];

/** A file that was not read completely. */
export interface UnreadFile {
  readonly file: string;
  readonly kind: UnreadKind;
  /** For people. */
  readonly reason: string;
}

/** Numbers of files by kind; kinds without any are absent. */
export type UnreadCounts = Readonly<Partial<Record<UnreadKind, number>>>;

/** For people: what is wrong with files of a kind, and what can be done; null where nothing can. */
export const UNREAD: Readonly<Record<UnreadKind, { readonly what: string; readonly remedy: string | null }>> = {
  'key-denied': {
    what: 'encrypted with a key that may not be used',
    remedy: 'let the role credlock-hunt-read decrypt: trailKeyArn, and the policy of the key, which must be enabled',
  },
  archived: {
    what: 'archived in Glacier or an archive tier',
    remedy: 'restore them for as long as a hunt takes (s3:RestoreObject)',
  },
  'other-owner': {
    what: 'owned by another account than the bucket’s, so that the bucket’s policy is not theirs',
    remedy: 'set the bucket’s Object Ownership to bucket owner enforced',
  },
  denied: {
    what: 'denied',
    remedy:
      'add the stack’s output BucketPolicyStatements to the bucket’s policy, and look for denials in it and in policies of the organisation',
  },
  vanished: { what: 'deleted after the hunt was planned', remedy: null },
  'not-a-log': { what: 'named like log files, but without CloudTrail records', remedy: null },
  incomplete: { what: 'damaged, not read to the end, or with records of other accounts', remedy: null },
};

/** The state machine does not try again. */
export class TooManyUnreadError extends Error {
  override readonly name = TOO_MANY_UNREAD;
}

export function countsByKind(files: readonly UnreadFile[]): UnreadCounts {
  const counts: Partial<Record<UnreadKind, number>> = {};
  for (const { kind } of files) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export function totalUnread(counts: UnreadCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `12 archived in Glacier or an archive tier (restore them)`, by number; kinds in the order of the list where equal. */
export function unreadTexts(counts: UnreadCounts): string[] {
  return UNREAD_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    const { what, remedy } = UNREAD[kind];
    const text = `${count.toLocaleString('en')} ${what}${remedy === null ? '' : ` (${remedy})`}`;
    return count === 0 ? [] : [{ count, text }];
  })
    .sort((one, other) => other.count - one.count)
    .map(({ text }) => text);
}
