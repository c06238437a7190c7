import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { s3WorkStore } from '../../lambda/adapters/s3/s3-work-store';
import { HUNT_FILES, huntFolder } from '../../lambda/hunt-names';
import {
  ipRangesIn,
  keptPlan,
  optionsIn,
  publishedIn,
  settingsIn,
  type HuntOptions,
  type Published,
} from '../../lambda/hunting/hunt-request';
import { REPORT_FOLDER } from '../../lambda/hunting/folders';
import { RecordTally } from '../../lambda/hunting/read-counts';
import { RESULTS, type WrittenReport } from '../../lambda/hunting/report-files';
import { readReport } from '../../lambda/hunting/report-stage';
import { storedIn, type StoreCounts } from '../../lambda/hunting/store-stage';
import type { WorkStore } from '../../lambda/hunting/work-store';
import { nameOf } from '../deployment/aws-fault';
import { findHunts, type HuntPlace } from './find-hunts';
import { huntFault, type HuntAction, type HuntLocation } from './hunt-permissions';
import { progressOf, type HuntProgress } from './hunt-progress';
import { huntState, type HuntState } from './hunt-state';

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
  /** As in a config file. @default none: those of the deployment */
  readonly settings?: unknown;
  /** As AWS publishes it; null for none. @default as `settings` */
  readonly ipRanges?: unknown;
  readonly options: HuntOptions;
}

/** Null where there is none. */
export interface WrittenOutputs {
  readonly published: Published | null;
  readonly stored: StoreCounts | null;
}

/** Hunts of the stack `credlock-hunt`. All methods throw errors for the user. */
export class AwsHunts {
  readonly #sfn = new SFNClient(CLIENT_SETTINGS);
  readonly #s3 = new S3Client(CLIENT_SETTINGS);
  readonly #at: HuntLocation;
  readonly #tallies = new Map<string, RecordTally>();

  private constructor(at: HuntLocation) {
    this.#at = at;
  }

  static async find(place: HuntPlace): Promise<AwsHunts> {
    return new AwsHunts(await findHunts(place));
  }

  async start(
    hunt: string,
    input: HuntInput,
    { settings = null, ipRanges = null, options }: HuntRequestFiles,
  ): Promise<void> {
    // What a hunt was asked is read by each of its children.
    if (await this.#exists(hunt))
      throw new Error(`there is a hunt ${hunt}: give another --name, or \`credlock hunt --watch ${hunt}\``);
    if (settings !== null) await this.#request(hunt, HUNT_FILES.settings, settings);
    await this.#request(hunt, HUNT_FILES.options, options);
    if (ipRanges !== null) await this.#request(hunt, HUNT_FILES.ipRanges, ipRanges);
    const request = { stateMachineArn: this.#at.stateMachine, name: hunt, input: JSON.stringify({ hunt, ...input }) };
    await this.#try(`start hunt ${hunt}`, 'states:StartExecution', () =>
      this.#sfn.send(new StartExecutionCommand(request)),
    );
  }

  async #exists(hunt: string): Promise<boolean> {
    if ((await this.#work(hunt).list(HUNT_FILES.plan)).length > 0) return true;
    return this.#try(`look at hunt ${hunt}`, 'states:DescribeExecution', async () => {
      try {
        await this.#sfn.send(new DescribeExecutionCommand({ executionArn: this.#executionOf(hunt) }));
        return true;
      } catch (error) {
        if (nameOf(error) === 'ExecutionDoesNotExist') return false;
        throw error;
      }
    });
  }

  async look(hunt: string): Promise<{ state: HuntState; progress: HuntProgress }> {
    const state = await this.#state(hunt);
    const work = this.#work(hunt);
    const isPlanned = (await work.list(HUNT_FILES.plan)).length > 0;
    const planned = isPlanned ? { plan: await keptPlan(work), records: await this.#tallyOf(hunt).count(work) } : null;
    return { state, progress: progressOf(state, planned, Date.now()) };
  }

  #tallyOf(hunt: string): RecordTally {
    const tally = this.#tallies.get(hunt) ?? new RecordTally();
    this.#tallies.set(hunt, tally);
    return tally;
  }

