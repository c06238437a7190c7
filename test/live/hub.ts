import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { confirmHandler } from '../../lambda/confirm';
import type { Finding } from '../../lambda/detection/finding';
import {
  confirmEnvironment,
  ENV,
  observeEnvironment,
  publishEnvironment,
  rejudgeEnvironment,
  watchEnvironment,
  type MetricName,
  type Variable,
} from '../../lambda/environment';
import type { Log, Meter } from '../../lambda/live/journal';
import { observeHandler } from '../../lambda/observe';
import { publishHandler } from '../../lambda/publish';
import { rejudgeHandler } from '../../lambda/rejudge';
import { watchHandler } from '../../lambda/watch';
import { manualClock, type ManualClock } from './wire-server/clock';
import type { Queue } from './wire-server/sqs-queue';
import { startWireServer, type WireServer } from './wire-server/wire-server';

// Everything below goes through real clients and servers, on machines that may be busy.
jest.setTimeout(60_000);

export const HUB = '999988887777';
export const REGION = 'eu-central-1';
export const TRAIL_OWNER = '555566667777';
const BUCKETS = { config: 'credlock-config', trail: 'organization-trail' };

/** Everything the handlers run in, with what they wrote and counted. */
export interface Hub {
  readonly wire: WireServer;
  readonly clock: ManualClock;
  /** The environment variables of all handlers. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logged: readonly { readonly level: string; readonly message: string; readonly details: object }[];
  counted(name: MetricName, by?: Readonly<Record<string, string>>): number;
  queue(name: QueueName): Queue;
  putSettings(settings: object | string): void;
  /** Puts an event or a notification into the queue of `observe`. */
  send(message: unknown, queue?: QueueName): Promise<void>;
  sendEvents(records: readonly unknown[]): Promise<void>;
  /** Lets a handler take what is visible of its queue, in batches; gives the reasons why messages come again. */
  drain(handler: QueueName): Promise<string[]>;
  /** Lets all handlers work, and time pass, until nothing is left to do. */
  settle(): Promise<void>;
  rejudge(event?: unknown): Promise<{ open: number; asked: number }>;
  /** What the schedule of `watch` gives it. */
  watch(task: unknown): Promise<unknown>;
  /** Active findings in Security Hub. */
  imported(): { id: string; state: string; type: string }[];
  /** Latest state of each finding put on the bus. */
  onBus(): Map<string, Finding>;
  /** Handlers anew, as in fresh containers. */
  restart(): void;
  close(): Promise<void>;
}

export type QueueName = 'observe' | 'confirm' | 'publish' | 'watch' | 'quarantine';

export interface HubOptions {
  /** ISO 8601. */
  readonly start?: string;
  readonly settings?: object;
  readonly ipRanges?: boolean;
  readonly variables?: Partial<Record<Variable, string>>;
  /** The handlers to run. @default those of the sources */
  readonly code?: HandlerCode;
  /** Of the SDK clients. @default 1, so that every injected fault is seen */
  readonly maxAttempts?: number;
}

export interface HandlerCode {
  readonly observeHandler: typeof observeHandler;
  readonly confirmHandler: typeof confirmHandler;
  readonly publishHandler: typeof publishHandler;
  readonly rejudgeHandler: typeof rejudgeHandler;
  readonly watchHandler: typeof watchHandler;
}

const SOURCES: HandlerCode = { observeHandler, confirmHandler, publishHandler, rejudgeHandler, watchHandler };

