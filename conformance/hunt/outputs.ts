import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { dynamoDbLockTable } from '../../lambda/adapters/dynamodb/dynamodb-lock-table';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { parseIpRanges } from '../../lambda/detection/model/ip-ranges';
import { valueOf } from '../../lambda/detection/model/result';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { ENV, TABLE_KEYS } from '../../lambda/environment';
import { observeRecords } from '../../lambda/observing/observe-records';
import type { StoredItem } from '../../lambda/store/lock-table';
import { factTexts } from '../../test/lambda/hunting/fact-texts';
import type { ClientConfig, Place } from '../emulator';
import { createTable, startDatabase, type Database, type TableKeys } from '../end-to-end/dynamodb';
import { importedFindings } from '../end-to-end/findings';
import type { Containers, DeployedFunction } from '../end-to-end/lambda-function';
import { recordOf } from '../end-to-end/poller';
import type { Workshop } from '../workshop';
import { HUB_NAMES } from './synthesised';

const { LockTable: TABLE, Config: CONFIG } = HUB_NAMES;
/** With what `observe` stores of the same log files. */
const OBSERVED = 'credlock-observed';
const BUS = 'credlock-findings';
/** Records that are observed at a time. */
const AT_ONCE = 200;
const { partition, sort } = TABLE_KEYS;
const KEYS: TableKeys = {
  AttributeDefinitions: [partition, sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ],
};

/** JSON without comments. */
export interface Documents {
  readonly settings: string;
  readonly ipRanges: string;
}

/**
 * The hub that hunts have outputs for: its settings, the queue and the function of `publish`, Security Hub and the bus in the
 * emulator, and its table in an engine that is fast enough.
 */
export class HubOfHunts {
  readonly #config: ClientConfig;
  readonly #place: Place;
  readonly #database: Database;
  readonly #sqs: SQSClient;
  readonly #s3: S3Client;
  readonly #dynamodb: DynamoDBClient;
  readonly #publish: DeployedFunction;
  #queueUrl = '';
  #eventsUrl = '';

  private constructor({ root }: Workshop, place: Place, config: ClientConfig, database: Database) {
    this.#config = config;
    this.#place = place;
    this.#database = database;
    this.#sqs = new SQSClient(config);
    this.#s3 = new S3Client({ ...config, forcePathStyle: true });
    this.#dynamodb = new DynamoDBClient({ ...config, endpoint: database.endpoint });
    const variables = {
      [ENV.hubAccount]: place.account,
      [ENV.hubPartition]: 'aws',
      [ENV.findingsBus]: BUS,
    };
    this.#publish = { name: 'credlock-publish', folder: join(root, 'dist/lambda/publish'), variables };
  }

  static async make(workshop: Workshop, place: Place, config: ClientConfig): Promise<HubOfHunts> {
    const database = await startDatabase(workshop, config, TABLE, KEYS);
    await createTable({ ...config, endpoint: database.endpoint }, OBSERVED, KEYS);
    const hub = new HubOfHunts(workshop, place, config, database);
    hub.#queueUrl = await hub.#createQueue(HUB_NAMES.publishingqueue.split('/').at(-1) ?? '');
    hub.#eventsUrl = await hub.#createQueue('events');
    await hub.#createBus();
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await hub.#s3.send(new CreateBucketCommand({ Bucket: CONFIG, CreateBucketConfiguration }));
    return hub;
  }

