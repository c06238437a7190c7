import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Check, Report } from '../check';
import { startEmulator, type ClientConfig, type Emulator } from '../emulator';
import { eventRuler } from '../event-ruler/event-ruler';
import { LAMBDA_NODE, nodeBinary } from '../tools';
import type { Workshop } from '../workshop';
import { differences } from './compare-findings';
import { keysOf, startDatabase } from './dynamodb';
import { deployOrganization, HUB, type EventSource } from './deploy';
import { expectedFindings, importedFindings } from './findings';
import { Containers, runtimeProgram } from './lambda-function';
import { Poller, urlOf, type Counts } from './poller';
import { putTrail, trailRecords } from './put-events';

/** The end of a finding's hold. Functions begin before it by the time that deploying took, on a busy machine more. */
const HOLD_ENDS = '2026-09-14T21:39:02Z';
/** Nothing listens there. */
const UNREACHABLE = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '2' };
/** Messages of the batch that comes while DynamoDB is away. */
const LOST_BATCH = 5;
const POISON = 'no finding';

/**
 * The demo's trail through a deployed organisation: events of member accounts, by rules and buses to the hub's queues, by
 * the bundled functions to Security Hub, compared with `credlock replay`.
 */
export const checkEndToEnd: Check = {
  name: 'end-to-end',
  alone: true,
  async run(workshop): Promise<Report> {
    const emulator = await startEmulator(workshop, await eventRuler(workshop));
    try {
      return await play(workshop, emulator);
    } finally {
      await emulator.close();
    }
  },
};

async function play(workshop: Workshop, emulator: Emulator): Promise<Report> {
  const began = Date.now();
  const sources = await deployOrganization(workshop, emulator);
  const config = await emulator.clientConfig(HUB);
  await putConfig(workshop, config, sources);
  const records = await trailRecords(workshop);
  await putTrail(emulator, records);
  const node = await nodeBinary(workshop, LAMBDA_NODE);
  const table = variable(sources, 'CREDLOCK_LOCK_TABLE');
  const database = await startDatabase(workshop, config, table, await keysOf(config, table));
  const sqs = new SQSClient(config);
  const now = Date.now();
  const containers = new Containers({
    node,
    program: runtimeProgram(workshop.root),
    clockOffset: Date.parse(HOLD_ENDS) - (now - began) - now,
    variables: { ...variablesOf(config), AWS_ENDPOINT_URL_DYNAMODB: database.endpoint },
  });
  try {
    const counts = await work(sqs, containers, sources);
    const expected = await expectedFindings(workshop, HUB.account);
    const imported = await importedFindings(config);
    return {
      summary: `${imported.length} findings in Security Hub after ${records.length} events, as \`credlock replay\` has them`,
      details: [toldOf(counts)],
      faults: [
        ...differences(imported, expected),
        ...(await queueFaults(sqs)),
        ...countFaults(counts),
        ...containers.noise().map((line) => `a function prints ${line}`),
      ],
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${containers.log.slice(-10).join('\n')}`, { cause: error });
  } finally {
    containers.stop();
    sqs.destroy();
    await database.close();
  }
}

/** What the custom resource writes, which moto does not run: settings and address ranges. */
async function putConfig({ root }: Workshop, config: ClientConfig, sources: readonly EventSource[]): Promise<void> {
  const Bucket = variable(sources, 'CREDLOCK_CONFIG_BUCKET');
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const settings = JSON.parse(await readFile(join(root, 'demo/credlock.json'), 'utf8')) as object;
  const put = (Key: string, Body: string): Promise<unknown> => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  await put('settings.json', JSON.stringify({ ...settings, mode: 'live' }));
  await put('ip-ranges.json', await readFile(join(root, 'demo/ip-ranges.json'), 'utf8'));
  s3.destroy();
}

function variable(sources: readonly EventSource[], name: string): string {
  const value = sources.find((source) => name in source.function.variables)?.function.variables[name];
  if (value === undefined) throw new Error(`no function has ${name}`);
  return value;
}

function variablesOf({ endpoint, region, credentials }: ClientConfig): Readonly<Record<string, string>> {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
  };
}

/** All of the work, with an outage of the table at its begin and a message that no function can read at its end. */
async function work(sqs: SQSClient, containers: Containers, sources: readonly EventSource[]): Promise<Counts> {
  const observe = sources.find(({ queue }) => queue === 'credlock-observe');
  if (!observe) throw new Error('no function reads credlock-observe');
  const outage = new Poller(sqs, containers, [], UNREACHABLE);
  await outage.poll({ ...observe, batchSize: LOST_BATCH });
  containers.stop();
  const poller = new Poller(sqs, containers, sources);
  const untilPublished = new Poller(
    sqs,
    containers,
    sources.filter(({ queue }) => queue !== 'credlock-publishing'),
  );
  await untilPublished.settle(600);
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('credlock-publishing'), MessageBody: POISON }));
  await poller.settle(60);
  return added([outage.counts, untilPublished.counts, poller.counts]);
}

function added(all: readonly Counts[]): Counts {
  const sum = { batches: 0, messages: 0, partlyFailed: 0, wholeBatches: 0, mostDelayed: 0 };
  for (const counts of all) for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += counts[name];
  return sum;
}

function toldOf({ batches, messages, partlyFailed, wholeBatches, mostDelayed }: Counts): string {
  return (
    `${messages} messages in ${batches} batches; ${wholeBatches} batches and ${partlyFailed} messages of others came ` +
    `again; up to ${mostDelayed} messages were delayed at one time`
  );
}

/** What the run is to show besides findings. */
function countFaults({ partlyFailed, wholeBatches, mostDelayed }: Counts): string[] {
  return [
    ...(partlyFailed > 0 ? [] : ['no answer named some of its messages']),
    ...(wholeBatches > 0 ? [] : ['no batch failed while DynamoDB was away']),
    ...(mostDelayed > 0 ? [] : ['no message was delayed']),
  ];
}

/** Only the message that nothing can read ends in a dead-letter queue. */
async function queueFaults(sqs: SQSClient): Promise<string[]> {
  const expected: Readonly<Record<string, number>> = {
    'credlock-observe-dead': 0,
    'credlock-delayed-dead': 0,
    'credlock-publishing-dead': 1,
    'credlock-watch-dead': 0,
    'credlock-quarantine': 0,
    'credlock-undelivered': 0,
  };
  const faults: string[] = [];
  for (const [queue, wanted] of Object.entries(expected)) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    const count = Number(Attributes['ApproximateNumberOfMessages']);
    if (count !== wanted) faults.push(`${queue} has ${count} messages and not ${wanted}`);
  }
  return faults;
}
