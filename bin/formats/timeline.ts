import { byGravity } from '../../lambda/detection/findings/taken';
import { serviceOf } from '../../lambda/detection/findings/call-impact';
import type { Finding, FindingEvent } from '../../lambda/detection/model/finding';
import { originText } from '../../lambda/detection/model/origin';
import { parseSessionArn } from '../../lambda/detection/model/session-arn';
import { csvRows } from './csv-rows';
import type { OutputFormat } from './output-format';

/** One row a suspicious call, in order of time, as CSV with the columns that Timesketch requires. */
export const TIMELINE: OutputFormat = {
  name: 'timeline',
  extension: 'csv',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: ({ findings }) => csvRows(COLUMNS, callsIn(findings)) }),
  writePosture: null,
};

interface SuspiciousCall {
  readonly event: FindingEvent;
  readonly finding: Finding;
}

/** Each call once, with the gravest finding on it. */
function callsIn(findings: readonly Finding[]): SuspiciousCall[] {
  const calls = new Map<string, SuspiciousCall>();
  for (const finding of byGravity(findings))
    for (const event of finding.events) if (!calls.has(event.id)) calls.set(event.id, { event, finding });
  return [...calls.values()].sort((a, b) => compare(a.event.time, b.event.time) || compare(a.event.id, b.event.id));
}

const COLUMNS: Readonly<Record<string, (call: SuspiciousCall) => string>> = {
  message: ({ event, finding }) =>
    `${actionOf(event)}${event.resource === null ? '' : ` ${event.resource}`} by ${subjectOf(event, finding)} from ${placeOf(finding)}${event.errorCode === null ? '' : ` (${event.errorCode})`}`,
  datetime: ({ event }) => event.time.replace('Z', '+00:00'),
  timestamp_desc: ({ event }) => (event.errorCode === null ? 'Suspicious call' : 'Failed suspicious call'),
  severity: ({ finding }) => finding.severity,
  finding_type: ({ finding }) => finding.type,
  account: ({ finding }) => finding.workload?.account ?? finding.workloads?.[0]?.account ?? '',
  workload: ({ event, finding }) => subjectOf(event, finding),
  source: ({ finding }) => placeOf(finding),
  event_source: ({ event }) => event.source,
  event_name: ({ event }) => event.name,
  resource: ({ event }) => event.resource ?? '',
  aws_region: ({ event }) => event.region,
  error_code: ({ event }) => event.errorCode ?? '',
  access_key_id: ({ event }) => event.accessKeyId ?? '',
  user_agent: ({ event }) => event.userAgent ?? '',
  event_id: ({ event }) => event.id,
  finding_id: ({ finding }) => finding.id,
};

function actionOf({ source, name }: FindingEvent): string {
  return `${serviceOf(source)}:${name}`;
}

/** The workload, or of a derived session its own name. */
function subjectOf({ accessKeyId }: FindingEvent, { workload, workloads, related }: Finding): string {
  const derived = related.find(
    ({ kind, accessKeyIds }) =>
      kind === 'chained-session' && accessKeyId !== null && accessKeyIds.includes(accessKeyId),
  );
  const session = derived && parseSessionArn(derived.arn);
  if (session) return `${session.role}/${session.name}`;
  return workload?.id ?? `${workloads?.length ?? 0} workloads`;
}

function placeOf({ origin }: Finding): string {
  return origin ? originText(origin) : 'many origins';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
