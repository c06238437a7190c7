import { actionName, impactOf, IMPACTS, serviceOf } from '../../lambda/detection/findings/call-impact';
import type { Finding } from '../../lambda/detection/model/finding';
import { counted, grouped } from '../terminal/numbers';
import { clock } from './clock';
import type { Incident } from './incidents';
import { findingPlace } from './place-text';
import { scrollingTable } from './scrolling-table';
import { subjectOf, suspiciousCalls, type SuspiciousCall } from './suspicious-calls';
import { el, type Piece } from './tree';

/** Rows; of more calls those with the gravest impact are listed. */
const MOST_ROWS = 500;
const HEADS = ['Time', 'Severity', 'Call', 'Resource', 'Error', 'From', 'Workload'];

/** The suspicious calls of all incidents in order of time, as a table that the list's filters apply to. */
export function mergedTimeline(findings: readonly Finding[], incidents: readonly Incident[]): Piece {
  const calls = suspiciousCalls(findings);
  if (calls.length === 0) return null;
  const listed = calls.length <= MOST_ROWS ? calls : gravest(calls);
  const more =
    listed.length < calls.length
      ? ` (the ${grouped(listed.length)} with the gravest impact are listed; --format timeline has all)`
      : '';
  const places = new Map(incidents.map(({ id }, place) => [id, place]));
  return el(
    'details',
    { class: 'calls', id: 'timeline' },
    el('summary', {}, `Timeline of all incidents: ${counted(calls.length, 'suspicious call')}${more}`),
    scrollingTable(
      'Suspicious calls of all incidents',
      HEADS,
      listed.map((call) => row(call, places.get(call.finding.incidentId) ?? 0)),
    ),
  );
}

/** In order of time. */
function gravest(calls: readonly SuspiciousCall[]): SuspiciousCall[] {
  const kept = new Set(calls.toSorted((a, b) => weight(a) - weight(b)).slice(0, MOST_ROWS));
  return calls.filter((call) => kept.has(call));
}

/** 0 is the gravest; failed calls come last. */
function weight({ event }: SuspiciousCall): number {
  return IMPACTS.indexOf(impactOf(event)) + (event.errorCode === null ? 0 : IMPACTS.length);
}

/** `place`: of the incident in the list. */
function row(call: SuspiciousCall, place: number): Piece {
  const { event, finding } = call;
  const { id, severity } = finding;
  return el(
    'tr',
    { 'data-i': String(place), 'data-x': String(Date.parse(event.time) / 1_000) },
    el('td', {}, clock(event.time)),
    el('td', {}, el('span', { class: `severity ${severity.toLowerCase()}` }, severity)),
    el('td', {}, `${serviceOf(event.source)}:${actionName(event.name)}`),
    el('td', {}, el('code', {}, event.resource ?? '')),
    el('td', { class: 'refused' }, event.errorCode ?? ''),
    el('td', {}, el('code', {}, findingPlace(finding))),
    el('td', {}, el('a', { href: `#${encodeURI(id)}` }, subjectOf(call))),
  );
}
