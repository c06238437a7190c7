import { callGroups } from '../../detection/findings/taken';
import { callGroupText, takenText } from '../../detection/findings/taken-text';
import { workloadCount, type Finding } from '../../detection/model/finding';
import { placeText } from '../../detection/model/origin';
import type { OutgoingFinding } from '../../confirming/outgoing-finding';
import { cutEnd } from '../security-hub/asff-limits';
import { printable } from '../../detection/model/printable';
import { runbookSection } from '../security-hub/asff';

/** Subject: up to 100 characters of ASCII that begin with a letter, number or punctuation mark (SNS API reference). */
const MOST_SUBJECT = 100;
/** Entries of one list; the finding itself has all of them. */
const MOST_LINES = 20;

export function subjectOf({ finding }: OutgoingFinding): string {
  const { severity, type, status, sample } = finding;
  const text = `credlock ${sample ? 'sample ' : ''}${status === 'ACTIVE' ? severity : 'withdrawn'} ${type}: ${whoOf(finding)}${fromOf(finding)}`;
  const ascii = printable(text).replace(/[^\x20-\x7e]/g, '?');
  return ascii.length <= MOST_SUBJECT ? ascii : `${ascii.slice(0, MOST_SUBJECT - 3).trimEnd()}...`;
}

/** Plain text, one fact a line. */
export function messageOf({ finding, runbookUrl }: OutgoingFinding): string {
  const { title, description, status, archivedBecause, firstSeen, lastSeen, evidence, ruledOut, advice, id } = finding;
  return [
    title,
    ...(status === 'ACTIVE' ? [] : [`WITHDRAWN: ${archivedBecause ?? 'later records explain it'}`]),
    '',
    description,
    '',
    `Severity: ${finding.severity}${finding.contested ? ' (contested)' : ''}`,
    ...workloadLines(finding),
    ...finding.sessions.slice(0, MOST_LINES).map((session) => `Session: ${session.arn} ${session.accessKeyIds.join()}`),
    `First seen: ${firstSeen}`,
    `Last seen: ${lastSeen}`,
    `Calls: ${finding.calls ?? `at least ${finding.callsAtLeast ?? 1}`}`,
    ...takenLines(finding),
    ...section('Evidence', evidence),
    ...section(
      'Ruled out',
      ruledOut.map(({ explanation, because }) => `${explanation}: ${because}`),
    ),
    ...section('What to do', advice),
    '',
    `Runbook: ${runbookSection(runbookUrl, finding.type)}`,
    `Finding: ${id}`,
  ]
    .map((line) => cutEnd(line, 2_000))
    .join('\n');
}

function workloadLines(finding: Finding): string[] {
  const { workload, workloads } = finding;
  const all = workload ? [workload] : (workloads ?? []);
  const lines = all
    .slice(0, MOST_LINES)
    .map((one) => `Workload: ${one.kind} ${one.id}, account ${one.account}${one.region ? `, ${one.region}` : ''}`);
  const more = workloadCount(finding) - lines.length;
  return more > 0 ? [...lines, `and ${more} more workloads`] : lines;
}

function takenLines(finding: Finding): string[] {
  const { events } = finding;
  if (events.length === 0) return [];
  return [`Taken: ${takenText([finding])}`, ...section('What was done', callGroups(events).map(callGroupText))];
}

function section(heading: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', `${heading}:`, ...lines.slice(0, MOST_LINES).map((line) => `- ${line}`)];
}

function whoOf(finding: Finding): string {
  const { workload } = finding;
  return workload ? `${workload.id} (${workload.account})` : `${workloadCount(finding)} workloads`;
}

function fromOf({ origin }: Finding): string {
  return origin ? ` from ${placeText(origin)}` : '';
}