export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const engine = await startEngine();
  const clock = manualClock(options.start ?? '2026-09-01T12:00:00Z');
  const wire = await startWireServer({ account: HUB, region: REGION, clock, rates: {}, dynamodb: engine.endpoint });
  const lockTable = await createTable(engine.endpoint);
  const where = { account: HUB, region: REGION };
  const queueUrl = Object.fromEntries(
    (['observe', 'confirm', 'publish', 'watch', 'quarantine'] as const).map((name) => [
      name,
      wire.sqs.createQueue(name, { ...where, visibilityTimeout: 60 }),
    ]),
  ) as Record<QueueName, string>;
  wire.s3.createBucket(BUCKETS.config, { owner: HUB, region: REGION });
  wire.s3.createBucket(BUCKETS.trail, { owner: TRAIL_OWNER, region: REGION, readers: [HUB] });
  // Accounts are new to every hub: unless a test is about that, they have nothing to learn.
  const putSettings = (settings: object | string): void =>
    wire.s3.put(
      BUCKETS.config,
      'settings.json',
      typeof settings === 'string' ? settings : JSON.stringify({ learnDays: 0, ...settings }),
    );
  putSettings(options.settings ?? {});
  if (options.ipRanges !== false)
    wire.s3.put(BUCKETS.config, 'ip-ranges.json', readFileSync(join(__dirname, '../ip-ranges.json')));
  const variables = {
    ...named({
      lockTable,
      delayedQueueUrl: queueUrl.confirm,
      publishingQueueUrl: queueUrl.publish,
      quarantineQueueUrl: queueUrl.quarantine,
      configBucket: BUCKETS.config,
      settingsKey: 'settings.json',
      ipRangesKey: 'ip-ranges.json',
      learningKey: 'learning.json',
      trailBucket: BUCKETS.trail,
      trailBucketOwner: TRAIL_OWNER,
      hubAccount: HUB,
      hubPartition: 'aws',
      hubRegion: REGION,
      findingsBus: 'default',
      findingsTopicArn: wire.sns.createTopic('findings', where),
      canaryRole: 'credlock-canary',
    }),
    ...named(options.variables ?? {}),
  };

  const config = wire.clientConfig({ maxAttempts: options.maxAttempts ?? 1 });
  const clients = {
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    securityHub: new SecurityHubClient(config),
    eventBridge: new EventBridgeClient(config),
    sns: new SNSClient(config),
  };
  const stsClients: STSClient[] = [];
  const stsIn = (region: string): STSClient => {
    const client = new STSClient({ ...config, region });
    stsClients.push(client);
    return client;
  };
  wire.sts.createRole('credlock-canary', { account: HUB, trusts: [HUB] });
  const outside = new SQSClient(wire.clientConfig({ maxAttempts: 3 }));
  const logged: { level: string; message: string; details: object }[] = [];
  const counts: { name: MetricName; times: number; by: object }[] = [];
  const parts = {
    ...clients,
    log: logInto(logged),
    meter: meterInto(counts),
    now: () => clock.now(),
    pause: () => Promise.resolve(),
    pace: () => Promise.resolve(),
  };
  const { code = SOURCES } = options;
  let handlers = start();

  function start() {
    return {
      observe: code.observeHandler({ ...parts, environment: observeEnvironment(variables) }),
      confirm: code.confirmHandler({ ...parts, environment: confirmEnvironment(variables) }),
      publish: code.publishHandler({ ...parts, environment: publishEnvironment(variables) }),
      rejudge: code.rejudgeHandler({ ...parts, environment: rejudgeEnvironment(variables) }),
      watch: code.watchHandler({ ...parts, stsIn, environment: watchEnvironment(variables) }),
      quarantine: () => Promise.reject(new Error('nobody reads it')),
    };
  }

  async function deliver(name: QueueName): Promise<{ taken: number; failed: string[] }> {
    const QueueUrl = queueUrl[name];
    const { Messages: messages = [] } = await outside.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (messages.length === 0) return { taken: 0, failed: [] };
    const event = {
      Records: messages.map((message) => sqsRecord(message)),
    };
    const failed = await handlers[name](event).then(
      (answer) => new Map((answer as SQSBatchResponse).batchItemFailures.map((one) => [one.itemIdentifier, 'named'])),
      (error: unknown) => new Map(messages.map((one) => [one.MessageId ?? '', String(error)])),
    );
    for (const { MessageId: id = '', ReceiptHandle } of messages)
      if (!failed.has(id)) await outside.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return { taken: messages.length, failed: [...failed.values()] };
  }

  async function drain(name: QueueName): Promise<string[]> {
    const failed: string[] = [];
    for (let batch = await deliver(name); batch.taken > 0; batch = await deliver(name)) failed.push(...batch.failed);
    return failed;
  }

  const waiting = (): number =>
    (['observe', 'confirm', 'publish', 'watch'] as const).reduce(
      (sum, name) => sum + wire.sqs.queue(queueUrl[name]).messages.length,
      0,
    );

  const send: Hub['send'] = async (message, queue = 'observe') => {
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    await outside.send(new SendMessageCommand({ QueueUrl: queueUrl[queue], MessageBody: body }));
  };

  return {
    wire,
    clock,
    variables,
    logged,
    counted: (name, by) =>
      counts
        .filter((one) => one.name === name && (!by || JSON.stringify(one.by) === JSON.stringify(by)))
        .reduce((sum, { times }) => sum + times, 0),
    queue: (name) => wire.sqs.queue(queueUrl[name]),
    putSettings,
    send,
    sendEvents: async (records) => {
      for (const record of records) await send(eventOf(record));
    },
    drain,
    settle: async () => {
      for (let round = 0; round < 100; round += 1) {
        for (const name of ['observe', 'watch', 'confirm', 'publish'] as const) await drain(name);
        if (waiting() === 0) return;
        clock.advance(61_000);
      }
      throw new Error(`still ${waiting()} messages after 100 minutes`);
    },
    rejudge: (event) => handlers.rejudge(event ?? { source: 'aws.scheduler' }),
    watch: (task) => handlers.watch(task),
    imported: () =>
      wire.securityHub.findingsOf(HUB, REGION).map(({ Id, RecordState, GeneratorId }) => ({
        id: Id ?? '',
        state: RecordState ?? '',
        type: (GeneratorId ?? '').replace('credlock/', ''),
      })),
    onBus: () => {
      const sorted = [...wire.eventBridge.events].sort((a, b) => (a.time < b.time ? -1 : 1));
      return new Map(sorted.map(({ detail }) => JSON.parse(detail) as Finding).map((finding) => [finding.id, finding]));
    },
    restart: () => {
      handlers = start();
    },
    close: async () => {
      for (const client of [...Object.values(clients), ...stsClients, outside]) client.destroy();
      await wire.close();
      await engine.close();
    },
  };
}

