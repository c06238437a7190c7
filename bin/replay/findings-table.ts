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

/** Below it, workload and origin share a column. */
const NARROW = 96;

/** Of the columns, with their padding and without the lines between them. */
interface Widths {
  readonly type: number;
  readonly workload: number;
  readonly origin: number;
  readonly why: number;
}

/** The findings as a table for people, no wider than `columns`; weightiest first, then by first sighting. */
export function findingsTable(findings: readonly Finding[], columns: number, colours: boolean): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const isNarrow = width < NARROW;
  const widths = isNarrow ? narrowWidths(width) : usualWidths(width);
  const { type, workload, origin, why: rest } = widths;
  const table = new Table({
    head: ['Severity, type', ...(isNarrow ? ['Workload, used from'] : ['Workload, role', 'Used from']), 'Seen, why'],
    colWidths: isNarrow ? [type, workload, rest] : [type, workload, origin, rest],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  const painted = paint(colours);
  for (const finding of [...findings].sort(byWeight)) {
    const { what, whose, from, why } = cellsOf(finding, widths, painted);
    table.push(isNarrow ? [what, `${whose}\nfrom\n${from}`, why] : [what, whose, from, why]);
  }
  return `${table.toString()}\n`;
}

function narrowWidths(width: number): Widths {
  return { type: 19, workload: 24, origin: 24, why: width - 19 - 24 - 4 };
}

function usualWidths(width: number): Widths {
  const [workload, origin] = width < 110 ? [23, 18] : [28, 28];
  return { type: 19, workload, origin, why: width - 19 - workload - origin - 5 };
}

const WEIGHT: Record<Severity, number> = { HIGH: 0, MEDIUM: 1, LOW: 2, INFORMATIONAL: 3 };

function byWeight(a: Finding, b: Finding): number {
  return (
    WEIGHT[a.severity] - WEIGHT[b.severity] || (a.firstSeen < b.firstSeen ? -1 : Number(a.firstSeen > b.firstSeen))
  );
}

function cellsOf(finding: Finding, widths: Widths, painted: Paint): Record<'what' | 'whose' | 'from' | 'why', string> {
  const { severity, type, contested } = finding;
  const mark = contested ? '\ncontested' : '';
  return {
    what: `${painted[severity](severity)}\n${wrapped(type, widths.type)}${mark}`,
    whose: whoseText(finding, widths.workload),
    from: fromText(finding, widths.origin),
    why: `${seenText(finding)}\n${unbroken(whyText(finding), widths.why)}`,
  };
}

function whoseText({ workload, workloads, sessions }: Finding, width: number): string {
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

function fromText({ origin }: Finding, width: number): string {
  if (!origin) return 'many origins';
  const account = origin.account ? `\n${origin.account}` : '';
  const region = origin.region ? `, ${origin.region}` : '';
  return `${wrapped(originText(origin), width)}\n${OWNERS[origin.ownership]}${region}${account}`;
}

function seenText({ firstSeen, lastSeen, calls, callsAtLeast }: Finding): string {
  const said = `${calls === null ? 'at least ' : ''}${counted(calls ?? callsAtLeast ?? 0, 'call')}`;
  if (firstSeen === lastSeen) return `${firstSeen}, ${said}`;
  const sameDay = lastSeen.slice(0, 10) === firstSeen.slice(0, 10);
  return `${firstSeen} – ${sameDay ? lastSeen.slice(11) : lastSeen}, ${said}`;
}

/** The first reasons; key and record ids are for `--explain` and JSON Lines. A group's story is its description. */
function whyText({ workload, contested, description, evidence }: Finding): string {
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
