import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import { dynamoDbLockTable } from './adapters/dynamodb/dynamodb-lock-table';
import { isForever } from './adapters/dynamodb/is-forever';
import { pacedLockTable } from './adapters/dynamodb/paced-lock-table';
import { pace } from './adapters/pace';
import type { TrailBucket } from './adapters/s3/log-file-listing';
import { trailLogFiles } from './adapters/s3/trail-log-files';
import { s3Logs } from './adapters/s3/s3-logs';
import { s3WorkStore } from './adapters/s3/s3-work-store';
import { lastGoodSettings, placeOf, readIpRanges, readSettings } from './adapters/s3/settings-and-ranges';
import { validDocument } from './adapters/s3/valid-document';
import { publishBySqs } from './adapters/sqs/publishing-queue';
import { publishPastFindings, type PastContext } from './confirming/publish-past-findings';
import { kindsNamed } from './detection/kinds/all-kinds';
import { HUNT_FILES, huntFolder, OUTPUT_REFUSED, STORING_WRITES, WORK_EXPIRED, type HuntOutput } from './hunt-names';
import {
  HUNT_REQUEST,
  ipRangesIn,
  keepPublished,
  keptPlan,
  lastWrittenIn,
  optionsIn,
  outputsOf,
  planAndKeep,
  settingsIn,
  type HuntRequest,
  type PlanRequest,
} from './hunting/hunt-request';
import { RUN_STAGE } from './hunting/hunt-stages';
import type { HuntPlan, KeptPlan } from './hunting/hunt-plan';
import type { HuntContext } from './hunting/hunt-context';
import type { ReportFiles } from './hunting/report-files';
import { padded } from './hunting/folders';
import { networkFacts, sessionFacts } from './hunting/part-facts';
import { readBatch } from './hunting/read-stage';
import { readReport } from './hunting/report-stage';
import { storeBatches } from './hunting/store-stage';
import type { WorkStore } from './hunting/work-store';
import { storeFacts } from './observing/store-facts';

export interface HuntParts extends Omit<HandlerContext<'hunt'>, 'meter'> {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  /** Loads what the stages `judge` and `report` write for people with. */
  readonly loadReportFiles: () => Promise<ReportFiles>;
}

/** A hunt was asked for an output that it cannot have. */
class OutputRefusedError extends Error {
  override readonly name = OUTPUT_REFUSED;
}

/** Facts that were deleted would not be missed: their stages list what is there. */
class WorkExpiredError extends Error {
  override readonly name = WORK_EXPIRED;
}

/** Of a stage that stores facts: whether it is done, or must be called again, and whether the hunt was asked to store any. */
interface HuntAnswer {
  readonly isDone?: boolean;
  readonly isAsked?: boolean;
}

/**
 * Runs one child of a stage of a hunt. All children may run again: they replace what they wrote. Answers with the plan, or
 * with how far it is. Throws if the work cannot be read or written; log files that cannot be read are counted.
 */
export function huntHandler(parts: HuntParts): (event: unknown) => Promise<HuntPlan | HuntAnswer> {
  const turn = pace({ perSecond: STORING_WRITES, burst: STORING_WRITES });
  return async (event) => {
    const request = HUNT_REQUEST.parse(event);
    const { huntBucket: bucket, hubAccount: owner } = parts.environment;
    const store = s3WorkStore(parts.s3, { bucket, owner, folder: huntFolder(request.hunt) });
    if (request.stage === 'plan') return plan(request, store, parts);
    if (request.stage === 'store-network' || request.stage === 'store-facts')
      return storeChild({ stage: request.stage, child: request.child }, store, { ...parts, turn });
    await runChild({ stage: request.stage, child: request.child }, store, parts);
    return {};
  };
}

async function plan(request: PlanRequest, store: WorkStore, parts: HuntParts): Promise<HuntPlan> {
  const outputs = outputsOf(await optionsIn(store));
  const missing = outputs.filter((output) => !request.outputs.includes(output));
  if (missing.length > 0)
    throw new OutputRefusedError(
      `the stack credlock-hunt was not deployed with ${missing.map((output) => `-c ${OUTPUT_OPTIONS[output]}=true`).join(' and ')}: deploy it so, or hunt without that`,
    );
  if (outputs.includes('publish') && (request.accounts ?? request.regions) !== null)
    throw new OutputRefusedError(
      'hunts of some accounts or Regions publish nothing, as log files of others may explain it: hunt in all, or without publishing',
    );
  if (outputs.length > 0) await keepDeployedDocuments(store, parts);
  return planAndKeep(trailLogFiles(parts.s3, trailOf(parts), request), { ...request, outputs }, parts.now(), store);
}

/** Context keys. */
const OUTPUT_OPTIONS: Readonly<Record<HuntOutput, string>> = { publish: 'huntPublish', store: 'huntStoreFacts' };

