import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Workload } from '../../detection/model/workload';
import { METRICS } from '../../environment';
import { reasonOf, type Log, type Meter } from '../../telemetry';
import { requestConfirmBySqs } from './confirm-requests';

/** Milliseconds by which what arrived together is stored. */
const SETTLED = 10_000;

export interface VerificationParts {
  readonly sqs: SQSClient;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

/** Queues workloads for `verify`. A request that cannot be sent is given up: a finding does not depend on it. */
export function requestVerificationBySqs(
  queueUrl: string,
  { sqs, log, meter, now }: VerificationParts,
): (workload: Workload) => Promise<void> {
  const send = requestConfirmBySqs(sqs, queueUrl, now);
  return async (workload) => {
    try {
      await send(workload, now() + SETTLED);
    } catch (error) {
      meter.count(METRICS.questionsUnanswered, 1, { reason: 'failed' });
      log.warn('verification not requested', { workload: workload.id, reason: reasonOf(error) });
    }
  };
}
