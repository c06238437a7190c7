import { HUNT_STAGES } from '../../lambda/hunt-names';
import type { HuntPlan } from '../../lambda/hunting/hunt-plan';
import { DEPLOYED, MEASURED, PRICES } from './hunt-figures';

/** How a hunt runs in AWS. */
export interface HuntDeployment {
  readonly readMegabytes: number;
  readonly judgeMegabytes: number;
  /** Children of a stage at the same time. */
  readonly concurrency: number;
  /** Days that the work is kept. */
  readonly workDays: number;
}

export type StageName = 'plan' | (typeof HUNT_STAGES)[number]['name'];

/** What one stage takes. */
export interface StageEstimate {
  readonly stage: StageName;
  readonly children: number;
  /** From its beginning to its end. */
  readonly seconds: number;
  /** Dollars for its functions. */
  readonly lambda: number;
}

/** Dollars by part. */
export interface HuntCost {
  readonly lambda: number;
  readonly requests: number;
  readonly transitions: number;
  readonly storage: number;
}

export interface HuntEstimate {
  readonly stages: readonly StageEstimate[];
  readonly seconds: number;
  readonly records: number;
  readonly cost: HuntCost;
}

const GIGABYTE = 1_000_000_000;
/** Keys on a page of a listing. */
const PAGE = 1_000;
/** Folders of packs that one child gathers into, of parts and of all. */
const PARTS_IN_SLICE = 64;
/** Of a child, which is an execution of one task. */
const TRANSITIONS = 2;

/** Time and list-price cost of a hunt in AWS. The number of facts differs much between trails, so all of it is about. */
export function estimateOf(plan: HuntPlan, deployment: HuntDeployment = DEPLOYED): HuntEstimate {
  const stages = [planning(plan, deployment), ...HUNT_STAGES.map((stage) => stageEstimate(stage, plan, deployment))];
  const children = stages.reduce((sum, stage) => sum + stage.children, 0);
  const gigabytes = plan.bytes / GIGABYTE;
  const { s3Get, s3Put, s3GigabyteMonth, stateTransition } = PRICES;
  const { puts, gets } = requestsOf(plan);
  return {
    stages,
    seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0),
    records: gigabytes * MEASURED.recordsPerGigabyte,
    cost: {
      lambda: stages.reduce((sum, { lambda }) => sum + lambda, 0),
      requests: puts * s3Put + gets * s3Get,
      transitions: children * TRANSITIONS * stateTransition,
      storage: gigabytes * MEASURED.workPerGigabyte * s3GigabyteMonth * (deployment.workDays / 30),
    },
  };
}

export function totalOf({ lambda, requests, transitions, storage }: HuntCost): number {
  return lambda + requests + transitions + storage;
}

/** Seconds of the same stages one after another on this machine. */
export function localSeconds({ bytes }: Pick<HuntPlan, 'bytes'>, threads: number): number {
  const gigabytes = bytes / GIGABYTE;
  const later = Object.values(MEASURED.secondsPerMillionFacts).reduce((sum, seconds) => sum + seconds, 0);
  return gigabytes * (MEASURED.readSecondsPerGigabyte / threads + (later * MEASURED.factsPerGigabyte) / 1e6);
}

/** S3 requests: of log files, of their listing, and of the work. */
export function requestsOf({ files, batches, parts, batchRuns, partRuns }: HuntPlan): { puts: number; gets: number } {
  const slices = Math.ceil(parts / PARTS_IN_SLICE) + 1;
  const partStages = Object.keys(MEASURED.secondsPerMillionFacts).length;
  const gathered = (batchRuns + partRuns * (partStages - 1)) * slices;
  const listed = files / PAGE;
  const fetched = parts * (MEASURED.fetchedPerBatchRun * batchRuns + MEASURED.fetchedPerPartRun * partRuns);
  // A batch is written when it is planned, then its facts and its counts.
  return { puts: listed + 3 * batches + partStages * parts + gathered, gets: files + 2 * batches + fetched };
}

function planning({ files }: HuntPlan, { readMegabytes }: HuntDeployment): StageEstimate {
  const seconds = MEASURED.secondsPerChild + files / MEASURED.listedPerSecond;
  return { stage: 'plan', children: 1, seconds, lambda: lambdaCost(seconds, 1, readMegabytes) };
}

function stageEstimate(
  { name: stage, children: of }: (typeof HUNT_STAGES)[number],
  plan: HuntPlan,
  { readMegabytes, judgeMegabytes, concurrency }: HuntDeployment,
): StageEstimate {
  const children = of === null ? 1 : plan[of];
  const work = workSeconds(stage, plan.bytes / GIGABYTE);
  const rounds = Math.ceil(children / concurrency);
  const ofChild = MEASURED.secondsPerChild + work / Math.max(1, children);
  const megabytes = stage === 'read' ? readMegabytes : judgeMegabytes;
  return { stage, children, seconds: rounds * ofChild, lambda: lambdaCost(ofChild * children, children, megabytes) };
}

/** Of all children of a stage, besides what each child takes. */
function workSeconds(stage: StageName, gigabytes: number): number {
  if (stage === 'read') return gigabytes * MEASURED.readSecondsPerGigabyte;
  const perFacts: Readonly<Partial<Record<StageName, number>>> = MEASURED.secondsPerMillionFacts;
  return (gigabytes * MEASURED.factsPerGigabyte * (perFacts[stage] ?? 0)) / 1e6;
}

function lambdaCost(seconds: number, requests: number, megabytes: number): number {
  return seconds * (megabytes / 1_024) * PRICES.lambdaGigabyteSecond + requests * PRICES.lambdaRequest;
}
