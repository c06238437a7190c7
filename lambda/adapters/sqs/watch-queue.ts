import type { SQSClient } from '@aws-sdk/client-sqs';
import { field } from '../../detection/model/json-field';
import type { Shard } from '../../watching/shards';
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

/** Seconds over which the parts of a round are spread, so that other messages are not held up. */
const SPREAD = 600;

/** Queues parts of a round for `watch` itself, spread over ten minutes. Throws if one could not be sent. */
export function enqueueBySqs(client: SQSClient, queueUrl: string): (shards: readonly Shard[]) => Promise<void> {
  return async (shards) => {
    const messages = shards.map((shard, at) => ({
      body: JSON.stringify(shard),
      delaySeconds: Math.floor((at * SPREAD) / shards.length),
    }));
    for (const [, fault] of await sendMessages(client, queueUrl, messages)) throw fault;
  };
}

function eventOf(detail: unknown): object {
  const account = field(detail, 'recipientAccountId');
  return { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.cloudtrail', account, detail };
}
