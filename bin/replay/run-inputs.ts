import { existsSync } from 'node:fs';
import { PACKED } from '../../lambda/detection/facts/fact-formats';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { KUBERNETES } from '../../lambda/detection/vocabulary';
import type { Settings } from '../../lambda/detection/model/settings';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { readInto } from '../../lambda/detection/records/read-facts';
import { RequestFacts } from '../../lambda/detection/records/request-facts';
import { findIpRanges } from '../files/ip-ranges-cache';
import { jsonFile } from '../files/json-file';
import { NO_AUDIT, type ReadCounts } from '../report/summary';
import { visible } from '../../lambda/detection/model/printable';
import { counted } from '../terminal/numbers';
import { progressBar } from '../terminal/progress';
import { notify } from '../terminal/stderr';
import type { AwsOptions } from '../aws-inputs/aws-input';
import type { AuditReader } from './audit-reader';
import type { InputFile } from './input-files';
import { readFactFiles } from './read-fact-files';
import { readInputs, type InputProgress } from './read-inputs';
import { SkippedRecords } from '../../lambda/fact-reading/skipped-records';
import { readState, writeState } from './state-file';

/** Inputs with a problem that are named on standard error. */
const MOST_NAMED = 25;

/** Read where no `--config` is given. */
export const CONFIG_FILE = 'credlock.json';

