import { workloadCount, type Finding } from '../../lambda/detection/model/finding';
import { placeText } from '../../lambda/detection/model/origin';
import { findingPlace } from '../report/place-text';
import { boxTable, boxWidth, type Cell } from '../terminal/box-table';
import { counted, grouped } from '../terminal/numbers';
import { paint, type Paint } from '../terminal/paint';
import { OWNERS } from '../terminal/labels';

/** Narrower tables break addresses; wider ones are hard to follow. */
const NARROWEST = 80;
const WIDEST = 160;
/** Narrower tables put workload and origin into one column. */
const NARROW = 96;
/** Number of names shown. */
const FEW = 3;

/** `--long`: the findings, in the order given, with their evidence, as a table of at most `columns` characters. */
export function longTable(findings: readonly Finding[], columns: number, colours: boolean): Iterable<string> {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const painted = paint(colours);
  if (width < NARROW) {
    const head = ['Severity, type', 'Workload, origin', 'Seen, evidence'];
    return boxTable(head, widthsOf([17, 22], width), rowsOf(findings, painted, narrowRow));
  }
  const head = ['Severity, type', 'Workload, role', 'Used from', 'Seen, evidence'];
  const first = width < 110 ? [17, 19, 23] : [17, 26, 26];
  return boxTable(head, widthsOf(first, width), rowsOf(findings, painted, usualRow));
}

/** The last column takes the remaining width. */
function widthsOf(first: readonly number[], width: number): number[] {
  return [...first, width - boxWidth(first.length + 1) - first.reduce((sum, one) => sum + one, 0)];
}

type Row = (finding: Finding, painted: Paint) => readonly Cell[];

function* rowsOf(findings: readonly Finding[], painted: Paint, rowOf: Row): Generator<readonly Cell[]> {
  for (const finding of findings) yield rowOf(finding, painted);
}

function usualRow(finding: Finding, painted: Paint): readonly Cell[] {
  return [what(finding, painted), { text: whose(finding) }, { text: from(finding) }, { text: why(finding) }];
}

function narrowRow(finding: Finding, painted: Paint): readonly Cell[] {
  return [what(finding, painted), { text: `${whose(finding)}\nfrom\n${from(finding)}` }, { text: why(finding) }];
}

function what({ severity, type, contested }: Finding, painted: Paint): Cell {
  return { text: `${severity}\n${type}${contested ? '\ncontested' : ''}`, paint: painted[severity] };
}

function whose(finding: Finding): string {
  const { workload, workloads, sessions } = finding;
  const roles = few([...new Set(sessions.map(({ role }) => role))]);
  if (workload) return `${workload.id}\n${roles}\n${workload.account}`;
  const ids = (workloads ?? []).map(({ id }) => id);
  const count = workloadCount(finding);
  return `${counted(count, 'workload')}\n${few(ids, count)}\n${roles}`;
}

function few(names: readonly string[], count = names.length): string {
  const more = count > FEW ? [`and ${grouped(count - FEW)} more`] : [];
  return [...names.slice(0, FEW), ...more].join('\n');
}

function from(finding: Finding): string {
  const { origin } = finding;
  if (!origin) return findingPlace(finding);
  const account = origin.account ? `\n${origin.account}` : '';
  const region = origin.region ? `, ${origin.region}` : '';
  return `${placeText(origin)}\n${OWNERS[origin.ownership]}${region}${account}`;
}

function why(finding: Finding): string {
  return `${seen(finding)}\n${reasons(finding)}`;
}

function seen({ firstSeen, lastSeen, calls, callsAtLeast }: Finding): string {
  const total = `${calls === null ? 'at least ' : ''}${counted(calls ?? callsAtLeast ?? 0, 'call')}`;
  if (firstSeen === lastSeen) return `${firstSeen}, ${total}`;
  const sameDay = lastSeen.slice(0, 10) === firstSeen.slice(0, 10);
  return `${firstSeen} – ${sameDay ? lastSeen.slice(11) : lastSeen}, ${total}`;
}

/** The first lines of evidence, without ids of keys and records; for a group, its description. */
function reasons({ workload, contested, description, evidence }: Finding): string {
  if (!workload) return description;
  const lines = evidence.filter((line) => !/^(?:Key|See record) /.test(line)).slice(0, 3);
  return [...(contested ? ['The records do not show which of the two origins is the workload’s.'] : []), ...lines].join(
    ' ',
  );
}
