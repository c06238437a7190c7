import { isAtLeast } from '../../lambda/detection/detect';
import { addressesIn } from '../../lambda/detection/facts/address-sample';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import { newestTime, spanOf } from '../../lambda/detection/facts/retention';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { UNKNOWN_CLUSTER, type Cluster } from '../../lambda/kubernetes/cluster';
import { cidrSet } from '../../lambda/detection/model/address';
import type { Finding, Severity } from '../../lambda/detection/model/finding';
import type { Settings } from '../../lambda/detection/model/settings';
import { postureOf, type Posture } from '../../lambda/detection/posture/posture';
import { SuspectOrigins } from '../../lambda/detection/posture/suspect-origins';
import { toStandardOutput, writeOutput } from '../files/write-output';
import type { OutputFormat, ReplayResult, ReplayWriter } from '../formats/output-format';
import { namesOf, OUTPUT_FORMATS } from '../formats/output-formats';
import { clusterLines, summary, type ReadCounts } from '../report/summary';
import { wantsColour } from '../terminal/paint';
import { notify } from '../terminal/stderr';
import { checkRequest, type RequestFiles } from './check-request';
import { detectAll } from './detect-all';
import { hintAt, suggestNext } from './hints';
import { inlineLittle } from './inline-little';
import { keepHeapSmall } from './keep-heap-small';
import { optimiseLater } from './optimise-later';
import { ipRangesFrom, readFacts, settingsFrom, type AwsInputOptions } from './run-inputs';

/** The flags of `credlock replay`. */
export interface ReplayOptions extends RequestFiles, AwsInputOptions {
  /** Name of an output format. */
  readonly format: string;
  /** 12 digits. */
  readonly asffAccount?: string;
  /** Epoch milliseconds, as `until`. */
  readonly since?: number;
  readonly until?: number;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
  /** The cluster of audit logs that name none. @default unknown */
  readonly cluster?: Cluster;
  /** Threads that read files; by default one per core, at most 8. */
  readonly threads?: number;
  /** Print the verdicts on this id instead of findings. */
  readonly explain?: string;
  /** Print the roles that get keys by IMDSv1 instead of findings. */
  readonly posture?: boolean;
  /** The evidence of each finding in the table. */
  readonly long?: boolean;
}

/** Reads, detects and prints. Returns the exit code; throws an `Error` with a message for the user when it cannot run. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const { out } = options;
  const format = OUTPUT_FORMATS.find(({ name }) => name === options.format) ?? OUTPUT_FORMATS[0];
  checkRequest(paths, options, contradictions(options, format));
  keepHeapSmall();
  inlineLittle();
  const settings = settingsFrom(options.config);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const { AuditReader } = await import('../kubernetes.js');
  const audit = new AuditReader({ cluster: options.cluster ?? UNKNOWN_CLUSTER, settings });
  const { facts, read } = await readFacts(paths, options.state, {
    kinds: kindsNamed(settings.workloads),
    aws: options,
    threads: options.threads,
    digests: format.inputDigests,
    audit,
  });
  optimiseLater();
  const { accounts } = facts;
  hintAt({ settings, ipRanges, accounts, newest: newestTime(facts), addresses: addressesIn(facts) });
  const writer = await writerFor(options, format, facts);
  const suspects = new SuspectOrigins();
  const onJudgement: ReplayWriter['onJudgement'] = (judgement, found) => {
    suspects.note(judgement);
    writer.onJudgement?.(judgement, found);
  };
  const detection = detectAll({ facts, settings, ipRanges, onJudgement }, audit);
  suspects.except(detection.suppressed);
  const inTime = detection.findings.filter((finding) => isInTime(finding, options));
  const findings = inTime.filter((finding) => isAtLeast(finding, options.minSeverity));
  const result: ReplayResult = {
    findings,
    hidden: detection.findings.length - findings.length,
    detection,
    seen: () => ({ accounts: [...facts.accounts], span: spanOf(facts) }),
    read,
    settings,
    ipRanges,
    excerpt: null,
    postures: () => posturesIn(facts, settings, suspects, options),
    asffAccount: options.asffAccount,
    columns: (toStandardOutput(out) ? process.stdout.columns : null) ?? 100,
    long: options.long ?? false,
    colours: toStandardOutput(out) && wantsColour(process.stdout, process.env),
  };
  await writeOutput(writer.write(result), out);
  notifyOf(result, options, format);
  return exitCode(inTime, read, options.failOn);
}

/** The summary of the run, and what a person can do next. */
function notifyOf(result: ReplayResult, { explain, posture, out }: ReplayOptions, { reader }: OutputFormat): void {
  const isReport = explain === undefined && !posture;
  if (isReport && reader === 'browser' && !toStandardOutput(out)) notify(`Wrote ${out}. Open it in a browser.\n`);
  notify(summary(result));
  if (isReport && reader === 'terminal') suggestNext(result);
}

function contradictions(
  { from, to, explain, out, posture, since, until }: ReplayOptions,
  format: OutputFormat,
): string[] {
  const faults = formatFaults(explain, posture, format);
  if (from !== undefined && to !== undefined && from >= to) faults.push('--to must be later than --from');
  if (format.reader === 'browser' && toStandardOutput(out) && process.stdout.isTTY)
    faults.push(`--format ${format.name} is for a browser: name a file, for example --out report.${format.extension}`);
  if (since !== undefined && until !== undefined && since >= until)
    faults.push('--until must be later than --since (a date means 00:00 UTC)');
  return faults;
}

/** What `--explain` and `--posture` cannot be written as. */
function formatFaults(explain: string | undefined, posture: boolean | undefined, format: OutputFormat): string[] {
  const faults: string[] = [];
  if (posture && explain !== undefined) faults.push('--posture and --explain cannot be combined');
  if (explain !== undefined && format.reader !== 'terminal')
    faults.push(`--explain has no ${format.name} output: leave --format out`);
  if (posture && format.writePosture === null) {
    const others = namesOf(OUTPUT_FORMATS.filter(({ writePosture }) => writePosture !== null));
    faults.push(
      `--posture has no ${format.name} output: use ${others.join(', ')}, or --format ${format.name} without it`,
    );
  }
  return faults;
}

async function writerFor(
  { explain, out, posture }: ReplayOptions,
  format: OutputFormat,
  facts: FactSet,
): Promise<ReplayWriter> {
  if (explain !== undefined) {
    const { explanationWriter } = await import('../kubernetes.js');
    return explanationWriter(explain, out, facts);
  }
  return posture && format.writePosture ? { write: format.writePosture } : format.start();
}

function posturesIn(
  facts: FactSet,
  { privateNetworks }: Settings,
  suspects: SuspectOrigins,
  { since, until }: ReplayOptions,
): Posture[] {
  return postureOf(facts, {
    privateNetworks: cidrSet(privateNetworks),
    isSuspect: (workload, origin) => suspects.has(workload, origin),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  });
}

/** Findings outside the period are learned from, not shown. */
function isInTime(finding: Finding, { since, until }: ReplayOptions): boolean {
  if (since !== undefined && Date.parse(finding.lastSeen) < since) return false;
  return until === undefined || Date.parse(finding.firstSeen) < until;
}

/** `--fail-on` counts findings that `--min-severity` hides. */
function exitCode(inTime: readonly Finding[], read: ReadCounts, failOn: Severity | undefined): number {
  if (failOn !== undefined && inTime.some((finding) => isAtLeast(finding, failOn))) return 3;
  return read.problems.length > 0 || read.records + clusterLines(read.audit) === 0 ? 2 : 0;
}
