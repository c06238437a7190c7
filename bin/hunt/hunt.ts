import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { visible } from '../../lambda/detection/model/printable';
import type { Settings } from '../../lambda/detection/model/settings';
import { newHashKey } from '../../lambda/hunting/half-sip-hash';
import { planHunt, type PlanSizes } from '../../lambda/hunting/hunt-plan';
import { version } from '../../package.json';
import { checkRequest, type RequestFiles } from '../replay/check-request';
import { ipRangesFrom, noticeOfTerminal, settingsFrom } from '../replay/run-inputs';
import { digestOf, openWork, type WorkFolder, type WorkOf } from './work-folder';
import { ipRangesJson } from './ip-ranges-json';
import { writeOutput } from '../files/write-output';
import { counted } from '../terminal/numbers';
import { notify } from '../terminal/stderr';
import { FolderWorkStore } from './folder-work-store';
import { huntFiles, type LogFileChoice } from './hunt-files';
import { huntLocally } from './local-hunt';
import { printFaults, printHunt, type PrintOptions } from './print-hunt';
import { NO_STORE } from './no-store';
import { localEstimate } from './print-estimate';
import { localLogs } from './read-logs';
import { reportFiles } from './report-files';

/** The flags of a hunt on this machine. */
export interface LocalHuntOptions extends Omit<RequestFiles, 'state'>, LogFileChoice, PrintOptions {
  /** Folder of log files. */
  readonly local: string;
  /** Prints what a hunt would take, and runs none. */
  readonly estimate?: boolean;
  /** As JSON. */
  readonly json?: boolean;
  /** Folder for the work, which is kept; by default a temporary one. */
  readonly work?: string;
  /** Megabytes of log files, as they are stored, for each part of the workloads. */
  readonly partSize: number;
  /** Megabytes of memory, of which a part that needs more is judged in several passes. */
  readonly memory: number;
  readonly threads?: number;
  /** Incidents that a page shows, the worst. */
  readonly incidents: number;
  /** Percent of the log files that may be unread. @default any */
  readonly maxUnreadable?: number;
}

const MEGABYTE = 1_000_000;
/** Log files that one child reads. */
const BATCH_SIZE = 64 * MEGABYTE;
/** Percent: as with `replay`, files that cannot be read end no run. */
const ANY_SHARE = 100;

export function sizesOf({ partSize }: Pick<LocalHuntOptions, 'partSize'>): PlanSizes {
  return { batch: BATCH_SIZE, part: partSize * MEGABYTE };
}

/** Runs the stages of a hunt on this machine. Returns the exit code; throws an `Error` with a message for the user. */
export async function huntHere(options: LocalHuntOptions): Promise<number> {
  checkRequest([options.local], options, faultsOf(options));
  if (options.estimate) return estimateHere(options);
  noticeOfTerminal([options.local]);
  const settings = settingsFrom(options.config);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const sizes = sizesOf(options);
  const huntIn = async ({ store, key }: WorkFolder): Promise<number> => {
    const result = await huntLocally({
      store,
      key,
      settings,
      megabytes: options.memory,
      kinds: kindsNamed(settings.workloads),
      ipRanges,
      files: huntFiles(options.local, options),
      sizes,
      readLogs: localLogs(settings.workloads, options.threads ?? null, Date.now()),
      onChild: showStage,
      pictureOf: reportFiles.pictureOf,
      maxUnreadable: options.maxUnreadable ?? ANY_SHARE,
    });
    return printHunt({ ...result, settings, ipRanges, incidents: options.incidents }, options);
  };
  return untilEnd(opening(options, settings), huntIn);
}

/** Opens the folder for the work when it is called. */
function opening(options: LocalHuntOptions, settings: Settings): () => WorkFolder {
  const { work } = options;
  if (work === undefined) return temporaryWork;
  const hunt = workOf(options, settings);
  return () => openWork(work, hunt);
}

function workOf(options: LocalHuntOptions, settings: Settings): WorkOf {
  const files = createHash('sha256');
  for (const { key, bytes, changed } of huntFiles(options.local, options))
    files.update(`${key}\n${bytes} ${changed}\n`);
  return {
    version,
    settings: digestOf(JSON.stringify(settings)),
    ipRanges: digestOf(JSON.stringify(ipRangesJson(options.ipRanges))),
    sizes: JSON.stringify(sizesOf(options)),
    files: files.digest('hex'),
  };
}

/** Its folder is removed at the end: there is as much in it as in the log files. */
function temporaryWork(): WorkFolder {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-hunt-'));
  return {
    store: new FolderWorkStore(folder, ''),
    key: newHashKey(),
    release: () => remove(folder),
  };
}

/** Several times: a file may still be written while a signal ends the run. */
function remove(folder: string, attempts = 10): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (attempts === 0) throw error;
    remove(folder, attempts - 1);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Releases the work at the end, also if that is by a signal, which may come as soon as there is a folder. */
async function untilEnd<Result>(open: () => WorkFolder, run: (work: WorkFolder) => Promise<Result>): Promise<Result> {
  let work: WorkFolder | null = null;
  const end = (signal: NodeJS.Signals): void => {
    work?.release();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, end);
  try {
    work = open();
    return await run(work);
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    work?.release();
  }
}

async function estimateHere(options: LocalHuntOptions): Promise<number> {
  const plan = await planHunt(huntFiles(options.local, options), sizesOf(options), NO_STORE);
  await writeOutput([localEstimate(plan, options.threads ?? null, options.json ?? false)], undefined);
  return plan.files === 0 ? 2 : 0;
}

function faultsOf(options: LocalHuntOptions): string[] {
  const { from, to, local, work } = options;
  const faults = printFaults(options);
  if (from !== undefined && to !== undefined && from >= to) faults.push('--to must be later than --from');
  if (work !== undefined && local === '-')
    faults.push('--work cannot go on with standard input, which is read once: name a folder of log files');
  else if (work !== undefined && isWithin(work, local))
    faults.push(`--work ${work} is in the folder of log files, and would be read as well: give another folder`);
  return faults;
}

function isWithin(folder: string, other: string): boolean {
  const [inner, outer] = [resolve(folder), resolve(other)];
  return inner === outer || inner.startsWith(`${outer}${sep}`);
}

function showStage(stage: string, child: number, children: number): void {
  if (process.stderr.isTTY && child === 0) notify(`Stage ${visible(stage)}: ${counted(children, 'part')}\n`);
}
