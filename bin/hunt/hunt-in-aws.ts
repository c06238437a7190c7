import { outputsOf, type HuntOptions } from '../../lambda/hunting/hunt-request';
import { checkRequest, type RequestFiles } from '../replay/check-request';
import { ipRangesFrom, settingsFrom } from '../replay/run-inputs';
import { ipRangesJson } from './ip-ranges-json';
import { counted } from '../terminal/numbers';
import { notify } from '../terminal/stderr';
import { visible } from '../../lambda/detection/model/printable';
import { writeOutput } from '../files/write-output';
import type { AwsHunts, HuntRequestFiles } from './aws-hunt';
import { outputLines } from './output-lines';
import type { HuntPlace, TrailPlace } from './find-hunts';
import { failureLines, progressJson, progressText } from './hunt-progress';
import { sizesOf } from './hunt';
import type { LogFileChoice } from './hunt-files';
import { awsEstimate, storableShare } from './print-estimate';
import { printFaults, printHunt, type PrintOptions } from './print-hunt';

/** Bytes of log files that one child reads. */
const BATCH_SIZE = 256_000_000;

/** The flags of a hunt in AWS: of one that is started, unless another is named. */
export interface AwsHuntOptions
  extends Omit<RequestFiles, 'state'>, LogFileChoice, PrintOptions, HuntPlace, TrailPlace {
  /** Prints what a hunt would take, and starts none. */
  readonly estimate?: boolean;
  /** Estimates and progress as JSON. */
  readonly json?: boolean;
  /** Name of the hunt to start; by default made of the period and the time. */
  readonly name?: string;
  /** Names of hunts. */
  readonly watch?: string;
  readonly status?: string;
  readonly stop?: string;
  readonly redrive?: string;
  /** As in `LocalHuntOptions`. */
  readonly partSize: number;
  readonly maxUnreadable?: number;
  readonly incidents: number;
  /** The hunt that is started sends its findings to Security Hub and the bus, and judges by the deployment's settings. */
  readonly publish?: boolean;
  /** It stores the facts of its log files in the lock table, and judges as with `publish`. */
  readonly storeFacts?: boolean;
  /** Hours that a URL of the report's page is valid. @default none is made */
  readonly presign?: number;
  /** Milliseconds between two looks. */
  readonly every: number;
}

/**
 * Starts a hunt of the stack `credlock-hunt`, or turns to one that was started, and prints its findings at its end. Returns
 * the exit code; throws an `Error` with a message for the user.
 */
export async function huntInAws(options: AwsHuntOptions): Promise<number> {
  const { name, status, stop, redrive, watch } = options;
  const isNew = [status, stop, redrive, watch].every((hunt) => hunt === undefined);
  checkRequest([], options, [
    ...printFaults(options),
    ...(isNew ? faultsOf(options) : []),
    ...nameFaults({ name, status, stop, redrive, watch }),
  ]);
  if (options.estimate) return estimateInAws(options);
  const { AwsHunts: Hunts } = await import('../operations.js');
  const hunts = await Hunts.find(options);
  try {
    if (status !== undefined) await showStatus(hunts, status, options.json ?? false);
    else if (stop !== undefined) await hunts.stop(stop);
    else return await watchAndPrint(hunts, redrive ?? watch ?? (await start(hunts, options)), options);
    return 0;
  } finally {
    hunts.close();
  }
}

async function showStatus(hunts: AwsHunts, hunt: string, json: boolean): Promise<void> {
  const { progress } = await hunts.look(hunt);
  const lines = [progressText(progress), ...failureLines(progress.failures)].map((line) => `${visible(line)}\n`);
  await writeOutput(json ? [progressJson(hunt, progress)] : lines, undefined);
}

