import Table from 'cli-table3';
import type { Finding, Severity } from '../../lambda/detection/finding';
import { originText } from '../../lambda/detection/origin';
import { paint, type Paint } from './paint';

/** Narrower, and addresses break; wider, and lines are hard to follow. */
const NARROWEST = 80;
const WIDEST = 160;

/** The findings as a table for people, no wider than `columns`; weightiest first, then by first sighting. */
export function findingsTable(findings: readonly Finding[], columns: number, colours: boolean): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const narrow = width < 110;
  const fixed = [19, narrow ? 23 : 28, narrow ? 18 : 28] as const;
  const why = width - fixed[0] - fixed[1] - fixed[2] - fixed.length - 2;
  const table = new Table({
    head: ['Severity, type', 'Workload, role', 'Used from', 'Seen, why'],
    colWidths: [...fixed, why],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  for (const finding of [...findings].sort(byWeight)) table.push(rowOf(finding, fixed, paint(colours)));
  return `${table.toString()}\n`;
}

const WEIGHT: Record<Severity, number> = { HIGH: 0, MEDIUM: 1, LOW: 2, INFORMATIONAL: 3 };

function byWeight(a: Finding, b: Finding): number {
  return (
    WEIGHT[a.severity] - WEIGHT[b.severity] || (a.firstSeen < b.firstSeen ? -1 : Number(a.firstSeen > b.firstSeen))
  );
}

function rowOf(finding: Finding, widths: readonly [number, number, number], painted: Paint): string[] {
  const { severity, type, contested, evidence } = finding;
  const mark = contested ? '\ncontested' : '';
  const [first, second, third] = widths;
  return [
    `${painted[severity](severity)}\n${wrapped(type, first)}${mark}`,
    whose(finding, second),
    from(finding, third),
    `${seen(finding)}\n${telling(evidence)}`,
  ];
}

function whose({ workload, workloads, sessions }: Finding, width: number): string {
  const role = [...new Set(sessions.map((session) => session.role))]
    .slice(0, 3)
    .map((one) => wrapped(one, width))
    .join('\n');
  if (workload) return `${wrapped(workload.id, width)}\n${role}\n${workload.account}`;
  return `${workloads?.length ?? 0} workloads\n${role}`;
}

function from({ origin }: Finding, width: number): string {
  if (!origin) return 'many origins';
  const owner =
    { 'outside-aws': 'outside AWS', aws: 'AWS', none: 'nobody’s' }[origin.ownership as string] ??
    origin.ownership.replaceAll('-', ' ');
  const account = origin.account ? `\n${origin.account}` : '';
  return `${wrapped(originText(origin), width)}\n${owner}${origin.region ? `, ${origin.region}` : ''}${account}`;
}

function seen({ firstSeen, lastSeen, calls, callsAtLeast }: Finding): string {
  const count = calls ?? callsAtLeast ?? 0;
  const said = `${calls === null ? 'at least ' : ''}${count} call${count === 1 ? '' : 's'}`;
  return firstSeen === lastSeen
    ? `${firstSeen}, ${said}`
    : `${firstSeen} – ${lastSeen.slice(0, 10) === firstSeen.slice(0, 10) ? lastSeen.slice(11) : lastSeen}, ${said}`;
}

/** Long names have no blanks to wrap at, and the table cuts what does not wrap. */
function wrapped(text: string, width: number): string {
  const room = width - 2;
  const parts = text.split(/(?<=[/:_.@-])|(?=[A-Z][a-z])/);
  const lines = [''];
  for (const part of parts.flatMap((one) => one.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])) {
    const line = lines.at(-1) ?? '';
    if (line.length + part.length <= room) lines[lines.length - 1] = line + part;
    else lines.push(part);
  }
  return lines.join('\n');
}

/** The first reasons; key and record ids are for `--explain` and JSON Lines. */
function telling(evidence: readonly string[]): string {
  return evidence
    .filter((line) => !/^(?:Key|See record) /.test(line))
    .slice(0, 3)
    .join(' ');
}
