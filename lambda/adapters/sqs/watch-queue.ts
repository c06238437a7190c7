import type { SQSClient } from '@aws-sdk/client-sqs';
import { field } from '../../detection/model/json-field';
import { sendMessages } from './send-messages';

/**
 * Forwards records of log files that concern the detector to `watch`, each as an EventBridge event. Throws if one could not be
 * sent; sending the others again changes nothing.
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
