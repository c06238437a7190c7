import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { STREAMING } from './adapters/client-settings';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { batchAnswer } from './adapters/sqs/batch-answer';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { isForever } from './adapters/dynamodb/is-forever';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { openTrailObjects } from './adapters/s3/trail-objects';
import { quarantineInSqs } from './adapters/sqs/quarantine';
import { requestConfirmBySqs } from './adapters/sqs/confirm-requests';
import { requestVerificationBySqs } from './adapters/sqs/verification-requests';
import { forwardBySqs } from './adapters/sqs/watch-queue';
import type { Settings } from './detection/model/settings';
import { kindsNamed } from './detection/kinds/all-kinds';
import { METRICS } from './environment';
import type { TrailObject } from './observing/message-envelope';
import { boundedSeenCache } from './store/seen-cache';
import { Heartbeats } from './store/heartbeats';
import { fastReading } from './observing/log-file-records';
import { observeMessages } from './observing/observe-messages';
import type { ObserveContext } from './observing/observing-context';
import { sampleSettings, sampleTable } from './confirming/simulated-findings';

export interface ObserveParts extends HandlerContext<'observe'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** Simulations consist of a handful of calls. */
const MOST_SAMPLES = 1_000;

/**
 * Observes a batch of messages: stores their facts, judges the workloads they concern and requests that suspicions are
 * confirmed. Messages that failed are named in the answer, so that SQS retries them; unreadable ones are quarantined.
 */
export function observeHandler(parts: ObserveParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const { trailBucket, trailBucketOwner, trailPrefix, verifyQueueUrl, watchQueueUrl, detectorKey, hubAccount } =
    environment;
  const documents = judgingDocuments(s3, environment, parts);
  const trail = trailBucket === null ? null : { bucket: trailBucket, prefix: trailPrefix };
  const seen = boundedSeenCache();
  const standing = {
    table: dynamoDbLockTable(dynamodb, environment.lockTable),
    seen,
    fast: trail && fastReading(seen),
    heartbeats: new Heartbeats(),
    hubAccount,
    // `watch` checks the Region.
    deployed: { trail, detectorKey, hub: { account: hubAccount, region: null } },
    forwardTampering: watchQueueUrl === null ? undefined : forwardBySqs(sqs, watchQueueUrl),
    requestConfirm: requestConfirmBySqs(sqs, environment.delayedQueueUrl, now),
    ...(verifyQueueUrl !== null && { requestVerification: requestVerificationBySqs(verifyQueueUrl, parts) }),
    quarantine: quarantineInSqs(sqs, environment.quarantineQueueUrl),
    trail,
    open:
      trailBucket === null || trailBucketOwner === null ? nowhere : openTrailObjects(s3, trailBucket, trailBucketOwner),
    isForever,
    log,
    meter,
  };
  const samples = {
    table: sampleTable(standing.table),
    seen: boundedSeenCache(MOST_SAMPLES),
    requestConfirm: requestConfirmBySqs(sqs, environment.delayedQueueUrl, now, true),
    isForever,
  };
  return async (event) => {
    const settings = await documents.settings();
    const by = { ipRanges: await documents.ipRanges(), now: now() };
    const failed = await observeMessages(event.Records, {
      ...judgingBy(standing, settings, by),
      samples: judgingBy(samples, sampleSettings(settings), by),
    });
    meter.count(METRICS.messagesRetried, failed.size);
    return batchAnswer(event, failed);
  };
}

function judgingBy<Standing extends object>(
  standing: Standing,
  settings: Settings,
  by: Pick<ObserveContext, 'ipRanges' | 'now'>,
): Standing & Pick<ObserveContext, 'settings' | 'kinds' | 'ipRanges' | 'now'> {
  return { ...standing, ...by, settings, kinds: kindsNamed(settings.workloads) };
}

function nowhere({ key }: TrailObject): Promise<never> {
  return Promise.reject(new Error(`${key}: no trail bucket is configured`));
}

export const handler = deployedHandler(
  'observe',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(STREAMING),
    sqs: new SQSClient(settings),
  }),
  observeHandler,
);
