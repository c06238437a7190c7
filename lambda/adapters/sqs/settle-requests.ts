import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Workload } from '../../detection/workload';
import type { Ask } from '../../live/observe-records';
import { coalesced } from '../coalesced';
import { sendMessages, SQS_LIMITS, type Outgoing } from './send-messages';

const text = z.string().min(1);
const REQUEST = z.object({ workload: z.object({ partition: text, account: text, kind: text, id: text }) });

/** Asks `confirm` by the delayed queue. What is asked for at once goes together; a wait longer than SQS allows is cut. */
export function askBySqs(client: SQSClient, queueUrl: string, now: () => number): Ask {
  const send = coalesced<Outgoing>((messages) => sendMessages(client, queueUrl, messages));
  return (workload, notBefore) => send({ ...settleRequest(workload), delaySeconds: delayUntil(notBefore, now()) });
}

export function settleRequest({ partition, account, kind, id }: Workload): Outgoing {
  return { body: JSON.stringify({ workload: { partition, account, kind, id } }) };
}

/** The workload a message asks to settle; null where it is no such message. */
export function readSettleRequest(body: string): Workload | null {
  try {
    return REQUEST.parse(JSON.parse(body)).workload;
  } catch {
    return null;
  }
}

function delayUntil(notBefore: number, now: number): number {
  return Math.min(SQS_LIMITS.delaySeconds, Math.max(0, Math.ceil((notBefore - now) / 1_000)));
}
