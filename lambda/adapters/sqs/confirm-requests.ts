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

/** What `confirm` is asked: to settle a workload, and whether it is one of a sample. */
export type ConfirmRequest = z.infer<typeof REQUEST>;

/**
 * Asks `confirm` by the delayed queue. What is asked for at once goes together; a wait longer than SQS allows is cut.
 * `sample`: for workloads of samples.
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

/** What a message asks for; null where it is no such message. */
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
