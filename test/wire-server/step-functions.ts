import {
  DescribeExecution$,
  DescribeMapRun$,
  ListExecutions$,
  ListMapRuns$,
  RedriveExecution$,
  StartExecution$,
  StopExecution$,
  type DescribeExecutionCommandInput,
  type DescribeMapRunCommandInput,
  type ListExecutionsCommandInput,
  type ListMapRunsCommandInput,
  type MapRunItemCounts,
  type RedriveExecutionCommandInput,
  type StartExecutionCommandInput,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { operation, type Call, type Service } from './operation';
import { jsonRpc } from './protocols/json-rpc';
import { WireError } from './wire-error';

export interface WireExecution {
  readonly name: string;
  readonly input: unknown;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  error?: string;
  cause: string | undefined;
  /** Counts of the map runs that have begun, by label. */
  readonly mapRuns: Map<string, Partial<MapRunItemCounts>>;
  /** Children of map runs that failed. */
  readonly failures: WireFailure[];
  redrives: number;
}

export interface WireFailure {
  /** Label of the map run. */
  readonly label: string;
  readonly input: unknown;
  readonly error: string;
  readonly cause: string;
}

export interface StepFunctions {
  /** By name; changed by whoever tests. */
  readonly executions: Map<string, WireExecution>;
}

/** One state machine, whose executions do nothing by themselves. */
export function stepFunctions(): { state: StepFunctions; service: Service } {
  const executions = new Map<string, WireExecution>();
  /** The child with an ARN of `ListExecutions`. */
  const failureAt = (arn: string): WireFailure | undefined => {
    const [, name = '', number = ''] = /\/[^:]+:(.+)-(\d+)$/.exec(arn) ?? [];
    return executions.get(name)?.failures[Number(number)];
  };
  const at = (arn = ''): WireExecution => {
    const execution = executions.get(arn.split(':').at(-1) ?? '');
    if (execution) return execution;
    throw new WireError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  };
  return {
    service: {
      name: 'states',
      protocol: jsonRpc('1.0', 'AWSStepFunctions'),
      refusal: { missing: 'ValidationException', invalid: 'ValidationException' },
      throttle: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 },
      operations: [
        operation(
          StartExecution$,
          { honours: ['stateMachineArn', 'name', 'input'] },
          ({ stateMachineArn, name = '', input = '{}' }: StartExecutionCommandInput, call: Call) => {
            if (executions.has(name))
              throw new WireError('ExecutionAlreadyExists', `Execution Already Exists: '${name}'`);
            executions.set(name, {
              name,
              input: JSON.parse(input),
              status: 'RUNNING',
              cause: undefined,
              mapRuns: new Map(),
              failures: [],
              redrives: 0,
            });
            const executionArn = `${(stateMachineArn ?? '').replace(':stateMachine:', ':execution:')}:${name}`;
            return { executionArn, startDate: new Date(call.now) };
          },
        ),
        operation(
          DescribeExecution$,
          { honours: ['executionArn'] },
          ({ executionArn = '' }: DescribeExecutionCommandInput, call: Call) => {
            const common = { executionArn, stateMachineArn: 'arn', startDate: new Date(call.now) };
            const failure = failureAt(executionArn);
            if (failure) {
              const { error, cause, input } = failure;
              return { ...common, error, cause, input: JSON.stringify(input), status: 'FAILED' };
            }
            const { name, status, error, cause } = at(executionArn);
            return { ...common, name, status, error, cause };
          },
        ),
        operation(
          ListMapRuns$,
          { honours: ['executionArn'] },
          ({ executionArn }: ListMapRunsCommandInput, call: Call) => ({
            mapRuns: [...at(executionArn).mapRuns.keys()].map((label) => ({
              executionArn,
              mapRunArn: mapRunOf(executionArn ?? '', label),
              stateMachineArn: 'arn',
              startDate: new Date(call.now),
            })),
          }),
        ),
        operation(
          DescribeMapRun$,
          { honours: ['mapRunArn'] },
          ({ mapRunArn = '' }: DescribeMapRunCommandInput, call: Call) => {
            const [, label = '', name = ''] = /\/([^:]+):(.+)$/.exec(mapRunArn) ?? [];
            const counts = executions.get(name)?.mapRuns.get(label) ?? {};
            return {
              mapRunArn,
              executionArn: 'arn',
              status: 'RUNNING',
              startDate: new Date(call.now),
              maxConcurrency: 0,
              toleratedFailurePercentage: 0,
              toleratedFailureCount: 0,
              itemCounts: { ...NONE, ...counts },
              executionCounts: { ...NONE, ...counts },
            };
          },
        ),
        operation(
          ListExecutions$,
          { honours: ['mapRunArn', 'statusFilter', 'maxResults'] },
          ({ mapRunArn = '', maxResults }: ListExecutionsCommandInput, call: Call) => {
            const [, label = '', name = ''] = /\/([^:]+):(.+)$/.exec(mapRunArn) ?? [];
            const failures = executions.get(name)?.failures ?? [];
            const failed = failures.flatMap((failure, number) => (failure.label === label ? [number] : []));
            return {
              executions: failed.slice(0, maxResults).map((number) => ({
                executionArn: `${mapRunArn.replace(':mapRun:', ':execution:')}-${number}`,
                stateMachineArn: 'arn',
                name: String(number),
                status: 'FAILED',
                startDate: new Date(call.now),
              })),
            };
          },
        ),
        operation(
          StopExecution$,
          { honours: ['executionArn'] },
          ({ executionArn }: StopExecutionCommandInput, call: Call) => {
            at(executionArn).status = 'ABORTED';
            return { stopDate: new Date(call.now) };
          },
        ),
        operation(
          RedriveExecution$,
          { honours: ['executionArn', 'clientToken'] },
          ({ executionArn }: RedriveExecutionCommandInput, call: Call) => {
            const execution = at(executionArn);
            Object.assign(execution, { status: 'RUNNING', error: undefined, cause: undefined });
            execution.redrives += 1;
            return { redriveDate: new Date(call.now) };
          },
        ),
      ],
    },
    state: { executions },
  };
}

const NONE = { pending: 0, running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0, total: 0, resultsWritten: 0 };

/** The id is the execution's name. */
function mapRunOf(executionArn: string, label: string): string {
  const [machine, name] = executionArn.split(':').slice(-2);
  return `${executionArn.split(':').slice(0, 5).join(':')}:mapRun:${machine}/${label}:${name}`;
}
