import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { grantUseOfKey } from './grant-use-of-key';
import type { HandlerFunction } from './handler-function';
import type { WorkQueue } from './work-queue';

/** Grants a handler sending to a queue, and sets the variable with its URL. */
export function grantSend(
  handler: HandlerFunction,
  variable: 'delayedQueueUrl' | 'publishingQueueUrl' | 'quarantineQueueUrl' | 'verifyQueueUrl' | 'watchQueueUrl',
  queue: Queue,
): void {
  queue.grant(handler, 'sqs:SendMessage');
  grantUseOfKey(queue.encryptionMasterKey, handler);
  handler.setVariable(variable, queue.queueUrl);
}

/** Invokes a handler with the messages of a queue. It answers with those that failed. */
export function consume(handler: HandlerFunction, { queue }: WorkQueue, options: SqsEventSourceProps): void {
  handler.function.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, ...options }));
}
