import type { Skip } from '../detection/records/read-facts';
import type { SkipReason } from '../trail-files/trail-reading';

/** Counts of one file, or of a part of one. */
export interface FileCounts {
  /** As in `TrailReading`. */
  readonly records: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** Records that state no fact, besides those given to `onSkip`. */
  readonly left: ReadonlyMap<Skip, number>;
  /** Records of role sessions, with `sessionContext` and without it. */
  readonly sessions: { readonly whole: number; readonly reduced: number };
}