/** The settings in a `--config` file, or in `./credlock.json`, which is then named; else the defaults. Throws with all faults. */
export function settingsFrom(option: string | undefined): Settings {
  const path = option ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
  if (option === undefined && path !== undefined) notify(`Settings: ./${path}\n`);
  const parsed = parseSettings(path === undefined ? {} : jsonFile('--config', path));
  if ('faults' in parsed)
    throw new Error(`--config ${path ?? ''}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return parsed.value;
}

export function defaultSettings(): Settings {
  const parsed = parseSettings({});
  if ('faults' in parsed) throw new Error(parsed.faults.join('; '));
  return parsed.value;
}

/** Given as `--ip-ranges`: without address ranges. */
export const NO_RANGES = 'none';

/** AWS's address ranges, with a notice of where they are from; null, with a notice, for `none`. */
export function ipRangesFrom(option: string | undefined): IpRanges | null {
  if (option === NO_RANGES) {
    notify('No address ranges: owners of addresses are unknown.\n');
    return null;
  }
  const found = findIpRanges(option);
  if ('faults' in found) throw new Error(`${option === undefined ? '' : '--ip-ranges '}${found.faults.join('; ')}`);
  const { path, ranges, isShipped } = found.value;
  const leftOut = ranges.skipped === 0 ? '' : ` (ignored invalid entries: ${ranges.skipped})`;
  const from = isShipped ? 'shipped with credlock; `credlock ip-ranges` downloads the current ones' : path;
  notify(`ip-ranges.json of ${ranges.createDate}: ${from}${leftOut}\n`);
  return ranges;
}

/** Where to read in AWS besides paths. */
export interface AwsInputOptions extends AwsOptions {
  /** Reads the last 90 days of management events by LookupEvents. */
  readonly eventHistory?: boolean;
}

function isInS3(path: string): boolean {
  return path.startsWith('s3://');
}

/** What is to be read from AWS; null if nothing is. */
function awsInputs(paths: readonly string[], options: AwsInputOptions): AsyncIterable<InputFile> | null {
  if (!options.eventHistory && !paths.some(isInS3)) return null;
  return inputsFromAws(paths.filter(isInS3), options);
}

async function* inputsFromAws(addresses: readonly string[], options: AwsInputOptions): AsyncGenerator<InputFile> {
  const { eventHistoryInputs, s3Inputs } = await import('../operations.js');
  for (const address of addresses) {
    for await (const input of s3Inputs(address, options)) yield { ...input, regular: false, problem: null };
  }
  if (!options.eventHistory) return;
  notify('Event history has the management events of this account only: no data events, and no other accounts.\n');
  for (const input of eventHistoryInputs(options)) yield { ...input, regular: false, problem: null };
}

/** The facts and, in `audit`, the acts of the inputs, merged with those of the `--state` file, which is updated. */
export async function readFacts(
  paths: readonly string[],
  state: string | undefined,
  { audit, ...reading }: Reading & { readonly audit: AuditReader },
): Promise<{ facts: FactSet; read: ReadCounts }> {
  const inputs = { ...reading, audit: audit.options.settings.workloads.includes(KUBERNETES) ? audit : null };
  const facts = new FactSet(PACKED);
  if (state === undefined) return { facts, read: await readAll(paths, facts, inputs) };
  const kept = { facts, ofClusters: audit.lines };
  const version = await readState(state, kept);
  if (version === null) notify(`--state ${state} does not exist: creating it.\n`);
  const read = await readAll(paths, facts, inputs);
  await writeState(state, kept, version);
  return { facts, read };
}

/** How inputs are read. */
export interface Reading {
  readonly kinds: readonly WorkloadKind[];
  readonly aws?: AwsInputOptions;
  /** At least 1. */
  readonly threads?: number | undefined;
  /** Whether to compute the digests of the inputs. */
  readonly digests?: boolean;
  /** Gets the lines of audit logs. @default they are not read */
  readonly audit?: AuditReader | null;
  /** Receives each record too. */
  readonly also?: (record: unknown) => void;
}

/** Reads the records at the paths and in AWS into the facts. Reports what could not be read on standard error. */
export async function readAll(paths: readonly string[], facts: FactSet, reading: Reading): Promise<ReadCounts> {
  noticeOfTerminal(paths);
  const bar = progressBar(process.stderr);
  const left = new SkippedRecords();
  const read = await readThem(facts, {
    ...reading,
    paths,
    left,
    onProgress: bar && ((progress) => bar.update(progress)),
  }).finally(() => bar?.stop());
  // An issuance shows whose the credentials are as well.
  const unattributable = facts.issuances.length === 0 ? left.unattributable() : [];
  const problems = sorted([...read.problems, ...left.problems(), ...unattributable]);
  reportProblems(problems);
  reportUnjudged(left);
  const skipped = new Map(left.counts);
  for (const [reason, number] of read.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + number);
  return { ...read, problems, skipped, audit: reading.audit?.counts ?? NO_AUDIT };
}

/** Standard input of a terminal may be meant or not. */
export function noticeOfTerminal(paths: readonly string[]): void {
  if (paths.includes('-') && process.stdin.isTTY) notify('Reading standard input (Ctrl-D ends it).\n');
}

interface Inputs extends Reading {
  readonly paths: readonly string[];
  readonly left: SkippedRecords;
  readonly onProgress: ((progress: InputProgress) => void) | null;
}

/** Files alone are read on several threads. */
function readThem(facts: FactSet, inputs: Inputs): Promise<Omit<ReadCounts, 'audit'>> {
  const { kinds, paths, left, aws = {}, also, audit = null, threads = null, digests = false, onProgress } = inputs;
  const now = Date.now();
  const progress = onProgress && { onProgress };
  const fromAws = awsInputs(paths, aws);
  if (!also && !fromAws)
    return readFactFiles(paths, facts, {
      workloads: kinds.map(({ name }) => name),
      now,
      threads,
      digests,
      left,
      audit,
      ...progress,
    });
  const onRecord = (record: unknown, { file }: { readonly file: string }): void => {
    const skip = readInto(facts, record, kinds, now);
    left.see(record, file);
    if (skip !== null) left.note(skip, record, file);
    also?.(record);
  };
  const local = paths.filter((path) => !isInS3(path));
  const requests = new RequestFacts(facts, kinds, now);
  const lines = audit && { audit: () => audit.file((request) => requests.add(request)) };
  return readInputs(local, { onRecord, ...lines, digests, ...progress }, fromAws);
}

/** Names a few inputs, since a folder may hold thousands that are no logs. `inputs`: how many have problems. */
export function reportProblems(problems: ReadCounts['problems'], inputs = problems.length): void {
  for (const { file, reason } of problems.slice(0, MOST_NAMED))
    notify(`${file === '-' ? 'standard input' : visible(file)}: ${reason}\n`);
  const more = inputs - Math.min(MOST_NAMED, problems.length);
  if (more > 0) notify(`${counted(more, 'more input')} could not be read completely.\n`);
}

/** Names some of the sessions whose calls could not be judged. */
export function reportUnjudged(left: Pick<SkippedRecords, 'notices'>): void {
  for (const notice of left.notices()) notify(`${notice}.\n`);
}

function sorted(problems: ReadCounts['problems']): ReadCounts['problems'] {
  return [...problems].sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
}
