import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  paginateListMapRuns,
  type MapRunItemCounts,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { field, parsedJson } from '../../lambda/detection/model/json-field';
import type { HuntAction } from './hunt-permissions';

/** A map of a hunt that has begun. Times are epoch milliseconds. */
export interface StageState {
  readonly stage: string;
  /** Children that ended well, that failed, that run, and all. */
  readonly ended: number;
  readonly failed: number;
  readonly running: number;
  readonly all: number;
  readonly started: number;
  /** Null while it runs. */
  readonly stopped: number | null;
}

/** A child that failed, after its last attempt. */
export interface FailedChild {
  readonly stage: string;
  /** Number of its batch or part; null if it is not known. */
  readonly child: number | null;
  readonly error: string;
  readonly cause: string;
}

/** Times are epoch milliseconds. */
export interface HuntState {
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT` or `PENDING_REDRIVE`. */
  readonly status: string;
  /** Name of the error that ended it, and why; null where none did. */
  readonly error: string | null;
  readonly cause: string | null;
  readonly started: number;
  readonly stopped: number | null;
  /** The maps that have begun, in their order. */
  readonly stages: readonly StageState[];
  /** Some of the children that failed. */
  readonly failures: readonly FailedChild[];
}

/** Makes a call that needs a permission; throws errors for the user. */
export type Ask = <Value>(action: HuntAction, call: () => Promise<Value>) => Promise<Value>;

/** Failed children of a map that are named. */
const MOST_FAILURES = 5;

export async function huntState(client: SFNClient, executionArn: string, ask: Ask): Promise<HuntState> {
  const found = await ask('states:DescribeExecution', () =>
    client.send(new DescribeExecutionCommand({ executionArn })),
  );
  const mapRuns = await ask('states:ListMapRuns', () => mapRunsOf(client, executionArn));
  const stages = await Promise.all(mapRuns.map((mapRun) => stageState(client, mapRun, ask)));
  const failures: FailedChild[] = [];
  for (const [at, { stage, failed }] of stages.entries())
    if (failed > 0) failures.push(...(await failedChildren(client, { stage, mapRun: mapRuns[at] ?? '' }, ask)));
  return {
    status: found.status ?? '',
    error: found.error ?? null,
    cause: found.cause === undefined ? null : causeText(found.cause),
    started: timeOf(found.redriveDate ?? found.startDate) ?? 0,
    stopped: timeOf(found.stopDate),
    stages: stages.sort((one, other) => one.started - other.started),
    failures,
  };
}

async function mapRunsOf(client: SFNClient, executionArn: string): Promise<string[]> {
  const arns: string[] = [];
  for await (const { mapRuns = [] } of paginateListMapRuns({ client }, { executionArn }))
    for (const { mapRunArn = '' } of mapRuns) arns.push(mapRunArn);
  return arns;
}

async function stageState(client: SFNClient, mapRunArn: string, ask: Ask): Promise<StageState> {
  const found = await ask('states:DescribeMapRun', () => client.send(new DescribeMapRunCommand({ mapRunArn })));
  const { succeeded = 0, failed = 0, timedOut = 0, running = 0, total = 0 } = found.itemCounts ?? NONE;
  return {
    stage: labelOf(mapRunArn),
    ended: succeeded,
    failed: failed + timedOut,
    running,
    all: total,
    started: timeOf(found.startDate) ?? 0,
    stopped: timeOf(found.stopDate),
  };
}

const NONE: Partial<MapRunItemCounts> = {};

/** …:mapRun:<machine>/<label>:<id> */
function labelOf(mapRunArn: string): string {
  return mapRunArn.split(':').at(-2)?.split('/').at(-1) ?? '';
}

function timeOf(date: Date | undefined): number | null {
  return date?.getTime() ?? null;
}

async function failedChildren(
  client: SFNClient,
  { stage, mapRun: mapRunArn }: { readonly stage: string; readonly mapRun: string },
  ask: Ask,
): Promise<FailedChild[]> {
  const request = { mapRunArn, statusFilter: 'FAILED', maxResults: MOST_FAILURES } as const;
  const { executions = [] } = await ask('states:ListExecutions', () => client.send(new ListExecutionsCommand(request)));
  return Promise.all(
    executions.map(async ({ executionArn = '' }) => {
      const {
        input = '',
        error = '',
        cause = '',
      } = await ask('states:DescribeExecution', () => client.send(new DescribeExecutionCommand({ executionArn })));
      const child = field(parsedJson(input), 'child');
      return { stage, child: typeof child === 'number' ? child : null, error, cause: causeText(cause) };
    }),
  );
}

/** What a function threw is the message of its error, in JSON. */
function causeText(cause: string): string {
  const message = field(parsedJson(cause), 'errorMessage');
  return typeof message === 'string' ? message : cause;
}
