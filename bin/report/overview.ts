import { takenText } from '../../lambda/detection/findings/taken-text';
import { SEVERITIES, type Severity } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { FINDING_TYPES } from '../../lambda/detection/model/finding';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { moment } from './clock';
import type { Coverage } from './coverage';
import { accountsOf, rolesOf, workloadsOf, type Incident } from './incidents';
import type { Overview } from './picture';
import { el, type Piece } from './tree';

const FEW = 8;
const NAMES: Readonly<Record<Severity, string>> = {
  HIGH: 'High',
  MEDIUM: 'Medium',
  LOW: 'Low',
  INFORMATIONAL: 'Informational',
};

/** Totals by severity, finding type, account and role, and a timeline of all incidents. */
export function overviewSection(incidents: readonly Incident[], coverage: Coverage): Piece {
  const findings = incidents.flatMap((incident) => incident.findings);
  return el(
    'section',
    { id: 'summary', 'aria-labelledby': 'summary-heading' },
    el('h1', { id: 'summary-heading' }, headline(incidents)),
    findings.length === 0 ? null : el('p', { class: 'lead' }, `Taken: ${takenText(findings)}.`),
    el('p', { class: 'lead' }, readLine(coverage)),
    el(
      'ul',
      { class: 'severities' },
      [...SEVERITIES].reverse().map((severity) => severityTile(severity, findings)),
    ),
    incidents.length === 0
      ? null
      : el(
          'figure',
          { class: 'picture' },
          el(
            'div',
            { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Overview' },
            { drawing: overviewOf(incidents) },
          ),
          el('figcaption', {}, 'Suspicious use of credentials over time, UTC'),
        ),
    incidents.length === 0
      ? null
      : el(
          'div',
          { class: 'tallies' },
          tally('Finding types', 'type', typeCounts(incidents)),
          tally('Accounts', 'account', countsOf(incidents, accountsOf)),
          tally('Roles', 'role', countsOf(incidents, rolesOf)),
        ),
    nothingJudged(coverage),
  );
}

function headline(incidents: readonly Incident[]): string {
  const findings = incidents.reduce((sum, incident) => sum + incident.findings.length, 0);
  if (findings === 0) return 'No findings';
  const of = findings === incidents.length ? '' : ` in ${counted(incidents.length, 'incident')}`;
  return `${counted(findings, 'finding')}${of}`;
}

function readLine({ read, counts, span, accounts }: Coverage): string {
  const period = span === null ? '' : `, ${moment(span.first).slice(0, 16)} to ${moment(span.last).slice(0, 16)} UTC`;
  return `Judged ${counted(counts.workloads, 'workload')} of ${counted(accounts.length, 'account')} from ${counted(read.records, 'CloudTrail record')} in ${counted(read.files, 'file')}${period}.`;
}

/** "No findings" is no all-clear if little was judged. */
function nothingJudged({ read, counts }: Coverage): Piece {
  const warnings = [
    ...(counts.workloads === 0
      ? ['Nothing was judged: no record shows a call with the credentials of a workload.']
      : []),
    ...(read.problems.length > 0
      ? [`${counted(read.problems.length, 'input')} could not be read completely: see Coverage.`]
      : []),
  ];
  return warnings.map((warning) => el('p', { class: 'warning' }, warning));
}

function severityTile(severity: Severity, findings: Incident['findings'][number][]): Piece {
  const count = findings.filter((finding) => finding.severity === severity).length;
  return el(
    'li',
    { class: `${severity.toLowerCase()}${count === 0 ? ' none' : ''}` },
    el('a', { href: `#severity=${severity}` }, el('b', {}, grouped(count)), ` ${NAMES[severity]}`),
  );
}

interface Count {
  readonly value: string;
  readonly name: string;
  readonly count: number;
}

function typeCounts(incidents: readonly Incident[]): Count[] {
  const labels = new Map<string, string>(FINDING_TYPES.map((type) => [type, FINDING_TYPE_TABLE[type].label]));
  const counts = countsOf(incidents, ({ findings }) => findings.map(({ type }) => type));
  return counts.map((one) => ({ ...one, name: labels.get(one.value) ?? one.value }));
}

/** Number of incidents with each value, the most frequent first. */
function countsOf(incidents: readonly Incident[], valuesOf: (incident: Incident) => readonly string[]): Count[] {
  const counts = new Map<string, number>();
  for (const incident of incidents)
    for (const value of new Set(valuesOf(incident))) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return sorted.map(([value, count]) => ({ value, name: value, count }));
}

/** Links that filter the list. */
function tally(heading: string, filter: string, counts: readonly Count[]): Piece {
  const more = counts.length - FEW;
  return el(
    'section',
    { class: 'tally' },
    el('h2', {}, heading),
    el(
      'ul',
      {},
      counts
        .slice(0, FEW)
        .map(({ value, name, count }) =>
          el(
            'li',
            {},
            el('a', { href: `#${filter}=${encodeURIComponent(value)}` }, name),
            el('span', {}, grouped(count)),
          ),
        ),
      more > 0 ? el('li', { class: 'note' }, `and ${grouped(more)} more`) : null,
    ),
  );
}

function overviewOf(incidents: readonly Incident[]): Overview {
  const spans = incidents.map((incident) => {
    const { findings } = incident;
    const [mostSevere] = findings;
    const workloads = workloadsOf(mostSevere);
    const [workload] = workloads;
    return {
      first: Math.min(...findings.map(({ firstSeen }) => Date.parse(firstSeen) / 1_000)),
      last: Math.max(...findings.map(({ lastSeen }) => Date.parse(lastSeen) / 1_000)),
      severity: mostSevere.severity,
      label:
        workloads.length > 1
          ? counted(workloads.length, 'workload')
          : (workload?.attributes['pod'] ?? workload?.id ?? ''),
    };
  });
  const from = spans.reduce((least, { first }) => Math.min(least, first), Infinity);
  const to = spans.reduce((most, { last }) => Math.max(most, last), 0);
  const room = Math.max(600, (to - from) * 0.04);
  return { kind: 'overview', from: from - room, to: to + room, incidents: spans.sort((a, b) => a.first - b.first) };
}
