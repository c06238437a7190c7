import { availableParallelism } from 'node:os';
import type { HuntPlan } from '../../lambda/hunting/hunt-plan';
import { aboutDollars, CENT, aboutDuration, aboutRecords, gigabytesText } from './about';
import { estimateOf, localSeconds, totalOf, type HuntDeployment, type HuntEstimate } from './hunt-estimate';

/** Threads that read at most, as `replay` has them. */
const MOST_THREADS = 8;

/** The sizes of a hunt in AWS, and about what it takes; nothing is started. `json`: one object, with numbers. */
export function awsEstimate(plan: HuntPlan, deployment: HuntDeployment, json: boolean): string {
  const estimate = estimateOf(plan, deployment);
  return json ? jsonOf(plan, { ...estimate, deployment }) : rowsText([...sizes(plan), ...inAws(estimate, deployment)]);
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

function inAws({ stages, seconds, cost }: HuntEstimate, { concurrency, workDays }: HuntDeployment): Row[] {
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
    [`  Storage`, `${aboutDollars(cost.storage)}, for ${workDays} days`],
  ];
}

function rowsText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function jsonOf(plan: HuntPlan, estimate: object): string {
  return `${JSON.stringify({ schema: 'credlock.hunt-estimate/1', plan, ...estimate })}\n`;
}
