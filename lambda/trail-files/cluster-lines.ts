import type { AuditLines } from '../kubernetes/unwrap-audit';
import type { AlarmLines } from '../runtime/unwrap-alarms';
import type { Piece } from './piece';

/** Receives the lines of audit logs of Kubernetes, and those of agents in its containers. */
export interface ClusterLines extends AuditLines, AlarmLines {
  readonly finder: ClusterLineFinder;
}

/** Finds lines of clusters. It comes with what receives them, so that only those who read them load it. */
export interface ClusterLineFinder {
  /** Passes on the lines in one value; false, with nothing passed on, for a value without any. */
  unwrap(value: unknown, into: ClusterLines): boolean;
  /**
   * Passes on what the object that begins at `at` holds of a cluster's logs. Returns the index behind it, `UNFINISHED` if that is
   * not in the piece, null for any other object.
   */
  take(piece: Piece, at: number, into: ClusterLines): number | null;
}
