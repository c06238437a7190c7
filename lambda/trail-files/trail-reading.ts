/** Why a value in a file is skipped. A closed list: these words are shown to people. */
export type SkipReason =
  | 'empty'
  | 'not-cloudtrail'
  | 'digest'
  | 'insight'
  | 'aggregated'
  | 'network-activity'
  | 'not-relevant'
  | 'malformed-record';

/** The result of reading one file, object or stream. */
export interface TrailReading {
  /** CloudTrail records seen: those passed on and those that are `not-relevant`. */
  readonly records: number;
  /** Lines of audit logs of Kubernetes, and of agents, passed on. */
  readonly auditLines: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** The faults met, for people; null if there were none. */
  readonly problem: string | null;
}

/** Counts by reason, and adds up. */
export class SkipCounts<Reason extends string = SkipReason> extends Map<Reason, number> {
  count(reason: Reason, times = 1): void {
    this.set(reason, (this.get(reason) ?? 0) + times);
  }

  add(others: ReadonlyMap<Reason, number>): void {
    for (const [reason, times] of others) this.count(reason, times);
  }
}