/** What a deployment gets is judged as the deployment judges, whatever the hunt was asked with. */
async function keepDeployedDocuments(store: WorkStore, { s3, environment }: HuntParts): Promise<void> {
  const { configBucket, settingsKey, ipRangesKey, hubAccount } = environment;
  if (configBucket === null || settingsKey === null || ipRangesKey === null)
    throw new Error('this function has no config bucket');
  const places = { configBucket, settingsKey, ipRangesKey, hubAccount };
  const all = [placeOf(places, settingsKey), lastGoodSettings(places)];
  const settings = await validDocument(s3, all, readSettings);
  if (settings === null) throw new Error(`s3://${configBucket}/${settingsKey} cannot be used, nor its last good copy`);
  const ipRanges = await validDocument(s3, [placeOf(places, ipRangesKey)], readIpRanges);
  await store.put(HUNT_FILES.keptSettings, Buffer.from(settings));
  await store.put(HUNT_FILES.keptIpRanges, Buffer.from(ipRanges ?? 'null'));
}

/** Stages that make no answer. */
type PlainStage = Exclude<Exclude<HuntRequest, PlanRequest>['stage'], StoringStage>;
type StoringStage = 'store-network' | 'store-facts';

/** The plan, while all that the hunt wrote is kept. */
async function livePlan(store: WorkStore, { now }: Pick<HuntParts, 'now'>): Promise<KeptPlan> {
  const kept = await keptPlan(store);
  if (now() < kept.expires) return kept;
  throw new WorkExpiredError(
    'the work of this hunt is older than huntWorkDays, and some of it may be deleted: start another',
  );
}

async function runChild(
  { stage, child }: { readonly stage: PlainStage; readonly child: number },
  store: WorkStore,
  parts: HuntParts,
): Promise<void> {
  const { parts: count, key, outputs = [], until } = await livePlan(store, parts);
  const spread = { parts: count, key };
  const settings = await settingsIn(store);
  const kinds = kindsNamed(settings.workloads);
  if (stage === 'read') {
    const { bucket, owner } = trailOf(parts);
    const readLogs = s3Logs({ client: parts.s3, bucket, owner, kinds, now: parts.now() });
    return readBatch(child, readLogs, { store, ...spread });
  }
  if (stage === 'publish') {
    if (outputs.includes(stage)) await publishReport(store, { settings, until }, parts);
    return;
  }
  const ipRanges = await ipRangesIn(store);
  const reporting = stage === 'judge' || stage === 'report' ? await reportingBy(parts) : {};
  const megabytes = parts.environment.functionMemory;
  const options = await optionsIn(store);
  await RUN_STAGE[stage](child, {
    store,
    ...spread,
    megabytes,
    settings,
    kinds,
    ipRanges,
    ...options,
    ...reporting,
  });
}

async function storeChild(
  { stage, child }: { readonly stage: StoringStage; readonly child: number },
  store: WorkStore,
  { environment, dynamodb, now, turn }: HuntParts & { readonly turn: () => Promise<void> },
): Promise<HuntAnswer> {
  const { outputs = [] } = await livePlan(store, { now });
  if (!outputs.includes('store')) return { isDone: true, isAsked: false };
  const { lockTable, hubAccount, functionMemory: megabytes } = environment;
  if (lockTable === null) throw new Error('this function has no table');
  const settings = await settingsIn(store);
  const storing = {
    table: pacedLockTable(dynamoDbLockTable(dynamodb, lockTable), turn),
    settings,
    kinds: kindsNamed(settings.workloads),
    ipRanges: await ipRangesIn(store),
    hubAccount,
    isForever,
  };
  const isNetwork = stage === 'store-network';
  const facts = isNetwork
    ? networkFacts({ store }, await lastWrittenIn(store))
    : sessionFacts(child, { store, megabytes });
  const name = isNetwork ? 'network' : padded(child);
  const isDone = await storeBatches(name, facts, {
    store,
    storeFacts: (some) => storeFacts(some, { ...storing, now: now() }),
    now,
  });
  return { isDone, isAsked: true };
}

async function publishReport(
  store: WorkStore,
  judged: Pick<PastContext, 'settings' | 'until'>,
  { environment, dynamodb, sqs, log, now }: HuntParts,
): Promise<void> {
  const { lockTable, publishingQueueUrl } = environment;
  if (lockTable === null || publishingQueueUrl === null) throw new Error('this function has no table and no queue');
  const { detection } = await readReport(store);
  const table = dynamoDbLockTable(dynamodb, lockTable);
  const send = publishBySqs(sqs, publishingQueueUrl);
  const published = await publishPastFindings(detection, { ...judged, table, send, now });
  log.info('published', { ...published });
  await keepPublished(published, store);
}

async function reportingBy({ loadReportFiles }: HuntParts): Promise<Pick<HuntContext, 'pictureOf' | 'reportFiles'>> {
  const reportFiles = await loadReportFiles();
  return { reportFiles, pictureOf: reportFiles.pictureOf };
}

function trailOf({ environment }: HuntParts): TrailBucket {
  const { trailBucket, trailBucketOwner, trailPrefix } = environment;
  if (trailBucket === null || trailBucketOwner === null) throw new Error('this function has no trail bucket');
  return { bucket: trailBucket, owner: trailBucketOwner, prefix: trailPrefix };
}

export const handler = deployedHandler(
  'hunt',
  (settings) => ({
    s3: new S3Client(settings),
    dynamodb: new DynamoDBClient(settings),
    sqs: new SQSClient(settings),
    loadReportFiles: async () => (await import('./report-files.js')).reportFiles,
  }),
  huntHandler,
);
