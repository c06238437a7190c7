import {
  DeleteMessage$,
  DeleteMessageBatch$,
  GetQueueAttributes$,
  ReceiveMessage$,
  SendMessage$,
  SendMessageBatch$,
  type BatchResultErrorEntry,
  type DeleteMessageBatchCommandInput,
  type DeleteMessageBatchResult,
  type DeleteMessageCommandInput,
  type GetQueueAttributesCommandInput,
  type GetQueueAttributesResult,
  type ReceiveMessageCommandInput,
  type ReceiveMessageResult,
  type SendMessageBatchCommandInput,
  type SendMessageBatchRequestEntry,
  type SendMessageBatchResult,
  type SendMessageBatchResultEntry,
  type SendMessageCommandInput,
  type SendMessageResult,
} from '@aws-sdk/client-sqs';
import type { Clock } from './clock';
import { operation, type Call, type Service } from './operation';
import { jsonRpc } from './protocols/json-rpc';
import { batchOf, checkBatchSize, checkMessage, checkRange, invalidValue, sizeOf } from './sqs-limits';
import { asReceived, attributesMd5, liveQueue, md5, type LiveQueue, type Queue, type QueueSettings } from './sqs-queue';
import { refuseUnmodelled, WireError } from './wire-error';

export interface Sqs {
  /** Makes a standard queue and gives its URL. */
  createQueue(name: string, settings: QueueSettings): string;
  /** The queue with this URL; throws where there is none. */
  queue(url: string): Queue;
}

type Sending = Pick<SendMessageBatchRequestEntry, 'MessageBody' | 'MessageAttributes' | 'DelaySeconds'>;

const SENDING = ['MessageBody', 'MessageAttributes', 'DelaySeconds'] as const;

