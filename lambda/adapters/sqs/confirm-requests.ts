import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { RequestConfirm } from '../../judging/confirm-request';
import { batched } from '../batching';
import { sendMessages, SQS_LIMITS, type QueueMessage } from './send-messages';

const text = z.string().min(1);
const REQUEST = z.object({
  workload: z.object({ partition: text, account: text, kind: text, id: text }),
  sample: z.boolean().default(false),
});

/** A request to confirm a workload, of a sample or a real one. */
export type ConfirmRequest = z.infer<typeof REQUEST>;

/**
 * Queues requests for `confirm`, in batches. Delays are cut to the longest that SQS allows. `sample`: for workloads of samples.
 */
export function requestConfirmBySqs(
  client: SQSClient,
  queueUrl: string,
  now: () => number,
  sample = false,
): RequestConfirm {
  const send = batched<QueueMessage>((messages) => sendMessages(client, queueUrl, messages));
  return ({ partition, account, kind, id }, notBefore) => {
    const request = { workload: { partition, account, kind, id }, ...(sample && { sample }) };
    return send({ body: JSON.stringify(request), delaySeconds: delayUntil(notBefore, now()) });
  };
}

/** The request in a message; null if it is no request. */
export function readConfirmRequest(body: string): ConfirmRequest | null {
  try {
    return REQUEST.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

function delayUntil(notBefore: number, now: number): number {
  return Math.min(SQS_LIMITS.delaySeconds, Math.max(0, Math.ceil((notBefore - now) / 1_000)));
}
