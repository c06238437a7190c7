import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ENV } from '../../lambda/environment';
import { FACT_PARTITIONS, PAST_FINDINGS, type HuntOutput } from '../../lambda/hunt-names';
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
  /**
   * Hunts that are started with `storeFacts` store the facts of their log files in the detector's lock table, as a backfill of
   * the same files does.
   *
   * @default false
   */
  readonly storeFacts?: boolean;
}

export type OutputFunctions = Readonly<Partial<Record<HuntOutput, LambdaFunction>>>;

/** Makes functions of the outputs, by the names of their stages, and lets the one that plans read the detector's settings. */
export function outputFunctions(
  { detector, publish = false, storeFacts = false }: HuntOutputProps,
  planFunction: LambdaFunction,
  make: (part: string, description: string) => LambdaFunction,
): OutputFunctions {
  if (!publish && !storeFacts) return {};
  if (!detector) throw new Error('outputs of a Hunt need its `detector`');
  letReadSettings(planFunction, detector);
  const publishing = publish ? make('publish', 'publishes what hunts found') : undefined;
  if (publishing) letPublish(publishing, detector);
  const storing = storeFacts ? make('store', 'stores facts of hunts') : undefined;
  if (storing) letStore(storing, detector);
  return { ...(publishing && { publish: publishing }), ...(storing && { store: storing }) };
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

/** It may read the table, and write facts and what judging by them writes. */
function letStore(storing: LambdaFunction, { lockTable: { table } }: HuntDetector): void {
  for (const statement of [
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:Query'], resources: [table.tableArn] },
    {
      actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': FACT_PARTITIONS.map(keysFrom) } },
    },
  ])
    storing.addToRolePolicy(new PolicyStatement(statement));
  grantUseOfKey(table.encryptionKey, storing);
  storing.addEnvironment(ENV.lockTable, table.tableName);
}

/** A pattern of the partition keys of a kind; without `#` there is one. */
function keysFrom(start: string): string {
  return start.endsWith('#') ? `${start}*` : start;
}
