import type { Finding, FindingEvent } from '../../lambda/detection/model/finding';
import { serviceOf } from '../../lambda/detection/findings/call-impact';
import { byGravity } from '../../lambda/detection/findings/taken';
import { fleetPicture } from './fleet-picture';
import type { Action, Incident, ReportedFinding } from './incidents';
import type { Picture } from './picture';

/** Calls listed in a report, so that a report of 10,000 findings can be opened. */
const LISTED_IN_ALL = 60_000;
const LISTED_LEAST = 6;
const MOST_USER_AGENTS = 20;

/** Findings grouped by incident, the most severe first. */
export function incidentsOf(findings: readonly Finding[], pictures: ReadonlyMap<string, Picture>): Incident[] {
  const listed = Math.max(LISTED_LEAST, Math.floor(LISTED_IN_ALL / Math.max(1, findings.length)));
  const byIncident = new Map<string, [ReportedFinding, ...ReportedFinding[]]>();
  for (const finding of byGravity(findings)) {
    const reported = reportedFinding(finding, listed);
    const same = byIncident.get(finding.incidentId);
    if (same) same.push(reported);
    else byIncident.set(finding.incidentId, [reported]);
  }
  return [...byIncident].map(([id, ofIncident]) => ({
    id,
    findings: ofIncident,
    picture: pictures.get(id) ?? fleetPicture(ofIncident[0], pictures),
  }));
}

function reportedFinding(finding: Finding, listed: number): ReportedFinding {
  const { events, related, sessions } = finding;
  const own = new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds));
  const derived = new Set(related.flatMap(({ accessKeyIds }) => accessKeyIds.filter((key) => !own.has(key))));
  const isDerived = ({ accessKeyId }: FindingEvent): boolean => accessKeyId !== null && derived.has(accessKeyId);
  const agents = events.flatMap(({ userAgent }) => (userAgent === null ? [] : [userAgent]));
  return {
    ...finding,
    events: events.slice(0, listed),
    unlisted: Math.max(0, events.length - listed),
    actions: actionsOf(events.filter((event) => !isDerived(event))),
    derivedActions: actionsOf(events.filter(isDerived)),
    userAgents: [...new Set(agents)].sort().slice(0, MOST_USER_AGENTS),
  };
}

function actionsOf(events: Finding['events']): Action[] {
  const actions = new Map<
    string,
    { service: string; name: string; calls: number; failed: number; errors: Set<string> }
  >();
  for (const { source, name, errorCode } of events) {
    const key = `${source} ${name}`;
    const action = actions.get(key) ?? { service: serviceOf(source), name, calls: 0, failed: 0, errors: new Set() };
    action.calls += 1;
    if (errorCode !== null) {
      action.failed += 1;
      action.errors.add(errorCode);
    }
    actions.set(key, action);
  }
  return [...actions.values()].map((action) => ({ ...action, errors: [...action.errors].sort() }));
}
