import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { detect, isAtLeast } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/fact-set';
import type { Finding, Severity } from '../../lambda/detection/finding';
import type { IpRanges } from '../../lambda/detection/ip-ranges';
import type { Judgement } from '../../lambda/detection/judge';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { readInto } from '../../lambda/detection/read-into';
import type { Settings } from '../../lambda/detection/settings';
import type { WorkloadKind } from '../../lambda/detection/workload-kind';
import { kindsNamed } from '../../lambda/detection/workload-kinds';
import { findIpRanges } from '../ip-ranges-cache';
import { messageOf } from '../message-of';
import { explain, isAbout, type Explained } from './explain';
import { findingsTable } from './findings-table';
import { wantsColour } from './paint';
import { progressBar } from './progress';
import { readInputs } from './read-inputs';
import { readState, writeState } from './state-file';
import { summary, type ReadCounts } from './summary';

export interface ReplayOptions {
  readonly format: 'table' | 'jsonl';
  readonly out?: string;
  readonly config?: string;
  readonly ipRanges?: string;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
  readonly state?: string;
  readonly explain?: string;
}

/** Reads, detects, prints. Returns the exit code; throws an `Error` whose message is for people when nothing can be done. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const missing = paths.filter((path) => path !== '-' && !existsSync(path));
  if (missing.length > 0)
    throw new Error(`there is no ${missing.join(', no ')}: name CloudTrail files or folders, or - for standard input`);
  const settings = settingsFrom(options.config);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const facts = new FactSet();
  if (options.state !== undefined) await readState(options.state, facts);
  const read = await readAll(paths, facts, kindsNamed(settings.workloads));
  if (options.state !== undefined) await writeState(options.state, facts);
  const explained: Explained[] = [];
  const asked = options.explain;
  const onJudgement = (judgement: Judgement, findings: readonly Finding[]): void => {
    if (asked !== undefined && isAbout(judgement, findings, asked)) explained.push({ judgement, findings });
  };
  const detection = detect({ facts, settings, ipRanges, onJudgement });
  const shown = detection.findings.filter((finding) => isReported(finding, options));
  const output = asked === undefined ? printed(shown, options) : explanation(explained, asked, options);
  await write(output, options.out);
  process.stderr.write(summary(read, detection, shown, detection.findings.length - shown.length));
  return exitCode(shown, read, options);
}

function settingsFrom(path: string | undefined): Settings {
  const parsed = parseSettings(path === undefined ? {} : jsonFrom('--config', path));
  if ('faults' in parsed)
    throw new Error(`--config ${path ?? ''}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return parsed.settings;
}

function jsonFrom(option: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${option} ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Says which addresses are taken for AWS's, or that nothing says so. */
function ipRangesFrom(option: string | undefined): IpRanges | null {
  const found = findIpRanges(option);
  if (found === null) {
    process.stderr.write(
      'No ip-ranges.json: whose an address is stays unknown. `credlock ip-ranges` downloads it, --ip-ranges FILE names one.\n',
    );
    return null;
  }
  if ('fault' in found) throw new Error(found.fault);
  process.stderr.write(`ip-ranges.json of ${found.ranges.createDate}: ${found.path}\n`);
  return found.ranges;
}

async function readAll(paths: readonly string[], facts: FactSet, kinds: readonly WorkloadKind[]): Promise<ReadCounts> {
  const bar = progressBar(process.stderr);
  const skipped = new Map<string, number>();
  const count = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const read = await readInputs(paths, {
    onRecord: (record) => {
      const skip = readInto(facts, record, kinds);
      if (skip !== null) count(skip);
    },
    onProgress: (progress) => bar.update(progress),
  });
  bar.stop();
  for (const { file, reason } of read.problems) process.stderr.write(`${file}: ${reason}\n`);
  for (const [reason, number] of read.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + number);
  return { ...read, skipped };
}

/** What was seen only before `since`, or first after `until`, is learned from but not told. */
function isReported(finding: Finding, { since, until, minSeverity }: ReplayOptions): boolean {
  if (since !== undefined && Date.parse(finding.lastSeen) < since) return false;
  if (until !== undefined && Date.parse(finding.firstSeen) >= until) return false;
  return isAtLeast(finding, minSeverity);
}

function printed(findings: readonly Finding[], { format, out }: ReplayOptions): string {
  if (format === 'jsonl') return findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
  if (findings.length === 0) return 'No findings.\n';
  const colours = out === undefined && wantsColour(process.stdout, process.env);
  return findingsTable(findings, out === undefined ? (process.stdout.columns ?? 100) : 100, colours);
}

function explanation(judgements: readonly Explained[], asked: string, { out }: ReplayOptions): string {
  if (judgements.length === 0) {
    throw new Error(
      `--explain ${asked}: nothing that was read is about it; name a workload id (i-…) or a session ARN (arn:aws:sts::…:assumed-role/ROLE/SESSION)`,
    );
  }
  const colours = out === undefined && wantsColour(process.stdout, process.env);
  return judgements.map((one) => explain(one, asked, colours)).join('\n');
}

async function write(text: string, out: string | undefined): Promise<void> {
  if (out !== undefined) return writeFile(out, text);
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
}

function exitCode(findings: readonly Finding[], read: ReadCounts, { failOn }: ReplayOptions): number {
  if (failOn !== undefined && findings.some((finding) => isAtLeast(finding, failOn))) return 3;
  return read.problems.length > 0 ? 2 : 0;
}
