import type { Workload } from '../detection/model/workload';

/** Asks for a workload to be settled, no sooner than `notBefore` (epoch milliseconds). Resolves when that was sent. */
export type RequestConfirm = (workload: Workload, notBefore: number) => Promise<void>;
