import type { WorkloadKind } from '../detection/model/workload-kind';
import type { RequestConfirm } from '../judging/confirm-request';
import type { JudgingContext } from '../judging/judge-workloads';
import type { Heartbeats } from '../store/heartbeats';
import type { SeenCache } from '../store/seen-cache';

export interface ObserveContext extends JudgingContext {
  readonly kinds: readonly WorkloadKind[];
  readonly seen: SeenCache;
  readonly requestConfirm: RequestConfirm;
  /** Told of every record that is read, unless silently: those are of long ago. @default nobody is told */
  readonly heartbeats?: Heartbeats;
  /** The account whose canaries' keys are not noted: nobody uses them, and they would be many. @default none */
  readonly hubAccount?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether a record that failed so to be stored will never be stored: it is refused alone. @default none */
  readonly isForever?: (error: unknown) => boolean;
  /**
   * Facts are stored and judged, and no suspicion is handed on: nothing is remembered as asked for, so the same record told
   * aloud is. @default false
   */
  readonly recordOnly?: boolean;
}

export interface RefusedRecord<Id> {
  readonly id: Id;
  readonly record: unknown;
  readonly error: unknown;
}
