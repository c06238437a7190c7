import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { STREAMING } from './adapters/client-settings';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { openTrailObjects } from './adapters/s3/trail-objects';
import { requestConfirmBySqs } from './adapters/sqs/confirm-requests';
import { eachMessage } from './adapters/sqs/each-message';
import { isForever } from './adapters/dynamodb/is-forever';
import { publishBySqs } from './adapters/sqs/publishing-queue';
import { quarantineInSqs } from './adapters/sqs/quarantine';
import { requestVerificationBySqs } from './adapters/sqs/verification-requests';
import { publishWith } from './confirming/outgoing-finding';
import { kindsNamed } from './detection/kinds/all-kinds';
import { organizationOf } from './detection/model/settings';
import { whileLearning } from './judging/mode';
import { addressOwners } from './kubernetes/address-owner';
import { observeAuditObject } from './observing-kubernetes/observe-audit-objects';
import { SettledPlaces } from './observing-kubernetes/settled-places';
import { ObservedRequests } from './observing-kubernetes/session-requests';
import { accountsSeen } from './store/accounts-seen';
import { boundedSeenCache } from './store/seen-cache';

export interface ObserveKubernetesParts extends HandlerContext<'observeKubernetes'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** The function may run for five minutes; an object that is begun later is read by another invocation. */
const MOST_TIME = 150_000;

/**
 * Reads the audit records in new objects: stores the acts that rules report and publishes their findings, stores which AWS
 * sessions called from where and requests that suspicions be confirmed. Messages that
 * failed are named in the answer, so that SQS retries them; unreadable ones are quarantined.
 */
export function observeKubernetesHandler(
  parts: ObserveKubernetesParts,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const { auditBucket: bucket, hubAccount, hubPartition: partition, delayedQueueUrl, verifyQueueUrl } = environment;
  const documents = judgingDocuments(s3, environment, parts);
  const table = dynamoDbLockTable(dynamodb, environment.lockTable);
  const send = publishBySqs(sqs, environment.publishingQueueUrl);
  const openObject = openTrailObjects(s3, bucket, hubAccount);
  const standing = {
    table,
    partition,
    place: { bucket, hubAccount },
    open: (key: string) => openObject({ key }),
    quarantine: quarantineInSqs(sqs, environment.quarantineQueueUrl),
    log,
    meter,
    observed: new ObservedRequests(),
    settled: new SettledPlaces(),
    now,
  };
  const sightings = {
    table,
    seen: boundedSeenCache(),
    requestConfirm: requestConfirmBySqs(sqs, delayedQueueUrl, now),
    ...(verifyQueueUrl !== null && { requestVerification: requestVerificationBySqs(verifyQueueUrl, parts) }),
    isForever,
  };
  return async (event) => {
    const began = now();
    const seen = await accountsSeen(table);
    const given = await documents.settings();
    const ipRanges = await documents.ipRanges();
    const settings = whileLearning(given, seen, began);
    const known =
      settings.organizationAccounts.length > 0 ? settings.organizationAccounts : seen.map(({ account }) => account);
    const accounts = new Set([hubAccount, ...known]);
    const organization = organizationOf(settings.organizationAccounts, accounts);
    const context = {
      ...standing,
      settings,
      accounts,
      ownerOf: addressOwners({ book: null, ipRanges, organization }),
      observing: { ...sightings, settings: given, ipRanges, kinds: kindsNamed(given.workloads) },
      publish: publishWith({ send, runbookUrl: settings.runbookUrl, log, meter }),
    };
    return eachMessage(event, { log, meter }, async (message) => {
      if (now() - began > MOST_TIME) throw new Error('no time was left');
      await observeAuditObject(message, context);
    });
  };
}

export const handler = deployedHandler(
  'observeKubernetes',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(STREAMING),
    sqs: new SQSClient(settings),
  }),
  observeKubernetesHandler,
);
