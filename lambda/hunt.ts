import { S3Client } from '@aws-sdk/client-s3';
import { deployedHandler, type HandlerContext } from './adapters/deployed-handler';
import type { TrailBucket } from './adapters/s3/log-file-listing';
import { trailLogFiles } from './adapters/s3/trail-log-files';
import { s3Logs } from './adapters/s3/s3-logs';
import { s3WorkStore } from './adapters/s3/s3-work-store';
import { kindsNamed } from './detection/kinds/all-kinds';
import { huntFolder } from './hunt-names';
import {
  HUNT_REQUEST,
  ipRangesIn,
  keptPlan,
  optionsIn,
  planAndKeep,
  settingsIn,
  type HuntRequest,
  type PlanRequest,
} from './hunting/hunt-request';
import { RUN_STAGE } from './hunting/hunt-stages';
import type { HuntPlan } from './hunting/hunt-plan';
import type { HuntContext } from './hunting/hunt-context';
import type { ReportFiles } from './hunting/report-files';
import { readBatch } from './hunting/read-stage';
import type { WorkStore } from './hunting/work-store';

export interface HuntParts extends Omit<HandlerContext<'hunt'>, 'meter'> {
  readonly s3: S3Client;
  /** Loads what the stages `judge` and `report` write for people with. */
  readonly loadReportFiles: () => Promise<ReportFiles>;
}

/**
 * Runs one child of a stage of a hunt. All children may run again: they replace what they wrote. Answers with the plan, or
 * with nothing. Throws if the work cannot be read or written; log files that cannot be read are counted.
 */
export function huntHandler(parts: HuntParts): (event: unknown) => Promise<HuntPlan | Record<string, never>> {
  return async (event) => {
    const request = HUNT_REQUEST.parse(event);
    const { huntBucket: bucket, hubAccount: owner } = parts.environment;
    const store = s3WorkStore(parts.s3, { bucket, owner, folder: huntFolder(request.hunt) });
    if (request.stage === 'plan') return planAndKeep(trailLogFiles(parts.s3, trailOf(parts), request), request, store);
    await runChild(request, store, parts);
    return {};
  };
}

async function runChild(
  { stage, child }: Exclude<HuntRequest, PlanRequest>,
  store: WorkStore,
  parts: HuntParts,
): Promise<void> {
  const plan = await keptPlan(store);
  const settings = await settingsIn(store);
  const kinds = kindsNamed(settings.workloads);
  if (stage === 'read') {
    const { bucket, owner } = trailOf(parts);
    const readLogs = s3Logs({ client: parts.s3, bucket, owner, kinds, now: parts.now() });
    return readBatch(child, readLogs, { store, parts: plan.parts });
  }
  const ipRanges = await ipRangesIn(store);
  const options = await optionsIn(store);
  const reporting = stage === 'judge' || stage === 'report' ? await reportingBy(parts) : {};
  const megabytes = parts.environment.functionMemory;
  await RUN_STAGE[stage](child, {
    store,
    parts: plan.parts,
    megabytes,
    settings,
    kinds,
    ipRanges,
    ...options,
    ...reporting,
  });
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
    loadReportFiles: async () => (await import('./report-files.js')).reportFiles,
  }),
  huntHandler,
);
