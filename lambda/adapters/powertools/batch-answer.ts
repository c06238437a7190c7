import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

/**
 * The answer to a batch, with the ids of its failed messages. Throws if all of them failed: SQS retries them just the same,
 * and Lambda counts an error.
 */
export function batchAnswer(event: SQSEvent, failed: ReadonlyMap<string, unknown>): Promise<SQSBatchResponse> {
  const finish = ({ messageId }: SQSRecord): Promise<void> =>
    failed.has(messageId) ? Promise.reject(failed.get(messageId)) : Promise.resolve();
  return processPartialResponse(event, finish, new BatchProcessor(EventType.SQS));
}
