import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EKSClient } from '@aws-sdk/client-eks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { confirmHandler } from '../../lambda/confirm';
import { environmentOf } from '../../lambda/environment';
import { observeHandler } from '../../lambda/observe';
import { publishHandler } from '../../lambda/publish';
import type { Log, Meter } from '../../lambda/telemetry';
import { watchHandler } from '../../lambda/watch';
import type { ClientConfig } from '../wire-server/wire-server';
import { nowBy, type Pace } from './pace';

/** What a worker is started with, as JSON in its first argument. */
export interface WorkerInput {
  readonly variables: Readonly<Record<string, string>>;
  readonly queues: Readonly<Record<'observe' | 'watch' | 'confirm' | 'publish', string>>;
  readonly config: ClientConfig;
  readonly pace: Pace;
}

/** Sent to the parent when messages were received, and with zero when they are finished. */
export interface WorkerMessage {
  readonly taken: number;
}

const IDLE = 20;

/** The handlers in a process of their own, each with its queue, until the process is killed. */
async function work(): Promise<void> {
  const { variables, queues, config, pace } = JSON.parse(process.argv[2] ?? '') as WorkerInput;
  const sqs = new SQSClient(config);
  const handlers = handlersOf(variables, config, nowBy(pace));
  for (;;) {
    let taken = 0;
    for (const [name, url] of Object.entries(queues))
      taken += await deliver(sqs, url, handlers[name as keyof Handlers]);
    if (taken === 0) await new Promise((resolve) => setTimeout(resolve, IDLE));
  }
}

async function deliver(sqs: SQSClient, QueueUrl: string, handle: Handlers[keyof Handlers]): Promise<number> {
  const received = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  const { Messages: messages = [] } = received;
  if (messages.length === 0) return 0;
  tell({ taken: messages.length });
  const event = {
    Records: messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }) as SQSRecord),
  };
  const failed = await handle(event).then(
    (answer) => new Set((answer as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
    () => new Set(messages.map(({ MessageId = '' }) => MessageId)),
  );
  for (const { MessageId = '', ReceiptHandle } of messages)
    if (!failed.has(MessageId)) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  tell({ taken: 0 });
  return messages.length;
}

type Handlers = Record<keyof WorkerInput['queues'], (event: { Records: SQSRecord[] }) => Promise<unknown>>;

function handlersOf(variables: WorkerInput['variables'], config: ClientConfig, now: () => number): Handlers {
  const nothing = (): void => {};
  const log: Log = { info: nothing, warn: nothing, error: nothing };
  const meter: Meter = { count: nothing, milliseconds: nothing, flush: nothing };
  const parts = {
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
    clientSettings: config,
    log,
    meter,
    now,
    pause: (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    pace: () => Promise.resolve(),
    stsIn: (region: string) => new STSClient({ ...config, region }),
    eventBridgeIn: (region: string) => new EventBridgeClient({ ...config, region }),
    eksIn: (region: string) => new EKSClient({ ...config, region }),
    logsIn: (region: string) => new CloudWatchLogsClient({ ...config, region }),
  };
  return {
    observe: observeHandler({ ...parts, environment: environmentOf('observe', variables) }),
    watch: watchHandler({ ...parts, environment: environmentOf('watch', variables) }),
    confirm: confirmHandler({ ...parts, environment: environmentOf('confirm', variables) }),
    publish: publishHandler({ ...parts, environment: environmentOf('publish', variables) }),
  };
}

function tell(message: WorkerMessage): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit());
void work();
