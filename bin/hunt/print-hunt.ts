import { isAtLeast } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { totalUnread, unreadTexts } from '../../lambda/hunting/unread-files';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Severity } from '../../lambda/detection/model/finding';
import type { Settings } from '../../lambda/detection/model/settings';
import { toStandardOutput, writeOutput } from '../files/write-output';
import type { ReplayResult } from '../formats/output-format';
import { HUNT_FORMATS } from '../formats/output-formats';
import { reportProblems } from '../replay/run-inputs';
import { NO_AUDIT, summary, unreadOf, type ReadCounts } from '../report/summary';
import { wantsColour } from '../terminal/paint';
import { notify } from '../terminal/stderr';
import type { HuntResult } from './local-hunt';

/** How findings are printed. */
export interface PrintOptions {
  /** Name of a format among `HUNT_FORMATS`. */
  readonly format: string;
  readonly out?: string;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
}

/** Prints what a hunt found. Returns the exit code. */
export async function printHunt(
  { detection, read: counts }: HuntResult,
  { settings, ipRanges }: { readonly settings: Settings; readonly ipRanges: IpRanges | null },
  { format: name, out, minSeverity, failOn }: PrintOptions,
): Promise<number> {
  const read = readCounts(counts);
  reportProblems(read.problems, unreadOf(read));
  const findings = detection.findings.filter((finding) => isAtLeast(finding, minSeverity));
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
    columns: (toStandardOutput(out) ? process.stdout.columns : null) ?? 100,
    long: false,
    colours: toStandardOutput(out) && wantsColour(process.stdout, process.env),
  };
  const format = HUNT_FORMATS.find((one) => one.name === name) ?? HUNT_FORMATS[0];
  const writer = await format.start();
  await writeOutput(writer.write(result), out);
  notify(summary(result));
  if (failOn !== undefined && detection.findings.some((finding) => isAtLeast(finding, failOn))) return 3;
  return unreadOf(read) > 0 || read.records === 0 ? 2 : 0;
}

function readCounts({ files, records, skipped, problems, unread }: HuntResult['read']): ReadCounts {
  const counts = { files, records, audit: NO_AUDIT, skipped: new Map(Object.entries(skipped)), problems, digests: [] };
  const { incomplete: _, ...others } = unread;
  // Files that were not read to the end are no more than what the number of inputs tells.
  const texts = totalUnread(others) === 0 ? [] : unreadTexts(unread);
  return { ...counts, unread: { inputs: totalUnread(unread), texts } };
}