/** A message as Lambda hands it on. */
function sqsRecord({ MessageId, Body, MessageAttributes: attributes = {} }: Message): SQSRecord {
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue: stringValue, DataType: dataType }]) => [
      name,
      { stringValue, dataType },
    ]),
  );
  return { messageId: MessageId, body: Body, messageAttributes } as SQSRecord;
}

/** The envelope in which EventBridge hands on a record. */
export function eventOf(record: unknown, given: object = {}): object {
  const { recipientAccountId: account, eventSource = '', awsRegion: region } = record as Record<string, string>;
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.split('.')[0]}`,
    account,
    time: '2026-09-01T12:00:00Z',
    region,
    resources: [],
    detail: record,
    ...given,
  };
}

/** S3's own notification of new objects. */
export function notificationOf(keys: readonly string[], bucket = BUCKETS.trail): object {
  return {
    Records: keys.map((key) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: REGION,
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'), size: 1 },
      },
    })),
  };
}

function named(values: Partial<Record<Variable, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [ENV[property as Variable], value]));
}

function logInto(logged: { level: string; message: string; details: object }[]): Log {
  const at =
    (level: string) =>
    (message: string, details: object = {}) =>
      void logged.push({ level, message, details });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function meterInto(counts: { name: MetricName; times: number; by: object }[]): Meter {
  return {
    count: (name, times = 1, by = {}) => void counts.push({ name, times, by }),
    milliseconds: (name, times) => void counts.push({ name, times, by: {} }),
    flush: () => {},
  };
}

/** DynamoDB in this process, or the engine at `DYNAMODB_ENDPOINT`. */
async function startEngine(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given) return { endpoint: given, close: () => Promise.resolve() };
  const dynalite = createRequire(__filename)('dynalite') as (options: { createTableMs: number }) => Server;
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

let tables = 0;

async function createTable(endpoint: string): Promise<string> {
  const TableName = `locks-${process.pid}-${Date.now()}-${(tables += 1)}`;
  const client = new DynamoDBClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  client.destroy();
  return TableName;
}
