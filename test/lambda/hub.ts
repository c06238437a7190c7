import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EKSClient } from '@aws-sdk/client-eks';
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { MiddlewareStack } from '@smithy/types';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { confirmHandler } from '../../lambda/confirm';
import type { Finding } from '../../lambda/detection/model/finding';
import { environmentOf, ENV, type MetricName, type Variable } from '../../lambda/environment';
import type { SessionKeys } from '../../lambda/adapters/sts/limited-sessions';
import type { Log, Meter } from '../../lambda/telemetry';
import { observeHandler } from '../../lambda/observe';
import { publishHandler } from '../../lambda/publish';
import { rejudgeHandler } from '../../lambda/rejudge';
import { verifyHandler } from '../../lambda/verify';
import { observeKubernetesHandler } from '../../lambda/observe-kubernetes';
import { watchHandler } from '../../lambda/watch';
import { startDynamoDb, type DynamoDb } from './dynamodb-engine';
import { eventOf } from '../../trail-writer/event';
import { manualClock, type ManualClock } from '../wire-server/clock';
import type { Queue } from '../wire-server/sqs-queue';
import { startWireServer, type WireServer } from '../wire-server/wire-server';

export const HUB = '999988887777';
export const REGION = 'eu-central-1';
export const TRAIL_OWNER = '555566667777';
export const VERIFICATION_ROLE = 'credlock-verification';
export const BUCKETS = { config: 'credlock-config', trail: 'organization-trail', audit: 'credlock-audit' };

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
  /** Lets all handlers of all containers work at the same time, and time pass, until nothing is left to do. */
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

export type QueueName = 'observe' | 'verify' | 'confirm' | 'publish' | 'watch' | 'observeKubernetes' | 'quarantine';

export interface HubOptions {
  /** ISO 8601. */
  readonly start?: string;
  readonly settings?: object;
  /** The document, or whether there is one. @default test/ip-ranges.json */
  readonly ipRanges?: boolean | object;
  readonly variables?: Partial<Record<Variable, string>>;
  /** The handlers to run. @default those of the sources */
  readonly code?: HandlerCode;
  /** Of the SDK clients. @default 1, so that every injected fault is seen */
  readonly maxAttempts?: number;
  /** How many of each handler there are, each with a memory of its own. @default 1 */
  readonly containers?: number;
  /** Messages a handler is given at once. @default 10 */
  readonly batch?: number;
  /** Seconds until a message that was not finished comes again. @default 60 */
  readonly visibilityTimeout?: number;
  /** Asked after each batch: whether the container died over it. Then another takes its place, and all comes again. */
  readonly hasDied?: () => boolean;
  /** Whether a message comes again although it was finished. @default none does */
  readonly isForgotten?: (messageId: string) => boolean;
  /** Where the lock table is made; it is left running. @default one of its own */
  readonly engine?: DynamoDb;
  /** Asks EC2 who has untrusted origins, through the verification role. `patience`: milliseconds. @default not */
  readonly verify?: { readonly patience?: number };
  /** Stands between the handlers and the wire. */
  readonly meddle?: (clients: Clients) => void;
}

/** Those of the handlers. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
}

export interface HandlerCode {
  readonly observeHandler: typeof observeHandler;
  readonly confirmHandler: typeof confirmHandler;
  readonly publishHandler: typeof publishHandler;
  readonly rejudgeHandler: typeof rejudgeHandler;
  readonly watchHandler: typeof watchHandler;
  readonly observeKubernetesHandler: typeof observeKubernetesHandler;
  readonly verifyHandler: typeof verifyHandler;
}

type Handlers = Record<QueueName, (event: { Records: SQSRecord[] }) => Promise<unknown>> & {
  readonly rejudge: (event: unknown) => Promise<{ open: number; asked: number }>;
  readonly watch: (event: unknown) => Promise<unknown>;
};

/** The queues that handlers read. */
const WORKING = ['observe', 'observeKubernetes', 'verify', 'watch', 'confirm', 'publish'] as const;

const MOST_BATCHES = 2_000;

/** The invocation that a request is sent by. */
const lives = new AsyncLocalStorage<{ readonly isOver: boolean }>();

