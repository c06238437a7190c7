import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { BRIEF_REQUESTS } from './adapters/client-settings';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { clusterLogs, SUBSCRIBE_ACTIONS } from './adapters/eks/cluster-logs';
import { batchAnswer } from './adapters/sqs/batch-answer';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { judgingDocuments } from './adapters/s3/settings-and-ranges';
import { enqueueBySqs } from './adapters/sqs/watch-queue';
import { publishBySqs } from './adapters/sqs/publishing-queue';
import { quarantineInSqs } from './adapters/sqs/quarantine';
import { rulesOn } from './adapters/event-bridge/rules-on';
import { assumeAsCanary } from './adapters/sts/assume-canary';
import { limitedSessions, type SessionKeys } from './adapters/sts/limited-sessions';
import { field } from './detection/model/json-field';
import { WATCH_TASKS } from './environment';
import { accountsSeen } from './store/accounts-seen';
import type { Place } from './watching/check-rules';
import { whileLearning } from './judging/mode';
import type { RuleSeen } from './watching/rule-faults';
import { publishWith } from './confirming/outgoing-finding';
import {
  runCanaries,
  runChecks,
  runShard,
  runSubscriptions,
  type RoundContext,
  type RuleReader,
  type Subscription,
} from './watching/watch-rounds';
import { parseShard, type Shard } from './watching/shards';
import { watchMessages } from './watching/watch-messages';

export interface WatchParts extends HandlerContext<'watch'> {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** A client for a Region's own endpoint. */
  readonly stsIn: (region: string) => STSClient;
  /** A client for a Region, with these credentials or, undefined, its own. */
  readonly eventBridgeIn: (region: string, credentials: SessionKeys | undefined) => EventBridgeClient;
  readonly eksIn: (region: string, credentials: SessionKeys) => EKSClient;
  readonly logsIn: (region: string, credentials: SessionKeys) => CloudWatchLogsClient;
}

/** Figures of a task: canaries sent, refused and missing, or sources without events and missing rules. */
export type Watched = Readonly<Record<string, number>>;

/**
 * Watches the detector itself. From its queue it reads events of calls that changed the detector or a trail, and reports
 * them, and parts of its rounds; by its schedules (`WATCH_TASKS`) it sends canaries, and checks for sources without events
 * and missing rules, and subscribes audit logs of clusters, by the queue where there are many.
 */
export function watchHandler(parts: WatchParts): (event: unknown) => Promise<SQSBatchResponse | Watched> {
  const { environment, dynamodb, s3, sqs, log, meter, now } = parts;
  const documents = judgingDocuments(s3, environment, parts);
  const table = dynamoDbLockTable(dynamodb, environment.lockTable);
  const send = publishBySqs(sqs, environment.publishingQueueUrl);
  const quarantine = quarantineInSqs(sqs, environment.quarantineQueueUrl);
  const places = { ...environment, partition: environment.hubPartition };
  const { rules: members, rulePatterns: memberPatterns, hubRules: hub } = environment;
  const expected = { members, memberPatterns, hub };
  const openRules = (): RuleReader => rulesBy(parts);
  const rounds: RoundContext = {
    table,
    places,
    assume: assumeAsCanary(parts.stsIn),
    canaryMinutes: Number(environment.canaryMinutes),
    enqueue: enqueueBySqs(sqs, environment.watchQueueUrl),
    expected,
    openRules,
    subscription: subscriptionBy(parts),
    log,
    meter,
    now,
  };

  const { trailBucket, trailPrefix, detectorKey, hubAccount, hubRegion } = environment;
  const trail = trailBucket === null ? null : { bucket: trailBucket, prefix: trailPrefix };
  const deployed = { trail, detectorKey, hub: { account: hubAccount, region: hubRegion } };

  const watchQueue = async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const settings = whileLearning(await documents.settings(), await accountsSeen(table), now());
    const publish = publishWith({ send, runbookUrl: settings.runbookUrl, log, meter });
    const shards = new Map(
      event.Records.flatMap(({ messageId, body }) => {
        const shard = parseShard(body);
        return shard ? [[messageId, shard] as const] : [];
      }),
    );
    const messages = event.Records.filter(({ messageId }) => !shards.has(messageId));
    const failed = await watchMessages(messages, {
      reporting: { table, settings, publish, now },
      deployed,
      quarantine,
      log,
      meter,
    });
    return batchAnswer(event, new Map([...failed, ...(await runShards(shards, rounds))]));
  };

  return async (event) => {
    if (isQueueEvent(event)) return watchQueue(event);
    const task: unknown = field(event, 'task');
    const { canary, check, subscribe } = WATCH_TASKS;
    if (task === canary.task) return runCanaries(rounds, await documents.settings());
    if (task === check.task) return runChecks(rounds, await documents.settings(), await documents.ipRanges());
    if (task === subscribe.task) return runSubscriptions(rounds, await documents.settings());
    throw new Error(
      `task must be "${canary.task}", "${check.task}" or "${subscribe.task}", got ${JSON.stringify(task) ?? 'nothing'}`,
    );
  };
}

