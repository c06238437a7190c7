import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AWAY } from './adapters/client-settings';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { powertoolsLog } from './adapters/logger';
import { powertoolsMeter } from './adapters/metrics';
import { changedKeys } from './adapters/s3/changed-keys';
import { readConfigObject, writeConfigObject } from './adapters/s3/config-object';
import { judgingDocuments, lastGoodSettings, placeOf, readSettings } from './adapters/s3/judging-documents';
import { askBySqs } from './adapters/sqs/settle-requests';
import { METRICS, rejudgeEnvironment, type Environment } from './environment';
import type { Log, Meter } from './live/journal';
import { accountsSeen } from './live/accounts-seen';
import { whileLearning } from './live/mode';
import { learningOf } from './live/learning';
import { openFindings, toJudgeAgain } from './live/open-findings';
import type { Ask } from './live/observe-records';
import { MOST_TOGETHER } from './live/settle';
import type { Workload } from './detection/workload';

export interface RejudgeParts {
  readonly environment: Environment<'rejudge'>;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly log: Log;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Rejudged {
  readonly open: number;
  readonly asked: number;
}

/** By then everybody has looked at the settings again. */
const EVERYBODY_KNOWS = 90_000;
const PER_SECOND = 5;
/** As long as a message of SQS can wait. */
const WINDOW = 900_000;

/**
 * Has every open finding judged again, at a bounded rate; keeps a copy of the settings if they are good, and the list of
 * what accounts in `learn` mode would say. Called by a schedule, and by S3 (its own notification, or through EventBridge)
 * when the settings or ip-ranges.json changed; other objects' changes are none of its business.
 */
export function rejudgeHandler(parts: RejudgeParts): (event: unknown) => Promise<Rejudged> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const { lockTable, delayedQueueUrl, settingsKey, ipRangesKey, learningKey } = environment;
  const table = dynamoDbLockTable(dynamodb, lockTable);
  const documents = judgingDocuments(s3, environment, parts);
  const ask = askBySqs(sqs, delayedQueueUrl, now);
  const rejudge = async (): Promise<Rejudged> => {
    await keepIfGood(parts);
    const open = await openFindings(table);
    const workloads = toJudgeAgain(open, MOST_TOGETHER);
    await askSpread(workloads, ask, now());
    meter.count(METRICS.findingsRejudged, open.length);
    const settings = whileLearning(await documents.settings(), await accountsSeen(table), now());
    const learning = learningOf(open, settings, now());
    await writeConfigObject(s3, placeOf(environment, learningKey), JSON.stringify(learning, null, 2));
    if (learning.findings > 0)
      log.info('would say', { findings: learning.findings, declarations: learning.declarations.slice(0, 10) });
    log.info('judging again', { open: open.length, asked: workloads.length });
    return { open: open.length, asked: workloads.length };
  };
  return async (event) => {
    const keys = changedKeys(event);
    if (keys && !keys.includes(settingsKey) && !keys.includes(ipRangesKey)) return { open: 0, asked: 0 };
    try {
      return await rejudge();
    } finally {
      meter.flush();
    }
  };
}

/** Whoever starts while the settings have a fault goes by this copy. */
async function keepIfGood({ environment, s3 }: RejudgeParts): Promise<void> {
  const object = await readConfigObject(s3, placeOf(environment, environment.settingsKey));
  if (!object || !('value' in readSettings(object.text))) return;
  const place = lastGoodSettings(environment);
  const kept = await readConfigObject(s3, place);
  if (kept?.text !== object.text) await writeConfigObject(s3, place, object.text);
}

async function askSpread(workloads: readonly Workload[], ask: Ask, now: number): Promise<void> {
  const apart = Math.min(1_000 / PER_SECOND, (WINDOW - EVERYBODY_KNOWS) / Math.max(1, workloads.length));
  await Promise.all(workloads.map((workload, at) => ask(workload, now + EVERYBODY_KNOWS + Math.floor(at * apart))));
}

let deployed: ((event: unknown) => Promise<Rejudged>) | undefined;

export const handler = async (event: unknown): Promise<Rejudged> => {
  deployed ??= rejudgeHandler({
    environment: rejudgeEnvironment(process.env),
    dynamodb: new DynamoDBClient(AWAY),
    s3: new S3Client(AWAY),
    sqs: new SQSClient(AWAY),
    log: powertoolsLog(),
    meter: powertoolsMeter('rejudge'),
    now: Date.now,
  });
  return deployed(event);
};
