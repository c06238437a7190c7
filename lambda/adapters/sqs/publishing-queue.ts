import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '../../detection/model/finding';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { batched } from '../batching';
import { sendMessages, type QueueMessage } from './send-messages';

/** What a sink takes: EventBridge's targets get no more than 256 KB of an event, in most of which user agents stand. */
const MOST_BYTES = 240_000;

/** Sends findings to `publish` by its queue. Those that are sent at once go together. */
export function publishBySqs(client: SQSClient, queueUrl: string): (saying: OutgoingFinding) => Promise<void> {
  const send = batched<QueueMessage>((messages) => sendMessages(client, queueUrl, messages));
  return (saying) => send({ body: JSON.stringify({ ...saying, finding: withinSize(saying.finding) }) });
}

/** With as many of its events, the earliest first, as there is room for. */
export function withinSize(finding: Finding, most = MOST_BYTES): Finding {
  let left = most - bytesOf({ ...finding, events: [] });
  const kept = finding.events.findIndex((event) => (left -= bytesOf(event) + 1) < 0);
  return kept < 0 ? finding : { ...finding, events: finding.events.slice(0, kept) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}
