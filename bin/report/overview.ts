import { takenText } from '../../lambda/detection/findings/taken-text';
import { SEVERITIES, type Finding, type Severity } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { FINDING_TYPES } from '../../lambda/detection/model/finding';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { moment } from './clock';
import type { Coverage } from './coverage';
import { accountsOf, rolesOf, workloadsOf, type Incident } from './incidents';
import { mergedTimeline } from './merged-timeline';
import type { Overview } from './picture';
import type { Pivot } from './pivots';
import { clusterLines, clusterLinesText, hasOnlyAudit, unreadOf } from './summary';
import { el, type Piece } from './tree';

const FEW = 8;
const NAMES: Readonly<Record<Severity, string>> = {
  HIGH: 'High',
  MEDIUM: 'Medium',
  LOW: 'Low',
  INFORMATIONAL: 'Informational',
};

interface OverviewInput {
  readonly incidents: readonly Incident[];
  readonly findings: readonly Finding[];
  readonly pivots: readonly Pivot[];
  readonly coverage: Coverage;
}

/** A timeline of all incidents, and totals by severity, finding type, account, role, source, user agent and resource. */
export function overviewSection({ incidents, findings, pivots, coverage }: OverviewInput): Piece {
  return el(
    'section',
    { id: 'summary', 'aria-labelledby': 'summary-heading' },
    el('h1', { id: 'summary-heading' }, headline(incidents)),
    findings.length === 0 ? null : el('p', { class: 'lead' }, `Taken: ${takenText(findings)}.`),
    el('p', { class: 'lead' }, readLine(coverage)),
    beyond(incidents, coverage),
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
            { class: 'scroll', id: 'overview', tabindex: '0', role: 'group', 'aria-label': 'Overview' },
            { drawing: overviewOf(incidents, findings) },
          ),
          el(
            'figcaption',
            {},
            el('span', {}, 'Suspicious calls of all incidents over time, UTC'),
            el('span', { class: 'scripted-only' }, 'Drag across it to select a period'),
          ),
        ),
    mergedTimeline(findings, incidents),
    incidents.length === 0
      ? null
      : el(
          'div',
          { class: 'tallies' },
          tally('Finding types', 'type', typeCounts(incidents)),
          tally('Accounts', 'account', countsOf(incidents, accountsOf)),
          tally('Roles', 'role', countsOf(incidents, rolesOf)),
          pivots.map(pivotTally),
        ),
    nothingJudged(coverage),
  );
}

/** What is left out of a report of the worst incidents. */
function beyond(incidents: readonly Incident[], coverage: Coverage): Piece {
  if (!coverage.beyond) return null;
  const { findings, incidents: all, rest } = coverage.beyond;
  const where =
    rest === null
      ? 'Write them all with --format csv or jsonl.'
      : `All ${counted(findings, 'finding')} are in ${rest}.`;
  return el(
    'p',
    { class: 'warning' },
    `These are the worst ${grouped(incidents.length)} of ${counted(all, 'incident')}; all numbers below are of these. ${where}`,
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
  const audit = clusterLinesText(read.audit);
  const files = `in ${counted(read.files, 'file')}${period}`;
  if (hasOnlyAudit(read)) return `Read ${audit} ${files}.`;
  const also = clusterLines(read.audit) === 0 ? '' : ` and ${audit}`;
  return `Judged ${counted(counts.workloads, 'workload')} of ${counted(accounts.length, 'account')} from ${counted(read.records, 'CloudTrail record')}${also} ${files}.`;
}

/** "No findings" is no all-clear if little was judged. */
function nothingJudged({ read, counts }: Coverage): Piece {
  const warnings = [
    ...(counts.workloads === 0 && !hasOnlyAudit(read)
      ? ['Nothing was judged: no record shows a call with the credentials of a workload.']
      : []),
    ...(unreadOf(read) > 0 ? [`${counted(unreadOf(read), 'input')} could not be read completely: see Coverage.`] : []),
  ];
  return warnings.map((warning) => el('p', { class: 'warning' }, warning));
}

function severityTile(severity: Severity, findings: readonly Finding[]): Piece {
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

function pivotTally({ name, heading, values, more }: Pivot): Piece {
  if (values.length === 0) return null;
  const left = values.length - FEW + more;
  return el(
    'section',
    { class: 'tally' },
    el('h2', {}, heading),
    el(
      'ul',
      {},
      values
        .slice(0, FEW)
        .map(({ value, detail, workloads, calls }) =>
          el(
            'li',
            {},
            el(
              'span',
              {},
              el('a', { href: `#${name}=${encodeURIComponent(value)}` }, value),
              detail === '' ? null : el('i', {}, detail),
            ),
            el('span', {}, `${counted(workloads, 'workload')}, ${counted(calls, 'call')}`),
          ),
        ),
      left > 0 ? el('li', { class: 'note' }, `and ${grouped(left)} more`) : null,
    ),
  );
}

/** Times of calls closer than this share of the period are drawn once. */
const MARKS = 400;

function overviewOf(incidents: readonly Incident[], all: readonly Finding[]): Overview {
  const calls = new Map<string, number[]>();
  for (const { incidentId, events } of all)
    calls.set(incidentId, [...(calls.get(incidentId) ?? []), ...events.map(({ time }) => Date.parse(time) / 1_000)]);
  const spans = incidents.map((incident) => {
    const { findings } = incident;
    const [mostSevere] = findings;
    const workloads = workloadsOf(mostSevere);
    const [workload] = workloads;
    return {
      first: Math.min(...findings.map(({ firstSeen }) => Date.parse(firstSeen) / 1_000)),
      last: Math.max(...findings.map(({ lastSeen }) => Date.parse(lastSeen) / 1_000)),
      calls: calls.get(incident.id) ?? [],
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
  const drawn = spans.map((span) => ({ ...span, calls: apart(span.calls, (to - from) / MARKS) }));
  return { kind: 'overview', from: from - room, to: to + room, incidents: drawn.sort((a, b) => a.first - b.first) };
}

function apart(times: readonly number[], width: number): number[] {
  return [...new Map(times.map((time) => [Math.floor(time / Math.max(1, width)), time])).values()].sort(
    (a, b) => a - b,
  );
}
