import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { isAtLeast } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import type { Severity } from '../../lambda/detection/model/finding';
import { visible } from '../../lambda/detection/model/printable';
import type { PlanSizes } from '../../lambda/hunting/hunt-plan';
import { version } from '../../package.json';
import { toStandardOutput, writeOutput } from '../files/write-output';
import type { ReplayResult } from '../formats/output-format';
import { HUNT_FORMATS } from '../formats/output-formats';
import { checkRequest, type RequestFiles } from '../replay/check-request';
import { ipRangesFrom, reportProblems, settingsFrom } from '../replay/run-inputs';
import { NO_AUDIT, summary, type ReadCounts } from '../report/summary';
import { counted } from '../terminal/numbers';
import { wantsColour } from '../terminal/paint';
import { notify } from '../terminal/stderr';
import { FolderWorkStore } from './folder-work-store';
import { huntFiles, type LogFileChoice } from './hunt-files';
import { huntLocally, type HuntResult } from './local-hunt';
import { localLogs } from './read-logs';

/** The flags of `credlock hunt`. */
export interface HuntOptions extends Omit<RequestFiles, 'state'>, LogFileChoice {
  /** Folder of log files. */
  readonly local: string;
  /** Name of a format among `HUNT_FORMATS`. */
  readonly format: string;
  /** Folder for the work, which is kept; by default a temporary one. */
  readonly work?: string;
  /** Megabytes of log files, as they are stored, whose workloads are judged at once. */
  readonly partSize: number;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
  readonly threads?: number;
}

const MEGABYTE = 1_000_000;
/** Log files that one child reads. */
const BATCH_SIZE = 64 * MEGABYTE;

/** Runs the stages of a hunt on this machine. Returns the exit code; throws an `Error` with a message for the user. */
export async function hunt(options: HuntOptions): Promise<number> {
  const format = HUNT_FORMATS.find(({ name }) => name === options.format) ?? HUNT_FORMATS[0];
  checkRequest([options.local], options, faultsOf(options));
  const settings = settingsFrom(options.config);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const work = options.work ?? mkdtempSync(join(tmpdir(), 'credlock-hunt-'));
  const kinds = kindsNamed(settings.workloads);
  const sizes: PlanSizes = { batch: BATCH_SIZE, part: options.partSize * MEGABYTE };
  try {
    const { detection, read: counts } = await huntLocally({
      store: new FolderWorkStore(work),
      settings,
      kinds,
      ipRanges,
      files: huntFiles(options.local, options),
      sizes,
      readLogs: localLogs(settings.workloads, options.threads ?? null, Date.now()),
      identity: JSON.stringify({ version, settings, sizes, ipRanges: ipRanges?.createDate ?? null }),
      onChild: showStage,
    });
    const read = readCountsOf(counts);
    reportProblems(read.problems);
    const findings = detection.findings.filter((finding) => isAtLeast(finding, options.minSeverity));
    const result: ReplayResult = {
      findings,
      hidden: detection.findings.length - findings.length,
      detection,
      // The formats of a hunt write neither facts nor postures.
      facts: new FactSet(),
      read,
      settings,
      ipRanges,
      postures: () => [],
      asffAccount: undefined,
      columns: (toStandardOutput(options.out) ? process.stdout.columns : null) ?? 100,
      long: false,
      colours: toStandardOutput(options.out) && wantsColour(process.stdout, process.env),
    };
    const writer = await format.start();
    await writeOutput(writer.write(result), options.out);
    notify(summary(result));
    return exitCode(detection, read, options.failOn);
  } finally {
    if (options.work === undefined) rmSync(work, { recursive: true, force: true });
  }
}

function faultsOf({ from, to, local, work }: HuntOptions): string[] {
  const faults: string[] = [];
  if (from !== undefined && to !== undefined && from >= to) faults.push('--to must be later than --from');
  if (work !== undefined && isWithin(work, local))
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

function readCountsOf({ files, records, skipped, problems }: HuntResult['read']): ReadCounts {
  const counts = { files, records, audit: NO_AUDIT, skipped: new Map(Object.entries(skipped)) };
  return { ...counts, problems, digests: [] };
}

function exitCode(
  { findings }: HuntResult['detection'],
  { problems, records }: ReadCounts,
  failOn: Severity | undefined,
): number {
  if (failOn !== undefined && findings.some((finding) => isAtLeast(finding, failOn))) return 3;
  return problems.length > 0 || records === 0 ? 2 : 0;
}
