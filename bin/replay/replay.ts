import { detect, isAtLeast } from '../../lambda/detection/detect';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import type { Finding, Severity } from '../../lambda/detection/model/finding';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Judgement } from '../../lambda/detection/judge/judge';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { readInto } from '../../lambda/detection/records/read-facts';
import { newestTime } from '../../lambda/detection/facts/retention';
import type { Settings } from '../../lambda/detection/model/settings';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { SuspectOrigins } from '../../lambda/detection/posture/suspect-origins';
import { findIpRanges } from '../files/ip-ranges-cache';
import { postureOutput, posturesIn } from '../posture/posture-output';
import { jsonFile } from '../files/json-file';
import { visible } from '../terminal/escape-controls';
import { asffDocument } from '../formats/asff';
import { checkRequest, type Request } from './check-request';
import { explanations, isAbout, nothingAbout, type Explained } from './explain';
import { findingsTable } from '../formats/table';
import { newReport } from '../formats/html';
import { wantsColour } from '../terminal/paint';
import { progressBar } from '../terminal/progress';
import { readInputs } from './read-inputs';
import { readState, writeState } from './state-file';
import { summary, type ReadCounts } from '../report/summary';
import { tell } from '../terminal/stderr';
import { wrapLines } from '../terminal/wrap-lines';
import { toStandardOutput, writeOutput } from '../files/write-output';

export interface ReplayOptions extends Request {
  readonly format: 'table' | 'jsonl' | 'asff' | 'html';
  /** 12 digits. */
  readonly asffAccount?: string;
  readonly minSeverity: Severity;
  readonly failOn?: Severity;
  readonly explain?: string;
  /** Instead of findings: who gets keys by which version of the instance metadata service. */
  readonly posture?: boolean;
}

/** Wider, and lines are hard to follow. */
const WIDEST_TEXT = 120;
const DAY = 86_400_000;

/** AWS adds ranges every few days. */
const STALE_DAYS = 30;

/** Reads, detects, prints. Returns the exit code; throws an `Error` whose message is for people when nothing can be done. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  checkRequest(paths, options);
  const settings = settingsFrom(options.config);
  const ipRanges = ipRangesFrom(options.ipRanges);
  const { facts, read } = await gather(paths, options.state, kindsNamed(settings.workloads));
  if (ipRanges) warnIfStale(ipRanges, newestTime(facts));
  const asked = options.explain;
  const explained: Explained[] = [];
  const suspects = new SuspectOrigins();
  const report = options.format === 'html' && asked === undefined && !options.posture ? await newReport() : null;
  const onJudgement = (judgement: Judgement, findings: readonly Finding[]): void => {
    if (options.posture || report) suspects.note(judgement);
    if (asked !== undefined && isAbout(judgement, findings, asked)) explained.push({ judgement, findings });
    report?.judged(judgement, findings);
  };
  const detection = detect({ facts, settings, ipRanges, onJudgement });
  const inTime = detection.findings.filter((finding) => isInTime(finding, options));
  const shown = inTime.filter((finding) => isAtLeast(finding, options.minSeverity));
  if (asked !== undefined && explained.length === 0)
    throw new Error(`--explain ${asked}: ${nothingAbout(asked, facts)}`);
  const colours = toStandardOutput(options.out) && wantsColour(process.stdout, process.env);
  suspects.except(detection.suppressed);
  const hidden = detection.findings.length - shown.length;
  const output = (): Iterable<string> => {
    if (options.posture) return postureOutput(facts, suspects, { ...options, ...settings }, colours);
    if (asked !== undefined) return onTerminal(explanations(explained, asked, colours), options.out);
    const postures = report ? posturesIn(facts, suspects, { ...options, ...settings }) : [];
    const reported = report?.html(shown, { read, detection, hidden, facts, settings, ipRanges, postures });
    return reported ?? printed(shown, { ...options, ...settings }, colours);
  };
  await writeOutput(output(), options.out);
  if (report && !toStandardOutput(options.out)) tell(`${options.out} is written: open it in a browser.\n`);
  tell(summary(read, detection, shown, hidden));
  tellMore(shown, options);
  return exitCode(inTime, read, options);
}

/** What somebody at a terminal can ask next. */
function tellMore([first]: readonly Finding[], { format, explain, posture }: ReplayOptions): void {
  if (format !== 'table' || explain !== undefined || posture) return;
  if (!first || !process.stderr.isTTY || !process.stdout.isTTY) return;
  const id = first.workload?.id ?? first.id;
  tell(`--explain ${visible(id)} tells its story; --format html --out report.html draws all of them.\n`);
}

/** Text for people: on a terminal it is wrapped, in files and pipes its lines stay whole. */
function* onTerminal(pieces: Iterable<string>, out: string | undefined): Generator<string> {
  const { isTTY, columns } = process.stdout;
  const isWrapped = toStandardOutput(out) && isTTY;
  for (const piece of pieces) yield isWrapped ? wrapLines(piece, Math.min(columns, WIDEST_TEXT)) : piece;
}

