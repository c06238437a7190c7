import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Finding } from '../../detection/model/finding';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { batched } from '../batching';
import { sendMessages, type QueueMessage } from './send-messages';

/** EventBridge's targets get at most 256 KB of an event. */
const MOST_BYTES = 240_000;

/** Queues findings for `publish`, in batches. */
export function publishBySqs(client: SQSClient, queueUrl: string): (outgoing: OutgoingFinding) => Promise<void> {
  const send = batched<QueueMessage>((messages) => sendMessages(client, queueUrl, messages));
  return (outgoing) => send({ body: JSON.stringify({ ...outgoing, finding: withinSize(outgoing.finding) }) });
}

/** The finding with as many of its events as fit into `most` bytes, earliest first. */
export function withinSize(finding: Finding, most = MOST_BYTES): Finding {
  let left = most - bytesOf({ ...finding, events: [] });
  const kept = finding.events.findIndex((event) => (left -= bytesOf(event) + 1) < 0);
  return kept < 0 ? finding : { ...finding, events: finding.events.slice(0, kept) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}
