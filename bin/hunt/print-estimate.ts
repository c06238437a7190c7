import { availableParallelism } from 'node:os';
import type { HuntPlan } from '../../lambda/hunting/hunt-plan';
import { counted } from '../terminal/numbers';
import { aboutDollars, CENT, aboutDuration, aboutNumber, aboutRecords, gigabytesText } from './about';
import { estimateOf, localSeconds, totalOf, type HuntDeployment, type HuntEstimate } from './hunt-estimate';
import { OUTPUTS } from './hunt-figures';

/** Threads that read at most, as `replay` has them. */
const MOST_THREADS = 8;
const DAY = 86_400_000;

/** How a hunt would run. */
export interface EstimatedHunt {
  readonly deployment: HuntDeployment;
  /** As in `estimateOf`. */
  readonly storable: number;
}

/** The sizes of a hunt in AWS, and about what it takes; nothing is started. `json`: one object, with numbers. */
export function awsEstimate(plan: HuntPlan, { deployment, storable }: EstimatedHunt, json: boolean): string {
  const estimate = estimateOf(plan, deployment, storable);
  if (json) return jsonOf(plan, { ...estimate, deployment });
  return rowsText([...sizes(plan), ...outputSizes(plan, estimate), ...inAws(plan, estimate, deployment)]);
}

/** The share of a period whose facts are young enough to be stored. Times are epoch milliseconds. */
export function storableShare(from: number, to: number, now: number): number {
  const [oldest, end] = [now - OUTPUTS.retentionDays * DAY, Math.min(to, now)];
  return end <= from ? 1 : Math.min(1, Math.max(0, end - oldest) / (end - from));
}

/** The same on this machine. */
export function localEstimate(plan: HuntPlan, threads: number | null, json: boolean): string {
  const used = Math.min(threads ?? availableParallelism(), MOST_THREADS);
  const seconds = localSeconds(plan, used);
  if (json) return jsonOf(plan, { seconds, threads: used });
  return rowsText([...sizes(plan), ['Time', `about ${aboutDuration(seconds)} on this machine`]]);
}

type Row = readonly [name: string, value: string];

function sizes({ files, bytes, batches, parts }: HuntPlan): Row[] {
  return [
    ['Log files', files.toLocaleString('en')],
    ['Size', `${gigabytesText(bytes)}, as they are stored`],
    ['Records', `about ${aboutRecords(bytes)}`],
    ['Batches', batches.toLocaleString('en')],
    ['Parts', parts.toLocaleString('en')],
  ];
}

/** What is assumed of outputs. */
function outputSizes({ outputs = [] }: HuntPlan, { findings, facts }: HuntEstimate): Row[] {
  const rows: Row[] = [];
  if (outputs.includes('publish'))
    rows.push(['Published', `${counted(findings, 'finding')}, as assumed: only reading tells how many there are`]);
  if (outputs.includes('store'))
    rows.push(['Stored', `at most ${aboutNumber(facts)} facts: those of the last ${OUTPUTS.retentionDays} days`]);
  return rows;
}

function inAws(
  { outputs = [] }: HuntPlan,
  { stages, seconds, cost }: HuntEstimate,
  { concurrency, workDays }: HuntDeployment,
): Row[] {
  const total = totalOf(cost);
  const reading = stages.find(({ stage }) => stage === 'read')?.seconds ?? 0;
  return [
    [
      'Time',
      `about ${aboutDuration(seconds)}, of which reading ${aboutDuration(reading)}, with ${concurrency} children at a time`,
    ],
    ['Cost', `${total < CENT ? '' : 'about '}${aboutDollars(total)} at list prices of us-east-1`],
    ['  Lambda', aboutDollars(cost.lambda)],
    ['  S3 requests', aboutDollars(cost.requests)],
    ['  Step Functions', aboutDollars(cost.transitions)],
    ['  Storage', `${aboutDollars(cost.storage)}, for ${workDays} days`],
    ...(outputs.includes('publish') ? [['  Publishing', aboutDollars(cost.publishing)] as const] : []),
    ...(outputs.includes('store') ? [['  Lock table', `${aboutDollars(cost.storing)} at most`] as const] : []),
  ];
}

function rowsText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function jsonOf(plan: HuntPlan, estimate: object): string {
  return `${JSON.stringify({ schema: 'credlock.hunt-estimate/1', plan, ...estimate })}\n`;
}
