import { createHash } from 'node:crypto';
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Clock } from './clock';

/** One message of a queue that has not been deleted. Times are milliseconds by the server's clock. */
export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly sentAt: number;
  /** When it can next be received: later than now while it is delayed or in flight. */
  readonly visibleAt: number;
  readonly receiveCount: number;
}

export interface QueueSettings {
  readonly account: string;
  readonly region: string;
  /** Seconds; 30 as in AWS. */
  readonly visibilityTimeout?: number;
  /** Seconds; 0 as in AWS. */
  readonly delaySeconds?: number;
}

export interface Queue {
  readonly url: string;
  readonly arn: string;
  /** Whatever has not been deleted: visible, delayed and in flight. */
  readonly messages: readonly QueuedMessage[];
  readonly visible: readonly QueuedMessage[];
  /** Sent with a delay that has not passed. */
  readonly delayed: readonly QueuedMessage[];
  /** Received and not deleted, before the visibility timeout. */
  readonly inFlight: readonly QueuedMessage[];
  /** Ids of the messages that were deleted, in order. */
  readonly deleted: readonly string[];
}

export interface SentMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly delaySeconds: number | undefined;
}

export interface LiveQueue extends Queue {
  readonly settings: Required<QueueSettings>;
  readonly createdAt: number;
  send(message: SentMessage): QueuedMessage;
  /** The oldest visible messages, hidden from now on for `visibilityTimeout` seconds. */
  receive(count: number, visibilityTimeout: number): { message: QueuedMessage; receiptHandle: string }[];
  /** False where the handle is none of this queue. */
  delete(receiptHandle: string): boolean;
}

type Stored = { -readonly [Name in keyof QueuedMessage]: QueuedMessage[Name] };

export function liveQueue(name: string, url: string, given: QueueSettings, clock: Clock): LiveQueue {
  const settings = { visibilityTimeout: 30, delaySeconds: 0, ...given };
  const messages: Stored[] = [];
  const deleted: string[] = [];
  let sent = 0;
  const hidden = (received: boolean): Stored[] =>
    messages.filter(({ visibleAt, receiveCount }) => visibleAt > clock.now() && receiveCount > 0 === received);

  return {
    url,
    arn: `arn:aws:sqs:${given.region}:${given.account}:${name}`,
    settings,
    createdAt: clock.now(),
    messages,
    deleted,
    get visible() {
      return messages.filter(({ visibleAt }) => visibleAt <= clock.now());
    },
    get delayed() {
      return hidden(false);
    },
    get inFlight() {
      return hidden(true);
    },

    send({ body, attributes, delaySeconds }) {
      sent += 1;
      const sentAt = clock.now();
      const visibleAt = sentAt + (delaySeconds ?? settings.delaySeconds) * 1000;
      const messageId = `${name}-${String(sent).padStart(8, '0')}`;
      const message = { messageId, body, attributes, sentAt, visibleAt, receiveCount: 0 };
      messages.push(message);
      return message;
    },

    receive(count, visibilityTimeout) {
      const now = clock.now();
      return messages
        .filter(({ visibleAt }) => visibleAt <= now)
        .slice(0, count)
        .map((message) => {
          message.receiveCount += 1;
          message.visibleAt = now + visibilityTimeout * 1000;
          return { message: { ...message }, receiptHandle: `${url}#${message.messageId}#${message.receiveCount}` };
        });
    },

    delete(receiptHandle) {
      const [of, messageId = '', count = ''] = receiptHandle.split('#');
      if (of !== url || count === '') return false;
      const at = messages.findIndex((message) => message.messageId === messageId);
      // SDK model, DeleteMessage: with an old handle "the request will succeed, but the message might not be deleted".
      if (messages[at]?.receiveCount === Number(count)) {
        messages.splice(at, 1);
        deleted.push(messageId);
      }
      return true;
    },
  };
}

export function md5(bytes: string | Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Developer guide, "Calculating the MD5 message digest for message attributes"; undefined without any. */
export function attributesMd5(attributes: Readonly<Record<string, MessageAttributeValue>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  return md5(Buffer.concat(names.flatMap((name) => attributeParts(name, attributes[name]))));
}

function attributeParts(name: string, value: MessageAttributeValue | undefined): Buffer[] {
  const binary = value?.BinaryValue;
  const content = binary ? Buffer.from(binary) : Buffer.from(value?.StringValue ?? '', 'utf8');
  return [
    ...prefixed(Buffer.from(name, 'utf8')),
    ...prefixed(Buffer.from(value?.DataType ?? '', 'utf8')),
    Buffer.from([binary ? 2 : 1]),
    ...prefixed(content),
  ];
}

function prefixed(bytes: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/** A received message as ReceiveMessage gives it, with the system and own attributes that were asked for. */
export function asReceived(
  { message, receiptHandle }: { message: QueuedMessage; receiptHandle: string },
  wanted: { system: readonly string[]; own: readonly string[] },
): Message {
  const system = {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
  };
  const own = Object.entries(message.attributes).filter(([name]) => isWanted(name, wanted.own));
  const attributes = Object.fromEntries(own);
  const shown = Object.fromEntries(Object.entries(system).filter(([name]) => isWanted(name, wanted.system)));
  const digest = attributesMd5(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(shown).length > 0 ? { Attributes: shown } : {}),
    ...(digest === undefined ? {} : { MessageAttributes: attributes, MD5OfMessageAttributes: digest }),
  };
}

/** SDK model, `ReceiveMessageRequest.MessageAttributeNames`: a name, `All`, `.*`, or `prefix.*`. */
function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (word) => word === name || word === 'All' || (word.endsWith('.*') && name.startsWith(word.slice(0, -2))),
  );
}
