import { byGravity, callGroups } from '../../lambda/detection/findings/taken';
import type { Finding } from '../../lambda/detection/model/finding';
import { findingPlace } from '../report/place-text';
import { postureTable } from '../posture/posture-table';
import { subjectOf } from '../report/short-name';
import { callGroupText } from '../../lambda/detection/findings/taken-text';
import type { Cell } from '../terminal/box-table';
import { OWNERS } from '../terminal/labels';
import { grouped } from '../terminal/numbers';
import { paint, type Paint } from '../terminal/paint';
import { rowTable, type RowColumn } from '../terminal/row-table';
import { firstStep, headLines } from './headline';
import { longTable } from './long-table';
import type { OutputFormat } from './output-format';

/** One line a finding, the gravest first, below a summary in three lines; with `--long` the evidence of each. */
export const TABLE: OutputFormat = {
  name: 'table',
  extension: 'txt',
  reader: 'terminal',
  inputDigests: false,
  start: () => ({
    write: ({ findings, columns, colours, long }) =>
      findings.length === 0 ? ['No findings.\n'] : findingsTable(findings, { columns, colours, long }),
  }),
  writePosture: ({ postures, columns, colours }) => postureTable(postures(), columns, colours),
};

export interface TableStyle {
  /** Width of the terminal. */
  readonly columns: number;
  readonly colours: boolean;
  /** Evidence of each finding instead of one line. */
  readonly long: boolean;
}

const NARROWEST = 80;
const WIDEST = 200;
/** From these widths on, there is room for ends and roles, and for owners. */
const MEDIUM = 116;
const WIDE = 140;

export function* findingsTable(
  findings: readonly Finding[],
  { columns, colours, long }: TableStyle,
): Generator<string> {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const sorted = byGravity(findings);
  const painted = paint(colours);
  yield* headLines(sorted, width, painted);
  yield '\n';
  yield* long ? longTable(sorted, columns, colours) : shortTable(sorted, width, painted);
  yield* firstStep(sorted, width, painted);
}

function shortTable(findings: readonly Finding[], width: number, painted: Paint): Iterable<string> {
  const day = onlyDay(findings);
  const cells = width >= WIDE ? wideCells : width >= MEDIUM ? mediumCells : narrowCells;
  const columns = width >= WIDE ? WIDE_COLUMNS : width >= MEDIUM ? MEDIUM_COLUMNS : NARROW_COLUMNS;
  return rowTable(
    columns,
    findings.map((finding) => cells(finding, day, painted)),
    width,
  );
}

const DONE: RowColumn = { head: 'WHAT WAS DONE', most: Infinity };

/** Short forms, so that the last column has room. */
const NARROW_COLUMNS: readonly RowColumn[] = [
  { head: 'SEV', most: 4 },
  { head: 'TYPE', most: 16 },
  { head: 'WORKLOAD', most: 12 },
  { head: 'ORIGIN', most: 15 },
  { head: 'FIRST', most: 11 },
  DONE,
];

const MEDIUM_COLUMNS: readonly RowColumn[] = [
  { head: 'SEV', most: 4 },
  { head: 'TYPE', most: 17 },
  { head: 'WORKLOAD (ROLE)', most: 24 },
  { head: 'ORIGIN', most: 15 },
  { head: 'FIRST–LAST', most: 23 },
  { head: 'CALLS', most: 6 },
  DONE,
];

const WIDE_COLUMNS: readonly RowColumn[] = [
  { head: 'SEVERITY', most: 13 },
  { head: 'TYPE', most: 19 },
  { head: 'WORKLOAD (ROLE)', most: 31 },
  { head: 'ORIGIN', most: 31 },
  { head: 'FIRST–LAST', most: 23 },
  { head: 'CALLS', most: 7 },
  DONE,
];

type RowCells = (finding: Finding, day: string | null, painted: Paint) => readonly Cell[];

const narrowCells: RowCells = (finding, day, painted) => [
  { text: SHORT[finding.severity], paint: painted[finding.severity] },
  { text: finding.type },
  { text: subjectOf(finding) },
  { text: findingPlace(finding) },
  { text: moment(finding.firstSeen, day) },
  { text: doneText(finding, shortAction) },
];

const mediumCells: RowCells = (finding, day, painted) => [
  { text: SHORT[finding.severity], paint: painted[finding.severity] },
  { text: finding.type },
  { text: `${subjectOf(finding)}${roleIn(finding)}` },
  { text: findingPlace(finding) },
  { text: periodOf(finding, day) },
  { text: callsText(finding) },
  { text: doneText(finding, shortAction) },
];

const wideCells: RowCells = (finding, day, painted) => [
  { text: finding.severity, paint: painted[finding.severity] },
  { text: finding.type },
  { text: `${longName(finding)}${roleIn(finding)}` },
  { text: `${findingPlace(finding)} ${whoseText(finding)}`.trimEnd() },
  { text: periodOf(finding, day) },
  { text: callsText(finding) },
  { text: doneText(finding) },
];

const SHORT: Readonly<Record<Finding['severity'], string>> = {
  HIGH: 'HIGH',
  MEDIUM: 'MED',
  LOW: 'LOW',
  INFORMATIONAL: 'INFO',
};

/** Instance ids in full, so that they can be copied. */
function longName(finding: Finding): string {
  const { workload } = finding;
  return workload?.kind === 'ec2-instance' ? workload.id : subjectOf(finding);
}

function roleIn({ sessions }: Finding): string {
  const roles = [...new Set(sessions.map(({ role }) => role))];
  const more = roles.length > 1 ? ` +${roles.length - 1}` : '';
  return roles[0] === undefined ? '' : ` (${roles[0]}${more})`;
}

function whoseText({ origin, workload, contested }: Finding): string {
  if (!origin) return '';
  const { ownership, account, region } = origin;
  const detail = account === workload?.account ? null : (account ?? region);
  return [contested ? 'contested,' : null, OWNERS[ownership], detail].filter((one) => one !== null).join(' ');
}

/** The UTC day of all findings; null if there are several. */
function onlyDay(findings: readonly Finding[]): string | null {
  const days = new Set(findings.flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]).map(dayOf));
  return days.size === 1 ? ([...days][0] ?? null) : null;
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}

/** Without the day where all findings share it. */
function moment(iso: string, day: string | null): string {
  return day === null ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}` : iso.slice(11, 16);
}

function periodOf({ firstSeen, lastSeen }: Finding, day: string | null): string {
  const first = moment(firstSeen, day);
  if (firstSeen.slice(0, 16) === lastSeen.slice(0, 16)) return first;
  return `${first}–${moment(lastSeen, dayOf(firstSeen) === dayOf(lastSeen) ? dayOf(lastSeen) : day)}`;
}

function callsText({ calls, callsAtLeast }: Finding): string {
  return calls === null ? `${grouped(callsAtLeast ?? 0)}+` : grouped(calls);
}

function doneText({ events, title, workload }: Finding, shortened = (text: string): string => text): string {
  const groups = callGroups(events);
  if (groups.length === 0 || workload?.kind === 'detector') return title;
  return groups.map((group) => shortened(callGroupText(group))).join(', ');
}

/** Without the service. */
function shortAction(text: string): string {
  return text.replace(/^[\w.-]+:/, '');
}
