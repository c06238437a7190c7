import type { WorkloadKind } from '../detection/model/workload-kind';
import type { Workload } from '../detection/model/workload';
import type { RequestConfirm } from '../judging/confirm-request';
import type { JudgingContext } from '../judging/judge-workloads';
import type { Heartbeats } from '../store/heartbeats';
import type { SeenCache } from '../store/seen-cache';

export interface ObserveContext extends JudgingContext {
  readonly kinds: readonly WorkloadKind[];
  readonly seen: SeenCache;
  readonly requestConfirm: RequestConfirm;
  /** Requests that EC2 be asked who has the untrusted origins of a workload. Never fails. @default none */
  readonly requestVerification?: (workload: Workload) => Promise<void>;
  /** Receives every record, unless `recordOnly`: those are backfilled. @default none */
  readonly heartbeats?: Heartbeats;
  /** The account whose canaries' credentials are not stored: they are many and unused. @default none */
  readonly hubAccount?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** True if a record that failed with this error can never be stored: it alone is refused. @default none */
  readonly isForever?: (error: unknown) => boolean;
  /**
   * Facts are stored and judged, and no confirmation is requested. Nothing is cached as seen, so a later delivery of the
   * same record without it requests one. @default false
   */
  readonly recordOnly?: boolean;
}

export interface RefusedRecord<Id> {
  readonly id: Id;
  readonly record: unknown;
  readonly error: unknown;
  readonly reason: 'record-in-the-future' | 'record-not-storable';
}
