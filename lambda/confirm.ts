import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { publishBySqs } from './adapters/sqs/publishing-queue';
import { quarantineInSqs } from './adapters/sqs/quarantine';
import { requestConfirmBySqs, readConfirmRequest } from './adapters/sqs/confirm-requests';
import { eachMessage } from './adapters/sqs/each-message';
import { METRICS } from './environment';
import { accountsSeen } from './store/accounts-seen';
import { confirmWorkload, type ConfirmContext } from './confirming/confirm-workload';
import { whileLearning } from './judging/mode';
import { publishSamples, sampleSettings, sampleTable } from './confirming/simulated-findings';
import { publishWith } from './confirming/outgoing-finding';

export interface ConfirmParts extends HandlerContext<'confirm'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** @default really waits */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Confirms the workloads that a batch of messages names: updates their findings by the facts known now and queues what
 * changed for `publish`. Messages that failed are named in the answer, so that SQS retries them.
 */
export function confirmHandler(parts: ConfirmParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { environment, dynamodb, s3, sqs, log, meter, now, pause = wait } = parts;
  const documents = judgingDocuments(s3, environment, parts);
  const send = publishBySqs(sqs, environment.publishingQueueUrl);
  const quarantine = quarantineInSqs(sqs, environment.quarantineQueueUrl);
  const table = dynamoDbLockTable(dynamodb, environment.lockTable);
  const fixed = {
    requestConfirm: requestConfirmBySqs(sqs, environment.delayedQueueUrl, now),
    log,
    meter,
    now,
    pause,
    readsAnswers: environment.verificationRole !== null,
  };
  const requestSampleConfirm = requestConfirmBySqs(sqs, environment.delayedQueueUrl, now, true);
  const withSamples = (confirming: ConfirmContext): ConfirmContext => ({
    ...confirming,
    judging: {
      ...confirming.judging,
      table: sampleTable(table),
      settings: sampleSettings(confirming.judging.settings),
    },
    requestConfirm: requestSampleConfirm,
    readsAnswers: false,
    publish: publishSamples(confirming.publish),
  });
  const finish = async ({ messageId, body }: SQSRecord, confirming: ConfirmContext): Promise<void> => {
    const request = readConfirmRequest(body);
    if (request) return confirmWorkload(request.workload, request.sample ? withSamples(confirming) : confirming);
    await quarantine({ messageId, body, reason: 'not-understood', detail: 'no request to confirm a workload' });
    meter.count(METRICS.messagesQuarantined, 1, { reason: 'not-understood' });
  };
  return async (event) => {
    const settings = whileLearning(await documents.settings(), await accountsSeen(table), now());
    const ipRanges = await documents.ipRanges();
    const withoutChainedCalls = environment.notForwarded !== null;
    const publish = publishWith({ send, runbookUrl: settings.runbookUrl, withoutChainedCalls, log, meter });
    const confirming = { ...fixed, judging: { table, settings, ipRanges }, publish };
    // One after another, as workloads requested together are often judged together and would conflict.
    return eachMessage(event, parts, (message) => finish(message, confirming));
  };
}

export const handler = deployedHandler(
  'confirm',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(settings),
    sqs: new SQSClient(settings),
  }),
  confirmHandler,
);
