import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { topicRequest } from './adapters/sinks/topic-message';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { importFindings, securityHubPace } from './adapters/security-hub/import-findings';
import { postureAsffOf } from './adapters/security-hub/posture-asff';
import type { RoleExposure } from './detection/posture/role-exposure';
import { field } from './detection/model/json-field';
import { METRICS, POSTURE_TASKS } from './environment';
import { accountsSeen } from './store/accounts-seen';
import { reasonOf, type Meter } from './telemetry';
import { whileLearning } from './judging/mode';
import { exposureSummary, reportExposures } from './watching/imdsv1-findings';

export interface PostureParts extends HandlerContext<'posture'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly securityHub: SecurityHubClient;
  readonly sns: SNSClient;
  /** Resolves when Security Hub may be called again. @default 10 calls a second */
  readonly pace?: () => Promise<void>;
}

export interface PostureResult {
  readonly roles: number;
  readonly reported: number;
  readonly withdrawn: number;
  readonly refused: number;
}

/**
 * Once a day: counts roles and instances that still fetch credentials by IMDSv1, and keeps one LOW finding for each account
 * and role in Security Hub, archived after `postureQuietDays` without such a use. The task `summary` also publishes a
 * summary to SNS, if there is a topic. Throws when a finding was refused: Lambda then retries once and counts an error; what
 * is left is published the next day.
 */
export function postureHandler(parts: PostureParts): (event: unknown) => Promise<PostureResult> {
  const { environment, dynamodb, s3, securityHub, log, meter, now, pace = securityHubPace() } = parts;
  const { hubAccount: account, hubRegion: region, hubPartition: partition } = environment;
  const table = dynamoDbLockTable(dynamodb, environment.lockTable);
  const documents = judgingDocuments(s3, environment, parts);
  const work = async (event: unknown): Promise<PostureResult> => {
    const accounts = await accountsSeen(table);
    const settings = whileLearning(await documents.settings(), accounts, now());
    const result = await reportExposures({
      table,
      settings,
      accounts: accounts.map((one) => one.account),
      partition,
      now: now(),
      publish: (exposures) => {
        const where = { account, region, partition, updatedAt: new Date(now()).toISOString() };
        const findings = exposures.map((exposure) => ({
          id: exposure.id,
          asff: postureAsffOf(exposure, { ...where, runbookUrl: settings.runbookUrl }),
        }));
        return importFindings(findings, { client: securityHub, pace });
      },
    });
    count(result.exposed, meter);
    meter.count(METRICS.findingsPublished, result.reported + result.withdrawn, { sink: 'security-hub' });
    meter.count(METRICS.publishingFailed, result.refused.size, { sink: 'security-hub' });
    log.info('posture', { roles: result.exposed.length, reported: result.reported, withdrawn: result.withdrawn });
    if (field(event, 'task') === POSTURE_TASKS.summary.task) await summarize(result.exposed, parts);
    for (const [id, fault] of result.refused) log.error('not published', { id, reason: reasonOf(fault) });
    if (result.refused.size > 0) throw new Error(`Security Hub refused ${result.refused.size} findings about posture`);
    return { roles: result.exposed.length, reported: result.reported, withdrawn: result.withdrawn, refused: 0 };
  };
  return work;
}

function count(exposed: readonly RoleExposure[], meter: Meter): void {
  for (const { account, instances, instancesLeftOut } of exposed) {
    meter.count(METRICS.rolesOnImdsV1, 1, { account });
    meter.count(METRICS.instancesOnImdsV1, instances.length + instancesLeftOut, { account });
  }
}

async function summarize(exposed: readonly RoleExposure[], { environment, sns }: PostureParts): Promise<void> {
  const { findingsTopicArn, findingsTopicFormat } = environment;
  if (findingsTopicArn === null) return;
  const { subject, message } = exposureSummary(exposed);
  await sns.send(topicRequest({ findingsTopicArn, findingsTopicFormat }, { subject, message }));
}

export const handler = deployedHandler(
  'posture',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(settings),
    securityHub: new SecurityHubClient(settings),
    sns: new SNSClient(settings),
  }),
  postureHandler,
);
