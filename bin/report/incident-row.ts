import { workloadCount, type FindingWorkload } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { clock } from './clock';
import { incidentDetails } from './incident-details';
import { accountsOf, rolesOf, weightOf, workloadsOf, type Incident, type ReportedFinding } from './incidents';
import { ownerText, findingPlace } from './place-text';
import { el, type Piece } from './tree';

/** An incident as a row of the list. Its details are written out, or unpacked when it is opened. */
export function incidentRow(incident: Incident, tokens: readonly string[], writtenOut: boolean): Piece {
  const [first] = incident.findings;
  const { severity, type, firstSeen } = first;
  const accounts = accountsOf(incident);
  return el(
    'li',
    {
      class: severity.toLowerCase(),
      'data-p': tokens.join(' ') || null,
      'data-x': periodOf(incident).join(' '),
      'data-w': String(weightOf(severity)),
      'data-t': [...new Set(incident.findings.map((finding) => finding.type))].join(' '),
      'data-a': accounts.length > 1 ? accounts.join(' ') : null,
      'data-r': writtenOut ? null : true,
    },
    el(
      'details',
      {},
      el(
        'summary',
        {},
        el('b', {}, severity),
        el(
          'span',
          {},
          FINDING_TYPE_TABLE[type].label,
          moreFindings(incident),
          first.contested ? el('i', {}, 'contested') : null,
        ),
        el('span', {}, el('code', {}, workloadText(first)), el('i', {}, rolesOf(incident).join(', '))),
        el('span', {}, el('code', {}, findingPlace(first)), el('i', {}, first.origin ? ownerText(first.origin) : '')),
        el('span', {}, accounts.length > 1 ? counted(accounts.length, 'account') : (accounts[0] ?? '')),
        el('time', {}, clock(firstSeen).slice(0, 16)),
        el('span', {}, callsText(incident)),
      ),
      el('div', {}, writtenOut ? incidentDetails(incident) : incident.findings.map(essentials)),
    ),
  );
}

/** First and last sighting in epoch seconds. */
function periodOf({ findings }: Incident): [first: number, last: number] {
  const first = Math.min(...findings.map(({ firstSeen }) => Date.parse(firstSeen)));
  return [first / 1_000, Math.max(...findings.map(({ lastSeen }) => Date.parse(lastSeen))) / 1_000];
}

const FEW_KEYS = 4;

/** Shown until the details are unpacked, and without JavaScript. */
function essentials({ id, description, evidence, sessions }: ReportedFinding): Piece {
  const keys = [...new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds))].slice(0, FEW_KEYS);
  return el('p', { id }, `${evidence[0] ?? description} ${keys.join(', ')}`.trim());
}

function moreFindings({ findings }: Incident): Piece {
  return findings.length === 1 ? null : el('i', {}, `and ${counted(findings.length - 1, 'more finding')}`);
}

function workloadText(finding: ReportedFinding): string {
  const workloads = workloadsOf(finding);
  return workloads.length === 1 ? nameOf(workloads[0]) : counted(workloadCount(finding), 'workload');
}

function nameOf(workload: FindingWorkload | undefined): string {
  return workload?.attributes['pod'] ?? workload?.id ?? '';
}

function callsText({ findings }: Incident): string {
  const calls = findings.reduce((sum, one) => sum + (one.calls ?? one.callsAtLeast ?? 0), 0);
  return `${grouped(calls)}${findings.some((one) => one.calls === null) ? '+' : ''}`;
}
