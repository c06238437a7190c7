import type { Workload } from '../detection/model/workload';

/** Requests that a workload be confirmed, no sooner than `notBefore` (epoch milliseconds). Resolves once sent. */
export type RequestConfirm = (workload: Workload, notBefore: number) => Promise<void>;
