import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { BRIEF_REQUESTS } from './adapters/client-settings';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { isForever } from './adapters/dynamodb/is-forever';
import { describeHolders, HOLDER_ACTIONS } from './adapters/ec2/describe-holders';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { readConfirmRequest, requestConfirmBySqs } from './adapters/sqs/confirm-requests';
import { eachMessage } from './adapters/sqs/each-message';
import { limitedSessions, type SessionKeys } from './adapters/sts/limited-sessions';
import { kindsNamed } from './detection/kinds/all-kinds';
import { boundedSeenCache } from './store/seen-cache';
import type { Listing } from './verifying/listed-resources';
import type { Question } from './verifying/questions';
import { verifyWorkload } from './verifying/verify-workload';

export interface VerifyParts extends HandlerContext<'verify'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  /** A client for a Region, with these credentials or, undefined, its own. */
  readonly ec2In: (region: string, credentials: SessionKeys | undefined) => EC2Client;
  /** Milliseconds within which EC2 must answer a question. @default 8,000 */
  readonly patience?: number;
}

const PATIENCE = 8_000;

/**
 * Asks EC2 who has the untrusted origins of the workloads that a batch of messages names, and stores the answers as facts.
 * What is not answered is not retried: the finding is published at the end of its hold, with the reason.
 */
export function verifyHandler(parts: VerifyParts): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const documents = judgingDocuments(s3, environment, parts);
  const standing = {
    table: dynamoDbLockTable(dynamodb, environment.lockTable),
    seen: boundedSeenCache(),
    requestConfirm: requestConfirmBySqs(sqs, environment.delayedQueueUrl, now),
    isForever,
  };
  const askEc2 = questionsBy(parts);
  return async (event) => {
    const settings = await documents.settings();
    const judgedBy = { settings, ipRanges: await documents.ipRanges(), kinds: kindsNamed(settings.workloads) };
    const partition = environment.hubPartition;
    return eachMessage(event, parts, async ({ body }) => {
      const request = readConfirmRequest(body);
      if (!request) throw new Error('no request to verify a workload');
      const observing = { ...standing, ...judgedBy, now: now() };
      await verifyWorkload(request.workload, { observing, askEc2, partition, log, meter, now });
    });
  };
}

/** The hub account is asked with the function's own role, others through the verification role. */
function questionsBy({
  environment,
  sts,
  ec2In,
  now,
  patience = PATIENCE,
}: VerifyParts): (question: Question) => Promise<Listing> {
  const { hubAccount, hubPartition, verificationRole } = environment;
  const sessionOf = limitedSessions(sts, { actions: HOLDER_ACTIONS, now });
  return async (question) => {
    const { account, region } = question;
    const role = `arn:${hubPartition}:iam::${account}:role/${verificationRole}`;
    const client = ec2In(region, account === hubAccount ? undefined : await sessionOf(role));
    try {
      return await describeHolders(client, question, AbortSignal.timeout(patience));
    } finally {
      client.destroy();
    }
  };
}

export const handler = deployedHandler(
  'verify',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(settings),
    sqs: new SQSClient(settings),
    sts: new STSClient(BRIEF_REQUESTS),
    ec2In: (region: string, credentials: SessionKeys | undefined) =>
      new EC2Client({ ...BRIEF_REQUESTS, region, ...(credentials && { credentials }) }),
  }),
  verifyHandler,
);