/** The settings in a `--config` file, or the defaults. Throws with every fault there is. */
export function settingsFrom(path: string | undefined): Settings {
  const parsed = parseSettings(path === undefined ? {} : jsonFile('--config', path));
  if ('faults' in parsed)
    throw new Error(`--config ${path ?? ''}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
  return parsed.settings;
}

/** Says which addresses are taken for AWS's, or that nothing says so. */
export function ipRangesFrom(option: string | undefined): IpRanges | null {
  const found = findIpRanges(option);
  if (found === null) {
    tell(
      'No ip-ranges.json: whose an address is stays unknown. `credlock ip-ranges` downloads it, --ip-ranges FILE names one.\n',
    );
    return null;
  }
  if ('fault' in found) throw new Error(option === undefined ? found.fault : `--ip-ranges ${found.fault}`);
  const { createDate, skipped } = found.ranges;
  const leftOut = skipped === 0 ? '' : ` (${skipped} of its entries are not as they should be and were left out)`;
  tell(`ip-ranges.json of ${createDate}: ${found.path}${leftOut}\n`);
  return found.ranges;
}

/** Addresses that AWS got after the file was written look as if they were outside AWS. */
function warnIfStale({ createDate }: IpRanges, newest: number): void {
  const [year = 0, month = 0, day = 0] = createDate.split('-').map(Number);
  const age = Math.floor((newest - Date.UTC(year, month - 1, day)) / DAY);
  if (age <= STALE_DAYS) return;
  tell(
    `That ip-ranges.json is ${age} days older than the newest record: what AWS got since counts as outside AWS. \`credlock ip-ranges\` downloads today’s.\n`,
  );
}

/** The facts of the inputs, merged with those of earlier runs. */
async function gather(
  paths: readonly string[],
  state: string | undefined,
  kinds: readonly WorkloadKind[],
): Promise<{ facts: FactSet; read: ReadCounts }> {
  const facts = new FactSet();
  if (state === undefined) return { facts, read: await readAll(paths, facts, kinds) };
  const version = await readState(state, facts);
  if (version === null) tell(`--state ${state} is not there yet: this run begins it.\n`);
  const read = await readAll(paths, facts, kinds);
  await writeState(state, facts, version);
  return { facts, read };
}

/** Reads the records at the paths into the facts, and shows each to `also`. */
export async function readAll(
  paths: readonly string[],
  facts: FactSet,
  kinds: readonly WorkloadKind[],
  also?: (record: unknown) => void,
): Promise<ReadCounts> {
  if (paths.includes('-') && process.stdin.isTTY) tell('Reading standard input (Ctrl-D ends it).\n');
  const bar = progressBar(process.stderr);
  const skipped = new Map<string, number>();
  const count = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const read = await readInputs(paths, {
    onRecord: (record) => {
      const skip = readInto(facts, record, kinds);
      if (skip !== null) count(skip);
      also?.(record);
    },
    ...(bar && { onProgress: (progress) => bar.update(progress) }),
  }).finally(() => bar?.stop());
  for (const { file, reason } of sorted(read.problems)) tell(`${file === '-' ? 'standard input' : file}: ${reason}\n`);
  for (const [reason, number] of read.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + number);
  return { ...read, skipped };
}

function sorted(problems: ReadCounts['problems']): ReadCounts['problems'] {
  return [...problems].sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
}

/** What was seen only before `since`, or first after `until`, is learned from but not told. */
function isInTime(finding: Finding, { since, until }: ReplayOptions): boolean {
  if (since !== undefined && Date.parse(finding.lastSeen) < since) return false;
  return until === undefined || Date.parse(finding.firstSeen) < until;
}

function* printed(
  findings: readonly Finding[],
  { format, out, asffAccount, runbookUrl }: ReplayOptions & Pick<Settings, 'runbookUrl'>,
  colours: boolean,
): Generator<string> {
  if (format === 'jsonl') for (const finding of findings) yield `${JSON.stringify(finding)}\n`;
  else if (format === 'asff') yield asffDocument(findings, asffAccount, runbookUrl);
  else if (findings.length === 0) yield 'No findings.\n';
  else yield* findingsTable(findings, (toStandardOutput(out) ? process.stdout.columns : null) ?? 100, colours);
}

/** `--fail-on` asks for all there is in the time asked about, also for what `--min-severity` does not show. */
function exitCode(findings: readonly Finding[], read: ReadCounts, { failOn }: ReplayOptions): number {
  if (failOn !== undefined && findings.some((finding) => isAtLeast(finding, failOn))) return 3;
  return read.problems.length > 0 ? 2 : 0;
}