/** `watch` has a timeout of five minutes, and a shard may take as long as its own limit. */
const MOST_TIME = 90_000;

/** Returns the errors of those that failed or for which no time was left, which SQS delivers again. */
async function runShards(shards: ReadonlyMap<string, Shard>, rounds: RoundContext): Promise<Map<string, unknown>> {
  const began = rounds.now();
  const failed = new Map<string, unknown>();
  for (const [messageId, shard] of shards) {
    try {
      if (rounds.now() - began > MOST_TIME) throw new Error('no time was left');
      await runShard(shard, rounds);
    } catch (error) {
      failed.set(messageId, error);
    }
  }
  return failed;
}

/** Sessions are kept no longer than a round. */
function rulesBy({ stsIn, eventBridgeIn, now, environment: { hubRegion } }: WatchParts): RuleReader {
  const sts = stsIn(hubRegion);
  const sessionOf = limitedSessions(sts, { actions: ['events:ListRules', 'events:ListTargetsByRule'], now });
  const read = async ({ region, bus, roleArn }: Place, rules: readonly string[]): Promise<RuleSeen[]> => {
    const client = eventBridgeIn(region, roleArn === null ? undefined : await sessionOf(roleArn));
    try {
      return await rulesOn(client, bus, rules);
    } finally {
      client.destroy();
    }
  };
  return { read, close: () => sts.destroy() };
}

function subscriptionBy({ stsIn, eksIn, logsIn, now, environment }: WatchParts): Subscription | null {
  const { subscribeRole, auditPattern: pattern, hubRegion } = environment;
  if (subscribeRole === null) return null;
  const openClusters: Subscription['openClusters'] = () => {
    const sts = stsIn(hubRegion);
    const sessionOf = limitedSessions(sts, { actions: SUBSCRIBE_ACTIONS, now });
    return {
      open: async ({ region }, roleArn) => {
        const session = await sessionOf(roleArn);
        return clusterLogs(eksIn(region, session), logsIn(region, session));
      },
      close: () => sts.destroy(),
    };
  };
  return { subscribeRole, pattern, openClusters };
}

function isQueueEvent(event: unknown): event is SQSEvent {
  return Array.isArray(field(event, 'Records'));
}

export const handler = deployedHandler(
  'watch',
  (settings) => ({
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client(settings),
    sqs: new SQSClient(settings),
    stsIn: (region: string) => new STSClient({ ...BRIEF_REQUESTS, region }),
    eventBridgeIn: (region: string, credentials: SessionKeys | undefined) =>
      new EventBridgeClient({ ...BRIEF_REQUESTS, region, ...(credentials && { credentials }) }),
    eksIn: (region: string, credentials: SessionKeys) => new EKSClient({ ...BRIEF_REQUESTS, region, credentials }),
    logsIn: (region: string, credentials: SessionKeys) =>
      new CloudWatchLogsClient({ ...BRIEF_REQUESTS, region, credentials }),
  }),
  watchHandler,
);
