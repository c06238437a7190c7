import Table from 'cli-table3';
import type { Finding, Ownership, Severity } from '../../lambda/detection/finding';
import { originText } from '../../lambda/detection/origin';
import { counted, grouped } from './grouped';
import { paint, type Paint } from './paint';

/** Narrower, and addresses break; wider, and lines are hard to follow. */
const NARROWEST = 80;
const WIDEST = 160;
/** A blank on each side of a cell. */
const PADDING = 2;
/** Names shown of many. */
const FEW = 3;

/** Of the columns, with their padding and without the lines between them. */
type Widths = readonly [number, number, number, number];

/** The findings as a table for people, no wider than `columns`; weightiest first, then by first sighting. */
export function findingsTable(findings: readonly Finding[], columns: number, colours: boolean): string {
  const widths = widthsFor(Math.min(Math.max(columns, NARROWEST), WIDEST));
  const table = new Table({
    head: ['Severity, type', 'Workload, role', 'Used from', 'Seen, why'],
    colWidths: [...widths],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  const painted = paint(colours);
  for (const finding of [...findings].sort(byWeight)) table.push(rowOf(finding, widths, painted));
  return `${table.toString()}\n`;
}

function widthsFor(width: number): Widths {
  const [first, second, third] = width < 110 ? [19, 23, 18] : [19, 28, 28];
  const lines = 5;
  return [first, second, third, width - lines - first - second - third];
}

const WEIGHT: Record<Severity, number> = { HIGH: 0, MEDIUM: 1, LOW: 2, INFORMATIONAL: 3 };

function byWeight(a: Finding, b: Finding): number {
  return (
    WEIGHT[a.severity] - WEIGHT[b.severity] || (a.firstSeen < b.firstSeen ? -1 : Number(a.firstSeen > b.firstSeen))
  );
}

function rowOf(finding: Finding, [first, second, third, fourth]: Widths, painted: Paint): string[] {
  const { severity, type, contested } = finding;
  const mark = contested ? '\ncontested' : '';
  return [
    `${painted[severity](severity)}\n${wrapped(type, first)}${mark}`,
    whose(finding, second),
    from(finding, third),
    `${seen(finding)}\n${unbroken(why(finding), fourth)}`,
  ];
}

function whose({ workload, workloads, sessions }: Finding, width: number): string {
  const roles = few([...new Set(sessions.map(({ role }) => role))], width);
  if (workload) return `${wrapped(workload.id, width)}\n${roles}\n${workload.account}`;
  const ids = (workloads ?? []).map(({ id }) => id);
  return `${counted(ids.length, 'workload')}\n${few(ids, width)}\n${roles}`;
}

function few(names: readonly string[], width: number): string {
  const lines = names.slice(0, FEW).map((one) => wrapped(one, width));
  return [...lines, ...(names.length > FEW ? [`and ${grouped(names.length - FEW)} more`] : [])].join('\n');
}

const OWNERS: Record<Ownership, string> = {
  'outside-aws': 'outside AWS',
  aws: 'AWS',
  'organization-account': 'organisation’s account',
  'same-account': 'same account',
  'foreign-account': 'foreign account',
  unknown: 'owner unknown',
  none: 'nobody’s',
};

function from({ origin }: Finding, width: number): string {
  if (!origin) return 'many origins';
  const account = origin.account ? `\n${origin.account}` : '';
  const region = origin.region ? `, ${origin.region}` : '';
  return `${wrapped(originText(origin), width)}\n${OWNERS[origin.ownership]}${region}${account}`;
}

function seen({ firstSeen, lastSeen, calls, callsAtLeast }: Finding): string {
  const said = `${calls === null ? 'at least ' : ''}${counted(calls ?? callsAtLeast ?? 0, 'call')}`;
  if (firstSeen === lastSeen) return `${firstSeen}, ${said}`;
  const sameDay = lastSeen.slice(0, 10) === firstSeen.slice(0, 10);
  return `${firstSeen} – ${sameDay ? lastSeen.slice(11) : lastSeen}, ${said}`;
}

/** The first reasons; key and record ids are for `--explain` and JSON Lines. A group's story is its description. */
function why({ workload, contested, description, evidence }: Finding): string {
  if (!workload) return description;
  const told = evidence.filter((line) => !/^(?:Key|See record) /.test(line)).slice(0, 3);
  return [...(contested ? ['Which of the two places is its own, the records do not tell.'] : []), ...told].join(' ');
}

/** The table cuts words that are longer than a line. */
function unbroken(text: string, width: number): string {
  return text
    .split(' ')
    .map((word) => (word.length > width - PADDING ? wrapped(word, width) : word))
    .join(' ');
}

/** Long names have no blanks to wrap at, and the table cuts what does not wrap. */
function wrapped(text: string, width: number): string {
  const room = width - PADDING;
  const parts = text.split(/(?<=[/:_.@-])|(?=[A-Z][a-z])/);
  const lines = [''];
  for (const part of parts.flatMap((one) => one.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])) {
    const line = lines.at(-1) ?? '';
    if (line.length + part.length <= room) lines[lines.length - 1] = line + part;
    else lines.push(part);
  }
  return lines.join('\n');
}
