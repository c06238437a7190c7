import { serviceOf } from '../../lambda/detection/findings/call-impact';
import type { FindingEvent } from '../../lambda/detection/model/finding';
import { findingPlace } from '../report/place-text';
import { subjectOf, suspiciousCalls, type SuspiciousCall } from '../report/suspicious-calls';
import { csvRows } from './csv-rows';
import type { OutputFormat } from './output-format';

/** One row a suspicious call, in order of time, as CSV with the columns that Timesketch requires. */
export const TIMELINE: OutputFormat = {
  name: 'timeline',
  extension: 'csv',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: ({ findings }) => csvRows(COLUMNS, suspiciousCalls(findings)) }),
  writePosture: null,
};

const COLUMNS: Readonly<Record<string, (call: SuspiciousCall) => string>> = {
  message: (call) => messageOf(call),
  datetime: ({ event }) => event.time.replace('Z', '+00:00'),
  timestamp_desc: ({ event }) => (event.errorCode === null ? 'Suspicious call' : 'Failed suspicious call'),
  severity: ({ finding }) => finding.severity,
  finding_type: ({ finding }) => finding.type,
  account: ({ finding }) => finding.workload?.account ?? finding.workloads?.[0]?.account ?? '',
  workload: (call) => subjectOf(call),
  source: ({ finding }) => findingPlace(finding),
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

function messageOf(call: SuspiciousCall): string {
  const { event, finding } = call;
  const resource = event.resource === null ? '' : ` ${event.resource}`;
  const error = event.errorCode === null ? '' : ` (${event.errorCode})`;
  return `${actionOf(event)}${resource} by ${subjectOf(call)} from ${findingPlace(finding)}${error}`;
}

function actionOf({ source, name }: FindingEvent): string {
  return `${serviceOf(source)}:${name}`;
}
