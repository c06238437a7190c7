import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { topicRequest } from './adapters/sinks/topic-message';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { readConfigObject, writeConfigObject } from './adapters/s3/config-object';
import { judgingDocuments, lastGoodSettings, placeOf, readSettings } from './adapters/s3/settings-and-ranges';
import { objectChanges, type ObjectChange } from './adapters/s3/object-changes';
import { requestConfirmBySqs } from './adapters/sqs/confirm-requests';
import { METRICS } from './environment';
import { reasonOf } from './telemetry';
import { accountsSeen } from './store/accounts-seen';
import { whileLearning } from './judging/mode';
import { learnModeSummary } from './confirming/learn-mode-summary';
import { openFindings, toJudgeAgain } from './store/open-findings';
import type { RequestConfirm } from './judging/confirm-request';
import { MAX_TOGETHER } from './confirming/update-findings';
import { differingSettings, settingsNotification } from './confirming/settings-change';
import type { Workload } from './detection/model/workload';

export interface RejudgeParts extends HandlerContext<'rejudge'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
}

export interface Rejudged {
  readonly open: number;
  readonly asked: number;
}

/** Milliseconds by which warm containers' 60 s cache of the settings has expired. */
const CACHES_EXPIRED = 90_000;
const PER_SECOND = 5;

/** The longest delay of an SQS message, in milliseconds. */
const LONGEST_DELAY = 900_000;

/**
 * Requests that every open finding is judged again, at a bounded rate; keeps a copy of valid settings, and the summary of
 * accounts in `learn` mode. Called by a schedule, and by S3 (its own notification, or through EventBridge) when the settings
 * or ip-ranges.json changed; changes of other objects are ignored. A change of the settings, which can suppress anything, is
 * counted, logged with its author, and published to SNS if there is a topic.
 */
export function rejudgeHandler(parts: RejudgeParts): (event: unknown) => Promise<Rejudged> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const { lockTable, delayedQueueUrl, settingsKey, ipRangesKey, learningKey } = environment;
  const table = dynamoDbLockTable(dynamodb, lockTable);
  const documents = judgingDocuments(s3, environment, parts);
  const requestConfirm = requestConfirmBySqs(sqs, delayedQueueUrl, now);
  const rejudge = async (): Promise<Rejudged> => {
    await keepIfValid(parts);
    const open = await openFindings(table);
    const workloads = toJudgeAgain(open, MAX_TOGETHER);
    await requestSpread(workloads, requestConfirm, now());
    meter.count(METRICS.findingsRejudged, open.length);
    const settings = whileLearning(await documents.settings(), await accountsSeen(table), now());
    const learning = learnModeSummary(open, settings, now());
    await writeConfigObject(s3, placeOf(environment, learningKey), JSON.stringify(learning, null, 2));
    if (learning.findings > 0)
      log.info('would report', { findings: learning.findings, declarations: learning.declarations.slice(0, 10) });
    log.info('judging again', { open: open.length, asked: workloads.length });
    return { open: open.length, asked: workloads.length };
  };
  return async (event) => {
    const changes = objectChanges(event);
    if (changes && !changes.some(({ key }) => key === settingsKey || key === ipRangesKey)) return { open: 0, asked: 0 };
    for (const change of changes ?? []) if (change.key === settingsKey) await notifyOfChange(change, parts);
    return rejudge();
  };
}

/** Never throws, so that findings are judged again in any case: errors are counted and logged. */
async function notifyOfChange({ requester, address, version }: ObjectChange, parts: RejudgeParts): Promise<void> {
  const { environment, s3, sns, log, meter } = parts;
  const { configBucket, settingsKey, findingsTopicArn, findingsTopicFormat } = environment;
  meter.count(METRICS.settingsChanged);
  try {
    const before = (await readConfigObject(s3, lastGoodSettings(environment)))?.text ?? null;
    const after = (await readConfigObject(s3, placeOf(environment, settingsKey)))?.text ?? null;
    const reading = readSettings(after ?? '');
    const faults = 'faults' in reading ? reading.faults : [];
    const differing = differingSettings({ before, after });
    log.warn('settings changed', {
      requester,
      address,
      version,
      differing: differing.slice(0, 50),
      faults: faults.length,
    });
    // An event that is delivered twice finds nothing changed.
    if (findingsTopicArn === null || (differing.length === 0 && faults.length === 0)) return;
    const place = `s3://${configBucket}/${settingsKey}`;
    const { subject, message } = settingsNotification({ before, after, faults, requester, address, version, place });
    await sns.send(topicRequest({ findingsTopicArn, findingsTopicFormat }, { subject, message }));
  } catch (error) {
    meter.count(METRICS.publishingFailed, 1, { sink: 'sns' });
    log.error('change of settings not published', { requester, address, version, reason: reasonOf(error) });
  }
}

/** Handlers that start while the settings are invalid use this copy. */
async function keepIfValid({ environment, s3 }: RejudgeParts): Promise<void> {
  const object = await readConfigObject(s3, placeOf(environment, environment.settingsKey));
  if (!object || !('value' in readSettings(object.text))) return;
  const place = lastGoodSettings(environment);
  const kept = await readConfigObject(s3, place);
  if (kept?.text !== object.text) await writeConfigObject(s3, place, object.text);
}

async function requestSpread(
  workloads: readonly Workload[],
  requestConfirm: RequestConfirm,
  now: number,
): Promise<void> {
  const apart = Math.min(1_000 / PER_SECOND, (LONGEST_DELAY - CACHES_EXPIRED) / Math.max(1, workloads.length));
  await Promise.all(
    workloads.map((workload, at) => requestConfirm(workload, now + CACHES_EXPIRED + Math.floor(at * apart))),
  );
}

export const handler = deployedHandler(
  'rejudge',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(settings),
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
  }),
  rejudgeHandler,
);