export function sqs(clock: Clock, endpoint: () => string): { state: Sqs; service: Service } {
  const queues = new Map<string, LiveQueue>();

  function find(url: string | undefined): LiveQueue {
    const found = queues.get(pathOf(url ?? ''));
    if (found) return found;
    throw new WireError(
      'QueueDoesNotExist',
      'The specified queue does not exist.',
      400,
      'AWS.SimpleQueueService.NonExistentQueue',
    );
  }

  function ownQueue(url: string | undefined, call: Call): LiveQueue {
    const queue = find(url);
    if (queue.settings.account === call.account) return queue;
    throw new WireError('AccessDenied', `Access to the resource ${queue.url} is denied.`, 403);
  }

  function sendMessage(input: SendMessageCommandInput, call: Call): SendMessageResult {
    const queue = ownQueue(input.QueueUrl, call);
    checkBatchSize([sizeOf(input.MessageBody ?? '', input.MessageAttributes ?? {})], 'one');
    return sendOne(queue, input);
  }

  function sendBatch(input: SendMessageBatchCommandInput, call: Call): SendMessageBatchResult {
    const queue = ownQueue(input.QueueUrl, call);
    const entries = batchOf(input.Entries ?? []);
    for (const entry of entries) refuseUnmodelled(entry, ['Id', ...SENDING], 'SendMessageBatch.Entries');
    checkBatchSize(
      entries.map((entry) => sizeOf(entry.MessageBody ?? '', entry.MessageAttributes ?? {})),
      'batch',
    );
    const successful: SendMessageBatchResultEntry[] = [];
    const failed = oneByOne(entries, call, (entry) => {
      successful.push({ Id: entry.Id, ...sendOne(queue, entry) });
    });
    return { Successful: successful, Failed: failed };
  }

  function receive(input: ReceiveMessageCommandInput, call: Call): ReceiveMessageResult {
    const queue = ownQueue(input.QueueUrl, call);
    const count = input.MaxNumberOfMessages ?? 1;
    const timeout = input.VisibilityTimeout ?? queue.settings.visibilityTimeout;
    // SDK model, `ReceiveMessageRequest`; ChangeMessageVisibility for the 12 hours.
    checkRange('MaxNumberOfMessages', count, 1, 10);
    checkRange('VisibilityTimeout', timeout, 0, 43_200);
    checkRange('WaitTimeSeconds', input.WaitTimeSeconds ?? 0, 0, 20);
    const system = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
    const wanted = { system, own: input.MessageAttributeNames ?? [] };
    const messages = queue.receive(count, timeout).map((received) => asReceived(received, wanted));
    return messages.length > 0 ? { Messages: messages } : {};
  }

  function deleteOne(input: DeleteMessageCommandInput, call: Call): void {
    if (!ownQueue(input.QueueUrl, call).delete(input.ReceiptHandle ?? '')) throw badHandle(input.ReceiptHandle);
  }

  function deleteBatch(input: DeleteMessageBatchCommandInput, call: Call): DeleteMessageBatchResult {
    const queue = ownQueue(input.QueueUrl, call);
    const entries = batchOf(input.Entries ?? []);
    const successful: { Id: string | undefined }[] = [];
    const failed = oneByOne(entries, call, (entry) => {
      if (!queue.delete(entry.ReceiptHandle ?? '')) throw badHandle(entry.ReceiptHandle);
      successful.push({ Id: entry.Id });
    });
    return { Successful: successful, Failed: failed };
  }

  function getAttributes(input: GetQueueAttributesCommandInput, call: Call): GetQueueAttributesResult {
    const queue = ownQueue(input.QueueUrl, call);
    const known: Record<string, string> = {
      ApproximateNumberOfMessages: String(queue.visible.length),
      ApproximateNumberOfMessagesDelayed: String(queue.delayed.length),
      ApproximateNumberOfMessagesNotVisible: String(queue.inFlight.length),
      CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
      DelaySeconds: String(queue.settings.delaySeconds),
      QueueArn: queue.arn,
      VisibilityTimeout: String(queue.settings.visibilityTimeout),
    };
    const wanted: readonly string[] = input.AttributeNames ?? [];
    const stranger = wanted.find((name) => name !== 'All' && known[name] === undefined);
    if (stranger !== undefined) throw new WireError('InvalidAttributeName', `Unknown Attribute ${stranger}.`);
    const shown = Object.entries(known).filter(([name]) => wanted.includes('All') || wanted.includes(name));
    return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {};
  }

  const service: Service = {
    name: 'sqs',
    protocol: jsonRpc('1.0', 'AmazonSQS', true),
    refusal: { missing: 'MissingParameter', invalid: 'SerializationException' },
    throttle: { code: 'RequestThrottled', message: 'The request was denied due to request throttling.', status: 400 },
    operations: [
      operation(SendMessage$, { honours: ['QueueUrl', ...SENDING] }, sendMessage),
      operation(SendMessageBatch$, { honours: ['QueueUrl', 'Entries'], entries: 'Entries' }, sendBatch),
      operation(
        ReceiveMessage$,
        {
          honours: [
            'QueueUrl',
            'AttributeNames',
            'MessageSystemAttributeNames',
            'MessageAttributeNames',
            'MaxNumberOfMessages',
            'VisibilityTimeout',
            'WaitTimeSeconds',
          ],
        },
        receive,
      ),
      operation(DeleteMessage$, { honours: ['QueueUrl', 'ReceiptHandle'] }, deleteOne),
      operation(DeleteMessageBatch$, { honours: ['QueueUrl', 'Entries'], entries: 'Entries' }, deleteBatch),
      operation(GetQueueAttributes$, { honours: ['QueueUrl', 'AttributeNames'] }, getAttributes),
    ],
  };

  return {
    service,
    state: {
      createQueue(name, settings) {
        const url = `${endpoint()}/${settings.account}/${name}`;
        queues.set(pathOf(url), liveQueue(name, url, settings, clock));
        return url;
      },
      queue: find,
    },
  };
}

function sendOne(queue: LiveQueue, sending: Sending): Omit<SendMessageBatchResultEntry, 'Id'> {
  const { MessageBody: body = '', MessageAttributes: attributes = {}, DelaySeconds: delaySeconds } = sending;
  checkMessage(body, attributes);
  if (delaySeconds !== undefined) checkRange('DelaySeconds', delaySeconds, 0, 900);
  const { messageId } = queue.send({ body, attributes, delaySeconds });
  const digest = attributesMd5(attributes);
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(body),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
  };
}

/** Does `act` for each entry; what it throws, and what a test injected, fails that entry alone. */
function oneByOne<Entry extends { Id: string | undefined }>(
  entries: readonly Entry[],
  call: Call,
  act: (entry: Entry) => void,
): BatchResultErrorEntry[] {
  const failed: BatchResultErrorEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const fault = call.entryFault(index);
    if (fault) {
      failed.push({ Id: entry.Id, Code: fault.code, Message: fault.message, SenderFault: false });
      continue;
    }
    try {
      act(entry);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return failed;
}

/** Queue URLs differ in host between Regions and this server: account and name make the queue. */
function pathOf(url: string): string {
  return url.split('/').slice(-2).join('/');
}

function badHandle(handle: string | undefined): WireError {
  return handle === undefined || handle === ''
    ? invalidValue('ReceiptHandle', handle ?? '', 'must not be empty')
    : new WireError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${handle}" is not a valid receipt handle.`,
        404,
      );
}