  #state(hunt: string): Promise<HuntState> {
    return huntState(this.#sfn, this.#executionOf(hunt), (action, call) =>
      this.#try(`look at hunt ${hunt}`, action, call),
    );
  }

  async stop(hunt: string): Promise<void> {
    const executionArn = this.#executionOf(hunt);
    await this.#try(`stop hunt ${hunt}`, 'states:StopExecution', () =>
      this.#sfn.send(new StopExecutionCommand({ executionArn })),
    );
  }

  /** Runs the children again that failed, and all that follows, with the options it was started with but those given. */
  async redrive(hunt: string, options: HuntOptions): Promise<void> {
    const executionArn = this.#executionOf(hunt);
    if (options.maxUnreadable !== undefined)
      await this.#request(hunt, HUNT_FILES.options, { ...(await optionsIn(this.#work(hunt))), ...options });
    await this.#try(`go on with hunt ${hunt}`, 'states:RedriveExecution', () =>
      this.#sfn.send(new RedriveExecutionCommand({ executionArn })),
    );
  }

  /** What a hunt found, and what it was judged by. */
  async report(hunt: string): Promise<Omit<WrittenReport, 'incidents'>> {
    const work = this.#work(hunt);
    if ((await work.list(REPORT_FOLDER)).length === 0)
      throw new Error(
        `the report of hunt ${hunt} is not in s3://${this.#at.bucket}/${huntFolder(hunt)}: work is deleted after the days of huntWorkDays. Start another hunt`,
      );
    return { ...(await readReport(work)), settings: await settingsIn(work), ipRanges: await ipRangesIn(work) };
  }

  /** What a hunt did with what it found. */
  async outputs(hunt: string): Promise<WrittenOutputs> {
    const work = this.#work(hunt);
    return { published: await publishedIn(work), stored: await storedIn(work) };
  }

  /** A URL of the page of a hunt's report, which needs no credentials until it expires. `hours`: at most 168. */
  presignedReport(hunt: string, hours: number): Promise<string> {
    const { bucket } = this.#at;
    const page = new GetObjectCommand({ Bucket: bucket, Key: `${huntFolder(hunt)}${RESULTS}report.html` });
    return this.#try(`sign a URL of the report of hunt ${hunt}`, 's3:GetObject', () =>
      getSignedUrl(this.#s3, page, { expiresIn: hours * 3_600 }),
    );
  }

  close(): void {
    this.#sfn.destroy();
    this.#s3.destroy();
  }

  #request(hunt: string, name: string, value: unknown): Promise<void> {
    return this.#work(hunt).put(name, Buffer.from(JSON.stringify(value)));
  }

  #executionOf(hunt: string): string {
    return `${this.#at.stateMachine.replace(':stateMachine:', ':execution:')}:${hunt}`;
  }

  /** The bucket belongs to the account of the state machine. */
  #work(hunt: string): WorkStore {
    const { bucket, stateMachine } = this.#at;
    const owner = stateMachine.split(':')[4] ?? '';
    const folder = huntFolder(hunt);
    const store = s3WorkStore(this.#s3, { bucket, owner, folder });
    const read = (name: string, call: () => Promise<Uint8Array>): Promise<Uint8Array> =>
      this.#try(`read s3://${bucket}/${folder}${name}`, 's3:GetObject', call);
    return {
      put: (name, body) =>
        this.#try(`write s3://${bucket}/${folder}${name}`, 's3:PutObject', () => store.put(name, body)),
      get: (name) => read(name, () => store.get(name)),
      range: (name, from, length) => read(name, () => store.range(name, from, length)),
      list: (prefix) => this.#try(`list s3://${bucket}/${folder}${prefix}`, 's3:ListBucket', () => store.list(prefix)),
    };
  }

  async #try<Value>(doing: string, action: HuntAction, call: () => Promise<Value>): Promise<Value> {
    try {
      return await call();
    } catch (error) {
      throw huntFault(doing, error, { action, location: this.#at });
    }
  }
}
