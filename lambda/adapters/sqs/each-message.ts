import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { METRICS } from '../../environment';
import { reasonOf, type Log, type Meter } from '../../telemetry';
import { batchAnswer } from './batch-answer';

/** Processes the messages of a batch one after another, those with the same body once. */
export async function eachMessage(
  event: SQSEvent,
  { log, meter }: { readonly log: Log; readonly meter: Meter },
  finish: (message: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const results = new Map<string, { readonly fault: unknown } | null>();
  const failed = new Map<string, unknown>();
  for (const message of event.Records) {
    const { messageId, body } = message;
    const result = results.has(body) ? results.get(body) : await faultOf(() => finish(message));
    results.set(body, result ?? null);
    if (!result) continue;
    meter.count(METRICS.messagesRetried);
    log.warn('will be retried', { messageId, reason: reasonOf(result.fault) });
    failed.set(messageId, result.fault);
  }
  return batchAnswer(event, failed);
}

async function faultOf(act: () => Promise<void>): Promise<{ readonly fault: unknown } | null> {
  try {
    await act();
    return null;
  } catch (fault) {
    return { fault };
  }
}
