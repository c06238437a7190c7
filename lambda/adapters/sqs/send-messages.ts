import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { inParts, type Faults } from '../batching';

export interface QueueMessage {
  readonly body: string;
  /** Seconds, 0 to 900. @default the queue's own delay */
  readonly delaySeconds?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** SendMessageBatch takes 10 messages and, together and each, 1,048,576 bytes with their attributes (API reference). */
export const SQS_LIMITS = { messages: 10, bytes: 1_048_576, delaySeconds: 900 } as const;

/** Sends messages in as few requests as SQS allows. Returns the errors by the message's index; the others are sent. */
export async function sendMessages(
  client: SQSClient,
  queueUrl: string,
  messages: readonly QueueMessage[],
): Promise<Faults> {
  const faults = new Map<number, unknown>();
  const entries = messages.map((message, at) => ({ at, entry: entryOf(message, String(at)) }));
  for (const part of inParts(entries, ({ at }) => sizeOf(messages[at]), PART)) {
    try {
      const { Failed: failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: part.map(({ entry }) => entry) }),
      );
      for (const { Id, Code, Message } of failed)
        faults.set(Number(Id), new Error(`SQS refused a message: ${Code ?? ''} ${Message ?? ''}`.trim()));
    } catch (error) {
      for (const { at } of part) faults.set(at, error);
    }
  }
  return faults;
}

const PART = { most: SQS_LIMITS.messages, bytes: SQS_LIMITS.bytes };

function entryOf({ body, delaySeconds, attributes = {} }: QueueMessage, id: string): SendMessageBatchRequestEntry {
  const named = textAttributes(attributes);
  return {
    Id: id,
    MessageBody: body,
    ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    ...(Object.keys(named).length > 0 && { MessageAttributes: named }),
  };
}

/** Attributes for SQS and SNS, without empty ones, which neither accepts. */
export function textAttributes(
  attributes: Readonly<Record<string, string>>,
): Record<string, { DataType: string; StringValue: string }> {
  const filled = Object.entries(attributes).filter(([, value]) => value !== '');
  return Object.fromEntries(filled.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]));
}

function sizeOf(message: QueueMessage | undefined): number {
  const attributes = Object.entries(message?.attributes ?? {})
    .flat()
    .join('String');
  return Buffer.byteLength(message?.body ?? '', 'utf8') + Buffer.byteLength(attributes, 'utf8');
}
