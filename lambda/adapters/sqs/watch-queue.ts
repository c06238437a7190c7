import type { SQSClient } from '@aws-sdk/client-sqs';
import { field } from '../../detection/model/json-field';
import { sendMessages } from './send-messages';

/**
 * Hands records that tell of harm done to the detector on to `watch` by its queue, each as the event it would have come in.
 * Throws where one could not be sent; those that were are told once however often they are sent.
 */
export function forwardBySqs(client: SQSClient, queueUrl: string): (records: readonly unknown[]) => Promise<void> {
  return async (records) => {
    const faults = await sendMessages(
      client,
      queueUrl,
      records.map((record) => ({ body: JSON.stringify(eventOf(record)) })),
    );
    for (const [, fault] of faults) throw fault;
  };
}

function eventOf(detail: unknown): object {
  const account = field(detail, 'recipientAccountId');
  return { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.cloudtrail', account, detail };
}
