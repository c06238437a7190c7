import {
  DescribeExecution$,
  DescribeMapRun$,
  ListMapRuns$,
  RedriveExecution$,
  StartExecution$,
  StopExecution$,
  type DescribeExecutionCommandInput,
  type DescribeMapRunCommandInput,
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
  redrives: number;
}

export interface StepFunctions {
  /** By name; changed by whoever tests. */
  readonly executions: Map<string, WireExecution>;
}

/** One state machine, whose executions do nothing by themselves. */
export function stepFunctions(): { state: StepFunctions; service: Service } {
  const executions = new Map<string, WireExecution>();
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
              redrives: 0,
            });
            const executionArn = `${(stateMachineArn ?? '').replace(':stateMachine:', ':execution:')}:${name}`;
            return { executionArn, startDate: new Date(call.now) };
          },
        ),
        operation(
          DescribeExecution$,
          { honours: ['executionArn'] },
          ({ executionArn }: DescribeExecutionCommandInput, call: Call) => {
            const { name, status, error, cause } = at(executionArn);
            return { executionArn, name, status, error, cause, stateMachineArn: 'arn', startDate: new Date(call.now) };
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
