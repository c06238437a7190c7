import { basename, extname } from 'node:path';
import { isAtLeast } from '../../lambda/detection/detect';
import type { Severity } from '../../lambda/detection/model/finding';
import type { WrittenReport } from '../../lambda/hunting/report-files';
import { toStandardOutput, writeOutput } from '../files/write-output';
import { CSV } from '../formats/csv';
import type { OutputFormat, ReplayResult } from '../formats/output-format';
import { formatOf } from '../formats/format-of';
import { hintAt, suggestNext } from '../replay/hints';
import { reportProblems, reportUnjudged } from '../replay/run-inputs';
import { summary, unreadOf } from '../report/summary';
import { wantsColour } from '../terminal/paint';
import { notify } from '../terminal/stderr';
import { huntResult, skippedIn, worstOf } from './hunt-result';

/** How findings are printed. */
export interface PrintOptions {
  /** Name of an output format. @default that of `out`'s extension, or the table */
  readonly format?: string;
  readonly out?: string;
  /** 12 digits. */
  readonly asffAccount?: string;
  readonly long?: boolean;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
}

/** Prints what a hunt found. Returns the exit code. */
export async function printHunt(found: WrittenReport, options: PrintOptions): Promise<number> {
  const { out, minSeverity, failOn, asffAccount, long = false } = options;
  const isShown = toStandardOutput(out);
  const result = huntResult(found, {
    minSeverity,
    asffAccount,
    long,
    columns: (isShown ? process.stdout.columns : null) ?? 100,
    colours: isShown && wantsColour(process.stdout, process.env),
  });
  const { read } = result;
  reportProblems(read.problems, unreadOf(read));
  hintAtReading(found);
  const format = formatOf(options);
  if (format.reader === 'browser') await printPage(format, result, found, out);
  else await print(format, result, out);
  notify(summary(result));
  if (format.reader === 'terminal') suggestNext(result);
  if (failOn !== undefined && found.detection.findings.some((finding) => isAtLeast(finding, failOn))) return 3;
  return unreadOf(read) > 0 || read.records === 0 ? 2 : 0;
}

/** The hints that `replay` gives before it prints. */
function hintAtReading({ read, settings, ipRanges }: WrittenReport): void {
  reportUnjudged(skippedIn(read));
  const { accounts, span, addresses } = read;
  hintAt({ settings, ipRanges, accounts: new Set(accounts), newest: span?.last ?? 0, addresses });
}

async function print(format: OutputFormat, result: ReplayResult, out: string | undefined): Promise<void> {
  const writer = await format.start();
  await writeOutput(writer.write(result), out);
}

/** The worst incidents; beside a file of them, all findings if they are more. */
async function printPage(
  format: OutputFormat,
  result: ReplayResult,
  found: WrittenReport,
  out: string | undefined,
): Promise<void> {
  const rest = toStandardOutput(out) ? null : restOf(out);
  const excerpt = await worstOf(result, found, rest === null ? null : basename(rest));
  await print(format, { ...result, excerpt }, out);
  if (rest === null) return;
  const isPart = excerpt.findings.length < result.findings.length;
  if (isPart) await print(CSV, result, rest);
  notify(`Wrote ${out}${isPart ? ` and ${rest}` : ''}. Open it in a browser.\n`);
}

/** Faults of the options that would show only at the end. */
export function printFaults(options: PrintOptions): string[] {
  const { reader, name, extension } = formatOf(options);
  if (reader !== 'browser' || !toStandardOutput(options.out) || !process.stdout.isTTY) return [];
  return [`--format ${name} is for a browser: name a file, for example --out report.${extension}`];
}

/** The file beside a page: `report.csv` for `report.html`. */
function restOf(out: string): string {
  return `${out.slice(0, out.length - extname(out).length)}.csv`;
}