/** Lambda stops a container when it has answered: what it did not wait for may never be done, and is not done here. */
function endWithLife<Input extends object, Output extends object>(stack: MiddlewareStack<Input, Output>): void {
  stack.add(
    (next) => async (args) => {
      if (lives.getStore()?.isOver) throw new Error('sent by a container that has answered');
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
}

const SOURCES: HandlerCode = {
  observeHandler,
  confirmHandler,
  publishHandler,
  rejudgeHandler,
  watchHandler,
  verifyHandler,
  observeKubernetesHandler,
};

export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const engine = options.engine ?? (await startDynamoDb());
  const clock = manualClock(options.start ?? '2026-09-01T12:00:00Z');
  const wire = await startWireServer({ account: HUB, region: REGION, clock, rates: {}, dynamodb: engine.endpoint });
  const lockTable = await engine.createTable();
  const where = { account: HUB, region: REGION };
  const queueUrl = Object.fromEntries(
    ([...WORKING, 'quarantine'] as const).map((name) => [
      name,
      wire.sqs.createQueue(name, { ...where, visibilityTimeout: options.visibilityTimeout ?? 60 }),
    ]),
  ) as Record<QueueName, string>;
  wire.s3.createBucket(BUCKETS.config, { owner: HUB, region: REGION });
  wire.s3.createBucket(BUCKETS.audit, { owner: HUB, region: REGION });
  wire.s3.createBucket(BUCKETS.trail, { owner: TRAIL_OWNER, region: REGION, readers: [HUB] });
  // Accounts are new to every hub: unless a test is about that, they have nothing to learn.
  const putSettings = (settings: object | string): void =>
    wire.s3.put(
      BUCKETS.config,
      'settings.json',
      typeof settings === 'string' ? settings : JSON.stringify({ learnDays: 0, ...settings }),
    );
  putSettings(options.settings ?? {});
  const { ipRanges = true } = options;
  if (ipRanges !== false) wire.s3.put(BUCKETS.config, 'ip-ranges.json', rangesOf(ipRanges));
  const variables = {
    ...named({
      lockTable,
      delayedQueueUrl: queueUrl.confirm,
      publishingQueueUrl: queueUrl.publish,
      quarantineQueueUrl: queueUrl.quarantine,
      watchQueueUrl: queueUrl.watch,
      configBucket: BUCKETS.config,
      settingsKey: 'settings.json',
      ipRangesKey: 'ip-ranges.json',
      learningKey: 'learning.json',
      trailBucket: BUCKETS.trail,
      trailBucketOwner: TRAIL_OWNER,
      auditBucket: BUCKETS.audit,
      hubAccount: HUB,
      hubPartition: 'aws',
      hubRegion: REGION,
      findingsBus: 'default',
      findingsTopicArn: wire.sns.createTopic('findings', where),
      canaryRole: 'credlock-canary',
      canaryMinutes: '15',
    }),
    ...(options.verify && named({ verifyQueueUrl: queueUrl.verify, verificationRole: VERIFICATION_ROLE })),
    ...named(options.variables ?? {}),
  };

  const config = wire.clientConfig({ maxAttempts: options.maxAttempts ?? 1 });
  const clients: Clients = {
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    sqs: new SQSClient(config),
    sns: new SNSClient(config),
  };
  endWithLife(clients.dynamodb.middlewareStack);
  endWithLife(clients.sqs.middlewareStack);
  options.meddle?.(clients);
  const stsClients: STSClient[] = [];
  const stsIn = (region: string): STSClient => {
    const client = new STSClient({ ...config, region });
    stsClients.push(client);
    return client;
  };
  const eventBridgeIn = (region: string, credentials: SessionKeys | undefined): EventBridgeClient =>
    new EventBridgeClient({ ...config, region, ...(credentials && { credentials }) });
  const eksIn = (region: string, credentials: SessionKeys): EKSClient =>
    new EKSClient({ ...config, region, credentials });
  const logsIn = (region: string, credentials: SessionKeys): CloudWatchLogsClient =>
    new CloudWatchLogsClient({ ...config, region, credentials });
  const ec2In = (region: string, credentials: SessionKeys | undefined): EC2Client =>
    new EC2Client({ ...config, region, ...(credentials && { credentials }) });
  wire.sts.createRole('credlock-canary', { account: HUB, trusts: [HUB] });
  const outside = new SQSClient(wire.clientConfig({ maxAttempts: 3 }));
  const logged: { level: string; message: string; details: object }[] = [];
  const counts: { name: MetricName; times: number; by: object }[] = [];
  const parts = {
    ...clients,
    clientSettings: config,
    log: logInto(logged),
    meter: meterInto(counts),
    now: () => clock.now(),
    pause: () => Promise.resolve(),
    pace: () => Promise.resolve(),
  };
  const { code = SOURCES } = options;
  let containers = start();

  function start(): Handlers[] {
    return Array.from({ length: options.containers ?? 1 }, startOne);
  }

  function startOne(): Handlers {
    return {
      observe: code.observeHandler({ ...parts, environment: environmentOf('observe', variables) }),
      confirm: code.confirmHandler({ ...parts, environment: environmentOf('confirm', variables) }),
      publish: code.publishHandler({ ...parts, environment: environmentOf('publish', variables) }),
      rejudge: code.rejudgeHandler({ ...parts, environment: environmentOf('rejudge', variables) }),
      watch: code.watchHandler({
        ...parts,
        stsIn,
        eventBridgeIn,
        eksIn,
        logsIn,
        environment: environmentOf('watch', { ...variables, ...named({ watchQueueUrl: queueUrl.watch }) }),
      }),
      observeKubernetes: code.observeKubernetesHandler({
        ...parts,
        environment: environmentOf('observeKubernetes', variables),
      }),
      verify: code.verifyHandler({
        ...parts,
        ...options.verify,
        sts: stsIn(REGION),
        ec2In,
        environment: environmentOf('verify', { ...named({ verificationRole: VERIFICATION_ROLE }), ...variables }),
      }),
      quarantine: () => Promise.reject(new Error('nobody reads it')),
    };
  }

  async function deliver(name: QueueName, handlers: Handlers): Promise<{ taken: number; failed: string[] }> {
    const QueueUrl = queueUrl[name];
    const { Messages: messages = [] } = await outside.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: options.batch ?? 10,
        MessageAttributeNames: ['All'],
      }),
    );
    if (messages.length === 0) return { taken: 0, failed: [] };
    const event = {
      Records: messages.map((message) => sqsRecord(message)),
    };
    const life = { isOver: false };
    const work = lives.run(life, () => handlers[name](event)).finally(() => (life.isOver = true));
    const failed = await work.then(
      (answer) => new Map((answer as SQSBatchResponse).batchItemFailures.map((one) => [one.itemIdentifier, 'named'])),
      (error: unknown) => new Map(messages.map((one) => [one.MessageId ?? '', String(error)])),
    );
    if (options.hasDied?.()) {
      Object.assign(handlers, startOne());
      return { taken: messages.length, failed: messages.map(() => 'died') };
    }
    for (const { MessageId: id = '', ReceiptHandle } of messages)
      if (!failed.has(id) && !options.isForgotten?.(id))
        await outside.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return { taken: messages.length, failed: [...failed.values()] };
  }

  async function drain(name: QueueName, handlers = first()): Promise<string[]> {
    const failed: string[] = [];
    for (let batches = 0; batches < MOST_BATCHES; batches += 1) {
      const batch = await deliver(name, handlers);
      if (batch.taken === 0) return failed;
      failed.push(...batch.failed);
    }
    throw new Error(`${name}: ${MOST_BATCHES} batches and no end`);
  }

  function first(): Handlers {
    const [handlers] = containers;
    if (!handlers) throw new Error('there are no containers');
    return handlers;
  }

  /** The queues of one container, one after another; those of all containers at the same time. */
  const work = (): Promise<unknown> =>
    Promise.all(
      containers.map(async (handlers) => {
        for (const name of WORKING) await drain(name, handlers);
      }),
    );

  const waiting = (): number => WORKING.reduce((sum, name) => sum + wire.sqs.queue(queueUrl[name]).messages.length, 0);

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
    drain: (name) => drain(name),
    settle: async () => {
      for (let round = 0; round < 100; round += 1) {
        await work();
        if (waiting() === 0) return;
        clock.advance(61_000);
      }
      throw new Error(`still ${waiting()} messages after 100 minutes`);
    },
    rejudge: (event) => first().rejudge(event ?? { source: 'aws.scheduler' }),
    watch: (task) => first().watch(task),
    imported: () =>
      wire.securityHub.findingsOf(HUB, REGION).map(({ Id, RecordState, GeneratorId }) => ({
        id: Id ?? '',
        state: RecordState ?? '',
        type: (GeneratorId ?? '').replace('credlock/', ''),
      })),
    onBus: () => {
      const sorted = [...wire.eventBridge.events].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
      return new Map(sorted.map(({ detail }) => JSON.parse(detail) as Finding).map((finding) => [finding.id, finding]));
    },
    restart: () => {
      containers = start();
    },
    close: async () => {
      for (const client of [...Object.values(clients), ...stsClients, outside]) client.destroy();
      await wire.close();
      if (!options.engine) await engine.close();
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

function rangesOf(choice: true | object): Buffer {
  return choice === true ? readFileSync(join(__dirname, '../ip-ranges.json')) : Buffer.from(JSON.stringify(choice));
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
