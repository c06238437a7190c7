import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../lambda/environment';
import { PAST_FINDINGS, type HuntOutput } from '../../lambda/hunt-names';
import type { Detector } from '../hub/detector';
import { grantUseOfKey } from '../hub/grant-use-of-key';
import { CONFIG_KEYS } from '../names';

/** What hunts need of a detector. */
export type HuntDetector = Pick<Detector, 'lockTable' | 'publishingQueue' | 'config'>;

export interface HuntOutputProps {
  /**
   * The detector that outputs are for, in the same account and Region. Hunts with outputs judge by its settings.
   *
   * @default - there are no outputs
   */
  readonly detector?: HuntDetector;
  /**
   * Hunts that are started with `publish` send their findings to the detector's Security Hub and bus.
   *
   * @default false
   */
  readonly publish?: boolean;
}

export type OutputFunctions = Readonly<Partial<Record<HuntOutput, LambdaFunction>>>;

/** Makes functions of the outputs, by the names of their stages, and lets the one that plans read the detector's settings. */
export function outputFunctions(
  { detector, publish = false }: HuntOutputProps,
  planFunction: LambdaFunction,
  make: (part: string, description: string) => LambdaFunction,
): OutputFunctions {
  if (!publish) return {};
  if (!detector) throw new Error('outputs of a Hunt need its `detector`');
  letReadSettings(planFunction, detector);
  const publishing = make('publish', 'publishes what hunts found');
  letPublish(publishing, detector);
  return { publish: publishing };
}

function letReadSettings(planFunction: LambdaFunction, { config }: HuntDetector): void {
  config.grantReadDocuments(planFunction);
  planFunction.addEnvironment(ENV.configBucket, config.bucket.bucketName);
  planFunction.addEnvironment(ENV.settingsKey, CONFIG_KEYS.settings);
  planFunction.addEnvironment(ENV.ipRangesKey, CONFIG_KEYS.ipRanges);
}

/** It may read all findings of the table, and write those of hunts alone. */
function letPublish(
  publishing: LambdaFunction,
  { lockTable: { table }, publishingQueue: { queue } }: HuntDetector,
): void {
  for (const statement of [
    { actions: ['dynamodb:BatchGetItem'], resources: [table.tableArn] },
    {
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${PAST_FINDINGS}*`] } },
    },
    { actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
  ])
    publishing.addToRolePolicy(new PolicyStatement(statement));
  grantUseOfKey(table.encryptionKey, publishing);
  publishing.addEnvironment(ENV.lockTable, table.tableName);
  publishing.addEnvironment(ENV.publishingQueueUrl, queue.queueUrl);
}
