import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { s3WorkStore } from '../../lambda/adapters/s3/s3-work-store';
import { field, parsedJson } from '../../lambda/detection/model/json-field';
import { HUNT_FILES, huntFolder } from '../../lambda/hunt-names';
import type { HuntOptions } from '../../lambda/hunting/hunt-request';
import { readReport } from '../../lambda/hunting/report-stage';
import type { WorkStore } from '../../lambda/hunting/work-store';
import { awsFault } from '../deployment/aws-fault';
import type { HuntResult } from './local-hunt';

/** The stack `credlock-hunt`, or what it would tell. */
export interface HuntPlace {
  readonly stateMachine?: string;
  readonly huntBucket?: string;
}

/** Input of the state machine, but for the hunt's name. Times are epoch milliseconds. */
export interface HuntInput {
  readonly from: number;
  readonly to: number;
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
  /** Bytes of log files. */
  readonly batchSize: number;
  readonly partSize: number;
}

export interface HuntRequestFiles {
  /** As in a config file. */
  readonly settings: unknown;
  /** As AWS publishes it; null for none. */
  readonly ipRanges: unknown;
  readonly options: HuntOptions;
}

/** Of one stage: children that ended, that failed, and all. */
export interface StageProgress {
  readonly stage: string;
  readonly ended: number;
  readonly failed: number;
  readonly all: number;
}

export interface HuntState {
  /** `RUNNING`, `SUCCEEDED`, `FAILED`, `ABORTED` or `TIMED_OUT`. */
  readonly status: string;
  /** Name of the error that ended it, and why; null where none did. */
  readonly error: string | null;
  readonly cause: string | null;
  /** Of the maps that have begun. */
  readonly stages: readonly StageProgress[];
}

const STACK = 'credlock-hunt';

/** Hunts of the stack `credlock-hunt`. All methods throw errors for the user. */
export class AwsHunts {
  readonly #sfn = new SFNClient(CLIENT_SETTINGS);
  readonly #s3 = new S3Client(CLIENT_SETTINGS);
  readonly #machine: string;
  readonly #bucket: string;
  readonly #account: string;

  private constructor(machine: string, bucket: string, account: string) {
    this.#machine = machine;
    this.#bucket = bucket;
    this.#account = account;
  }

  /** Reads the outputs of the stack unless both are given. */
  static async find({ stateMachine, huntBucket }: HuntPlace): Promise<AwsHunts> {
    const account = await callerAccount();
    if (stateMachine !== undefined && huntBucket !== undefined) return new AwsHunts(stateMachine, huntBucket, account);
    const outputs = await outputsOf(STACK);
    const machine = stateMachine ?? outputs.get('HuntStateMachine');
    const bucket = huntBucket ?? outputs.get('HuntBucket');
    if (machine !== undefined && bucket !== undefined) return new AwsHunts(machine, bucket, account);
    throw new Error(
      `stack ${STACK} of account ${account} has no outputs HuntStateMachine and HuntBucket: deploy it with -c hunt=true, or give --state-machine and --hunt-bucket`,
    );
  }

  async start(hunt: string, input: HuntInput, { settings, ipRanges, options }: HuntRequestFiles): Promise<void> {
    await this.#ask(hunt, HUNT_FILES.settings, settings);
    await this.#ask(hunt, HUNT_FILES.options, options);
    if (ipRanges !== null) await this.#ask(hunt, HUNT_FILES.ipRanges, ipRanges);
    const request = { stateMachineArn: this.#machine, name: hunt, input: JSON.stringify({ hunt, ...input }) };
    await this.#try(`start hunt ${hunt}`, () => this.#sfn.send(new StartExecutionCommand(request)));
  }

  async state(hunt: string): Promise<HuntState> {
    const executionArn = this.#executionOf(hunt);
    return this.#try(`look at hunt ${hunt}`, async () => {
      const {
        status = '',
        error = null,
        cause = null,
      } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      const { mapRuns = [] } = await this.#sfn.send(new ListMapRunsCommand({ executionArn }));
      const stages = await Promise.all(mapRuns.map(async ({ mapRunArn }) => this.#progress(mapRunArn ?? '')));
      return { status, error, cause: cause && causeText(cause), stages };
    });
  }

  async stop(hunt: string): Promise<void> {
    const executionArn = this.#executionOf(hunt);
    await this.#try(`stop hunt ${hunt}`, () => this.#sfn.send(new StopExecutionCommand({ executionArn })));
  }

  /** Runs the children again that failed, and all that follows. `options`: null for those it was started with. */
  async redrive(hunt: string, options: HuntOptions | null): Promise<void> {
    const executionArn = this.#executionOf(hunt);
    if (options) await this.#ask(hunt, HUNT_FILES.options, options);
    await this.#try(`go on with hunt ${hunt}`, () => this.#sfn.send(new RedriveExecutionCommand({ executionArn })));
  }

  async report(hunt: string): Promise<HuntResult> {
    return this.#try(`read the report of hunt ${hunt}`, () => readReport(this.#store(hunt)));
  }

  close(): void {
    this.#sfn.destroy();
    this.#s3.destroy();
  }

  async #ask(hunt: string, name: string, value: unknown): Promise<void> {
    const put = (): Promise<void> => this.#store(hunt).put(name, Buffer.from(JSON.stringify(value)));
    await this.#try(`write s3://${this.#bucket}/${huntFolder(hunt)}${name}`, put);
  }

  async #progress(mapRunArn: string): Promise<StageProgress> {
    const { itemCounts } = await this.#sfn.send(new DescribeMapRunCommand({ mapRunArn }));
    const { succeeded = 0, failed = 0, total = 0 } = itemCounts ?? {};
    // …:mapRun:<machine>/<label>:<id>
    const stage = mapRunArn.split(':').at(-2)?.split('/').at(-1) ?? '';
    return { stage, ended: succeeded, failed, all: total };
  }

  #executionOf(hunt: string): string {
    return `${this.#machine.replace(':stateMachine:', ':execution:')}:${hunt}`;
  }

  #store(hunt: string): WorkStore {
    return s3WorkStore(this.#s3, { bucket: this.#bucket, owner: this.#account, folder: huntFolder(hunt) });
  }

  async #try<Value>(action: string, act: () => Promise<Value>): Promise<Value> {
    try {
      return await act();
    } catch (error) {
      throw awsFault(action, error);
    }
  }
}

/** What a function threw is the message of its error in JSON. */
function causeText(cause: string): string {
  const message = field(parsedJson(cause), 'errorMessage');
  return typeof message === 'string' ? message : cause;
}

async function callerAccount(): Promise<string> {
  const sts = new STSClient(CLIENT_SETTINGS);
  try {
    const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return account;
  } catch (error) {
    throw awsFault('ask AWS who you are', error);
  } finally {
    sts.destroy();
  }
}

async function outputsOf(stack: string): Promise<Map<string | undefined, string | undefined>> {
  const client = new CloudFormationClient(CLIENT_SETTINGS);
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return new Map(found?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  } catch (error) {
    throw awsFault(`read the outputs of stack ${stack}`, error, notDeployed(error));
  } finally {
    client.destroy();
  }
}

function notDeployed(error: unknown): string {
  return /does not exist/.test(String(error))
    ? 'Deploy it with -c hunt=true, or use its account and Region (AWS_PROFILE, AWS_REGION)'
    : '';
}
