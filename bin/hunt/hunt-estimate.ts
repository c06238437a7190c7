import {
  HUNT_STAGES,
  OUTPUT_MEGABYTES,
  OUTPUT_STAGES,
  STORING_CHILDREN,
  STORING_SECONDS,
} from '../../lambda/hunt-names';
import type { HuntPlan } from '../../lambda/hunting/hunt-plan';
import { slicesOf } from '../../lambda/hunting/pack-names';
import { DEPLOYED, MEASURED, OUTPUTS, PRICES } from './hunt-figures';

/** How a hunt runs in AWS. */
export interface HuntDeployment {
  readonly readMegabytes: number;
  readonly judgeMegabytes: number;
  /** Children of a stage at the same time. */
  readonly concurrency: number;
  /** Days that the work is kept. */
  readonly workDays: number;
}

export type StageName = 'plan' | Stage['name'];
type Stage = (typeof HUNT_STAGES | typeof OUTPUT_STAGES)[number];

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
  /** Of the outputs that are asked for, but for what is in the other parts. */
  readonly publishing: number;
  readonly storing: number;
}

export interface HuntEstimate {
  readonly stages: readonly StageEstimate[];
  readonly seconds: number;
  readonly records: number;
  /** That are published, as assumed, and facts that are stored, at most. */
  readonly findings: number;
  readonly facts: number;
  readonly cost: HuntCost;
}

const GIGABYTE = 1_000_000_000;
/** Keys on a page of a listing. */
const PAGE = 1_000;
/** Of a child, which is an execution of one task. */
const TRANSITIONS = 2;
/** Memory of the hub's `publish`. */
const PUBLISH_MEGABYTES = 512;

/**
 * Time and list-price cost of a hunt in AWS, with the outputs that the plan has. The number of facts differs much between
 * trails, so all of it is about. `storable`: the share of the facts that is young enough to be stored.
 */
export function estimateOf(plan: HuntPlan, deployment: HuntDeployment = DEPLOYED, storable = 1): HuntEstimate {
  const { outputs = [] } = plan;
  const gigabytes = plan.bytes / GIGABYTE;
  const facts = outputs.includes('store') ? gigabytes * MEASURED.factsPerGigabyte * storable : 0;
  const findings = outputs.includes('publish') ? OUTPUTS.findings : 0;
  const all = [...HUNT_STAGES, ...OUTPUT_STAGES.filter(({ output }) => outputs.includes(output))];
  const amounts = { gigabytes, findings, facts };
  const stages = [planning(plan, deployment), ...all.map((stage) => stageEstimate(stage, plan, amounts, deployment))];
  const { s3Get, s3Put, s3GigabyteMonth, stateTransition, tableRead, tableWrite } = PRICES;
  const { puts, gets } = requestsOf(plan);
  return {
    stages,
    seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0),
    records: gigabytes * MEASURED.recordsPerGigabyte,
    findings,
    facts,
    cost: {
      lambda: stages.reduce((sum, { lambda }) => sum + lambda, 0),
      requests: puts * s3Put + gets * s3Get,
      transitions: stages.reduce((sum, stage) => sum + transitionsOf(stage, facts), 0) * stateTransition,
      storage: gigabytes * MEASURED.workPerGigabyte * s3GigabyteMonth * (deployment.workDays / 30),
      publishing: findings * publishingCost(),
      storing: facts * (OUTPUTS.readsPerFact * tableRead + OUTPUTS.writesPerFact * tableWrite),
    },
  };
}

export function totalOf({ lambda, requests, transitions, storage, publishing, storing }: HuntCost): number {
  return lambda + requests + transitions + storage + publishing + storing;
}

/** Of one finding: the table, the queue, the hub's function, Security Hub and the bus. */
function publishingCost(): number {
  const { readsPerFinding, writesPerFinding, queueRequestsPerFinding, publishSecondsPerFinding } = OUTPUTS;
  const { tableRead, tableWrite, queueRequest, importedFinding, busEvent } = PRICES;
  const table = readsPerFinding * tableRead + writesPerFinding * tableWrite;
  const lambda = lambdaCost(publishSecondsPerFinding, 1, PUBLISH_MEGABYTES);
  return table + queueRequestsPerFinding * queueRequest + lambda + importedFinding + busEvent;
}

