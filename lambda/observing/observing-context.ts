import type { WorkloadKind } from '../detection/model/workload-kind';
import type { Ask } from '../judging/confirm-request';
import type { Bench } from '../judging/judge-workloads';
import type { Heartbeats } from '../store/heartbeats';
import type { Memory } from './observe-records';

export interface Observing extends Bench {
  readonly kinds: readonly WorkloadKind[];
  readonly memory: Memory;
  readonly ask: Ask;
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
  readonly isSilent?: boolean;
}

export interface Refused<Id> {
  readonly id: Id;
  readonly record: unknown;
  readonly error: unknown;
}
