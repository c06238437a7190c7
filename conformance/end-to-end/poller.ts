import { setTimeout as pause } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { HUB, type EventSource } from './deploy';
import type { Containers } from './lambda-function';

/** Most messages of one ReceiveMessage. */
const RECEIVED_AT_ONCE = 10;
const POLLED_EVERY = 250;

export interface Counts {
  batches: number;
  messages: number;
  /** Messages that an answer named while it let others of its batch pass. */
  partlyFailed: number;
  /** Invocations that failed with all of their messages. */
  wholeBatches: number;
  /** Most messages that were waiting for their delay at one time. */
  mostDelayed: number;
}

/**
 * Gives functions the messages of their queues as Lambda does: those an answer does not name are deleted, the others come
 * again, at once and not after the queue's visibility timeout.
 */
export class Poller {
  readonly counts: Counts = { batches: 0, messages: 0, partlyFailed: 0, wholeBatches: 0, mostDelayed: 0 };

  constructor(
    private readonly sqs: SQSClient,
    private readonly containers: Containers,
    private readonly sources: readonly EventSource[],
    private readonly more: Readonly<Record<string, string>> = {},
  ) {}

  /** Until every queue is empty. */
  async settle(seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1_000;
    for (;;) {
      if (Date.now() > until) throw new Error(`messages are left after ${seconds} s`);
      const taken = await Promise.all(this.sources.map((source) => this.poll(source)));
      const waiting = await Promise.all(this.sources.map(({ queue }) => this.waiting(queue)));
      if (taken.some(Boolean)) continue;
      if (waiting.every((count) => count === 0)) return;
      await pause(POLLED_EVERY);
    }
  }

  /** One batch. False where there was none. */
  async poll(source: EventSource): Promise<boolean> {
    const messages = await this.receive(source);
    if (messages.length === 0) return false;
    this.counts.batches += 1;
    this.counts.messages += messages.length;
    const failed = await this.invoke(source, messages);
    if (failed.size < messages.length) this.counts.partlyFailed += failed.size;
    else this.counts.wholeBatches += 1;
    const QueueUrl = urlOf(source.queue);
    await Promise.all(
      messages.map(async ({ MessageId, ReceiptHandle }) => {
        const again = failed.has(MessageId ?? '');
        if (again)
          await this.sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
        else await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }),
    );
    return true;
  }

  private async receive({ queue, batchSize }: EventSource): Promise<Message[]> {
    const messages: Message[] = [];
    while (messages.length < batchSize) {
      const { Messages: more = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(queue),
          MaxNumberOfMessages: Math.min(RECEIVED_AT_ONCE, batchSize - messages.length),
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (more.length === 0) break;
      messages.push(...more);
    }
    return messages;
  }

  /** Ids of the messages that come again. */
  private async invoke(source: EventSource, messages: readonly Message[]): Promise<Set<string>> {
    const event = { Records: messages.map((message) => recordOf(message, source.queue)) };
    try {
      const answer = await this.containers.invoke(source.function, event, this.more);
      const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
      return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch {
      // As Lambda has it: a batch whose invocation fails comes again.
      return new Set(messages.map(({ MessageId }) => MessageId ?? ''));
    }
  }

  private async waiting(queue: string): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ['All'] }),
    );
    const count = (which: '' | 'NotVisible' | 'Delayed'): number =>
      Number(Attributes[`ApproximateNumberOfMessages${which}`]);
    this.counts.mostDelayed = Math.max(this.counts.mostDelayed, count('Delayed'));
    return count('') + count('NotVisible') + count('Delayed');
  }
}

export function urlOf(queue: string): string {
  return `https://sqs.${HUB.region}.amazonaws.com/${HUB.account}/${queue}`;
}

/** A message as Lambda hands it on. */
export function recordOf(message: Message, queue: string): object {
  const attributes = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: Object.fromEntries(
      attributes.map(([name, { StringValue: stringValue, DataType: dataType }]) => [name, { stringValue, dataType }]),
    ),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${HUB.region}:${HUB.account}:${queue}`,
    awsRegion: HUB.region,
  };
}