  async #createQueue(QueueName: string): Promise<string> {
    const { QueueUrl = '' } = await this.#sqs.send(new CreateQueueCommand({ QueueName }));
    return QueueUrl;
  }

  /** Its events go to a queue. */
  async #createBus(): Promise<void> {
    const { account, region } = this.#place;
    const client = new EventBridgeClient(this.#config);
    const rule = { EventBusName: BUS, Rule: 'all' };
    await client.send(new CreateEventBusCommand({ Name: BUS }));
    await client.send(
      new PutRuleCommand({ EventBusName: BUS, Name: rule.Rule, EventPattern: JSON.stringify({ account: [account] }) }),
    );
    const Targets = [{ Id: 'events', Arn: `arn:aws:sqs:${region}:${account}:events` }];
    await client.send(new PutTargetsCommand({ ...rule, Targets }));
    client.destroy();
  }

  /** Of the functions of hunts. */
  get variables(): Readonly<Record<string, string>> {
    return { [ENV.publishingQueueUrl]: this.#queueUrl, AWS_ENDPOINT_URL_DYNAMODB: this.#database.endpoint };
  }

  async putConfig({ settings, ipRanges }: Documents): Promise<void> {
    for (const [Key, Body] of [
      ['settings.json', settings],
      ['ip-ranges.json', ipRanges],
    ] as const)
      await this.#s3.send(new PutObjectCommand({ Bucket: CONFIG, Key, Body }));
  }

  /** Gives `publish` what is in its queue. Returns the ids of findings: those on the bus since, and all in Security Hub. */
  async publish(containers: Containers): Promise<{ readonly events: string[]; readonly imported: string[] }> {
    for (;;) {
      const messages = await this.#take(this.#queueUrl);
      if (messages.length === 0) break;
      const Records = messages.map((message) => recordOf(message, 'credlock-publishing'));
      const answer = await containers.invoke(this.#publish, { Records }, this.variables);
      const { batchItemFailures: failed } = answer as { readonly batchItemFailures: readonly unknown[] };
      if (failed.length > 0) throw new Error(`${failed.length} findings were not published`);
    }
    const events: string[] = [];
    for (;;) {
      const messages = await this.#take(this.#eventsUrl);
      if (messages.length === 0) break;
      for (const { Body = '{}' } of messages)
        events.push((JSON.parse(Body) as { readonly detail: { readonly id: string } }).detail.id);
    }
    const imported = (await importedFindings(this.#config)).map(({ Id = '' }) => Id);
    return { events: events.sort(), imported: imported.sort() };
  }

  async #take(QueueUrl: string): Promise<Message[]> {
    const { Messages: messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    for (const { ReceiptHandle } of messages)
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return messages;
  }

  /** The facts in the table. */
  storedFacts(): Promise<string[]> {
    return this.#factsIn(TABLE);
  }

  /** The facts that `observe` stores of backfilled log files, and of those before. `now`: epoch milliseconds. */
  async observedFacts(
    files: readonly string[],
    { settings: settingsJson, ipRanges }: Documents,
    now: number,
  ): Promise<string[]> {
    const settings = valueOf(parseSettings(JSON.parse(settingsJson)));
    const context = {
      table: dynamoDbLockTable(this.#dynamodb, OBSERVED),
      settings,
      ipRanges: valueOf(parseIpRanges(JSON.parse(ipRanges))),
      kinds: kindsNamed(settings.workloads),
      now,
      seen: new Map(),
      requestConfirm: () => Promise.resolve(),
      recordOnly: true,
    };
    const texts = await Promise.all(files.map(async (file) => gunzipSync(await readFile(file)).toString()));
    const records = texts.flatMap((text) => (JSON.parse(text) as { readonly Records?: unknown[] }).Records ?? []);
    for (let at = 0; at < records.length; at += AT_ONCE) {
      const { failed } = await observeRecords([{ id: at, records: records.slice(at, at + AT_ONCE) }], context);
      if (failed.size > 0) throw new Error('records could not be observed');
    }
    return this.#factsIn(OBSERVED);
  }

  async #factsIn(TableName: string): Promise<string[]> {
    const keys = new Set<string>();
    for await (const { Items: items = [] } of paginateScan({ client: this.#dynamodb }, { TableName }))
      for (const { pk } of items) keys.add(pk?.S ?? '');
    const table = dynamoDbLockTable(this.#dynamodb, TableName);
    const found: StoredItem[] = [];
    for (const pk of keys) found.push(...(await table.query(pk)));
    return factTexts(found);
  }

  async close(): Promise<void> {
    for (const client of [this.#dynamodb, this.#sqs, this.#s3]) client.destroy();
    await this.#database.close();
  }
}