/** Of the hunt that the same options would start. */
async function estimateInAws({
  from = 0,
  to = 0,
  account,
  region,
  json = false,
  ...options
}: AwsHuntOptions): Promise<number> {
  const outputs = outputsOf(askedOf(options));
  const { findTrail, planInAws } = await import('../operations.js');
  const { trail, deployment } = await findTrail(options);
  const period = { from, to, accounts: account ?? null, regions: region ?? null };
  const planned = await planInAws(trail, period, { ...sizesOf(options), batch: BATCH_SIZE });
  const plan = { ...planned, ...(outputs.length > 0 && { outputs }) };
  const storable = storableShare(from, to, Date.now());
  await writeOutput([awsEstimate(plan, { deployment, storable }, json)], undefined);
  notify('Nothing was started. How much a trail states differs much: docs/hunt.md has what this follows from.\n');
  return plan.files === 0 ? 2 : 0;
}

async function start(hunts: AwsHunts, options: AwsHuntOptions): Promise<string> {
  const { from = 0, to = 0, account, region, config, ipRanges } = options;
  const name = options.name ?? nameOf(from, to);
  const { part: partSize } = sizesOf(options);
  const input = { from, to, accounts: account ?? null, regions: region ?? null, batchSize: BATCH_SIZE, partSize };
  const asked = askedOf(options);
  // Hunts with outputs are judged by what the deployment has.
  const judging = outputsOf(asked).length > 0 ? {} : judgingBy(config, ipRanges);
  await hunts.start(name, input, { ...judging, options: asked });
  notify(`Started hunt ${name}. It goes on without this command; \`credlock hunt --watch ${name}\` returns to it.\n`);
  return name;
}

/** Notes which address ranges are used. */
function judgingBy(config: string | undefined, ipRanges: string | undefined): Omit<HuntRequestFiles, 'options'> {
  ipRangesFrom(ipRanges);
  return { settings: settingsFrom(config), ipRanges: ipRangesJson(ipRanges) };
}

function askedOf(options: Pick<AwsHuntOptions, 'incidents' | 'publish' | 'storeFacts' | 'maxUnreadable'>): HuntOptions {
  const { incidents, publish, storeFacts } = options;
  const outputs = { ...(publish && { publish }), ...(storeFacts && { storeFacts }) };
  return { incidents, ...unreadableOf(options), ...outputs };
}

function unreadableOf({ maxUnreadable }: Pick<AwsHuntOptions, 'maxUnreadable'>): HuntOptions {
  return maxUnreadable === undefined ? {} : { maxUnreadable };
}

async function watchAndPrint(hunts: AwsHunts, name: string, options: AwsHuntOptions): Promise<number> {
  const { followHunt } = await import('../operations.js');
  if (options.redrive !== undefined) await hunts.redrive(name, unreadableOf(options));
  await followHunt(hunts, name, options.every, options.json ?? false);
  const code = await printHunt({ ...(await hunts.report(name)), incidents: options.incidents }, options);
  for (const line of outputLines(await hunts.outputs(name))) notify(`${line}\n`);
  if (options.presign !== undefined) await presign(hunts, name, options.presign);
  return code;
}

/** The URL is on a line of its own, so that it can be copied. */
async function presign(hunts: AwsHunts, name: string, hours: number): Promise<void> {
  const url = await hunts.presignedReport(name, hours);
  notify(
    `The next line is a secret: anyone who has it can read the report for ${counted(hours, 'hour')}, or until the credentials that signed it expire.\n`,
  );
  process.stderr.write(`${url}\n`);
}

function faultsOf({ from, to }: AwsHuntOptions): string[] {
  const faults: string[] = [];
  if (from === undefined || to === undefined)
    faults.push('give --from and --to for a hunt in AWS, or --local with a folder of log files');
  else if (from >= to) faults.push('--to must be later than --from');
  return faults;
}

function nameFaults(names: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(names).flatMap(([option, name]) =>
    name === undefined || /^[\w-]{1,64}$/.test(name)
      ? []
      : [`--${option} ${name} must be up to 64 letters, digits, - and _`],
  );
}

/** `20260901-20261001-<seconds>`: executions of one machine have different names. */
function nameOf(from: number, to: number): string {
  return `${dayOf(from)}-${dayOf(to)}-${Math.floor(Date.now() / 1_000)}`;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10).replaceAll('-', '');
}