/** Seconds of the same stages one after another on this machine. */
export function localSeconds({ bytes }: Pick<HuntPlan, 'bytes'>, threads: number): number {
  const gigabytes = bytes / GIGABYTE;
  const later = Object.values(MEASURED.secondsPerMillionFacts).reduce((sum, seconds) => sum + seconds, 0);
  return gigabytes * (MEASURED.readSecondsPerGigabyte / threads + (later * MEASURED.factsPerGigabyte) / 1e6);
}

/** S3 requests: of log files, of their listing, and of the work. */
export function requestsOf({ files, batches, parts, batchRuns, partRuns, outputs = [] }: HuntPlan): {
  puts: number;
  gets: number;
} {
  const partStages = Object.keys(MEASURED.secondsPerMillionFacts).length;
  const gathered = (batchRuns + partRuns * (partStages - 1)) * slicesOf(parts);
  const listed = files / PAGE;
  // Of four folders that are read of what batches wrote, one is read again to be stored.
  const ofBatches = MEASURED.fetchedPerBatchRun * (outputs.includes('store') ? 5 / 4 : 1);
  const fetched = parts * (ofBatches * batchRuns + MEASURED.fetchedPerPartRun * partRuns);
  // A batch is written when it is planned, then its facts and its counts.
  return { puts: listed + 3 * batches + partStages * parts + gathered, gets: files + 2 * batches + fetched };
}

function planning({ files }: HuntPlan, { readMegabytes }: HuntDeployment): StageEstimate {
  const seconds = MEASURED.secondsPerChild + files / MEASURED.listedPerSecond;
  return { stage: 'plan', children: 1, seconds, lambda: lambdaCost(seconds, 1, readMegabytes) };
}

/** What stages work on. */
interface Amounts {
  readonly gigabytes: number;
  readonly findings: number;
  readonly facts: number;
}

function stageEstimate(
  { name: stage, children: of }: Stage,
  plan: HuntPlan,
  amounts: Amounts,
  { readMegabytes, judgeMegabytes, concurrency }: HuntDeployment,
): StageEstimate {
  const children = of === null ? 1 : plan[of];
  const work = workSeconds(stage, amounts);
  const rounds = Math.ceil(children / (stage === 'store-facts' ? STORING_CHILDREN : concurrency));
  const ofChild = MEASURED.secondsPerChild + work / Math.max(1, children);
  const isOutput = OUTPUT_STAGES.some(({ name }) => name === stage);
  const megabytes = isOutput ? OUTPUT_MEGABYTES : stage === 'read' ? readMegabytes : judgeMegabytes;
  return { stage, children, seconds: rounds * ofChild, lambda: lambdaCost(ofChild * children, children, megabytes) };
}

/** Of all children of a stage, besides what each child takes. */
function workSeconds(stage: StageName, { gigabytes, findings, facts }: Amounts): number {
  if (stage === 'read') return gigabytes * MEASURED.readSecondsPerGigabyte;
  if (stage === 'publish') return findings * OUTPUTS.secondsPerFinding;
  if (stage === 'store-facts') return (facts * OUTPUTS.secondsPerMillionFacts) / 1e6;
  const perFacts: Readonly<Partial<Record<StageName, number>>> = MEASURED.secondsPerMillionFacts;
  return (gigabytes * MEASURED.factsPerGigabyte * (perFacts[stage] ?? 0)) / 1e6;
}

/** A child that stores facts is called until it is done, and asked each time. */
function transitionsOf({ stage, children }: StageEstimate, facts: number): number {
  if (stage !== 'store-facts') return children * TRANSITIONS;
  const seconds = (facts * OUTPUTS.secondsPerMillionFacts) / 1e6 / children;
  return children * (2 + 2 * Math.max(1, Math.ceil(seconds / STORING_SECONDS)));
}

function lambdaCost(seconds: number, requests: number, megabytes: number): number {
  return seconds * (megabytes / 1_024) * PRICES.lambdaGigabyteSecond + requests * PRICES.lambdaRequest;
}
