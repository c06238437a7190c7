import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

/**
 * The answer to a batch: the ids of its failed messages, which SQS delivers again. Throws if all of them failed: SQS
 * delivers them again just the same, and Lambda counts an error.
 */
export function batchAnswer({ Records: messages }: SQSEvent, failed: ReadonlyMap<string, unknown>): SQSBatchResponse {
  const failures = messages.filter(({ messageId }) => failed.has(messageId));
  if (failures.length > 0 && failures.length === messages.length)
    throw new AggregateError(failed.values(), `none of ${messages.length} messages could be processed`);
  return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
