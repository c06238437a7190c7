import { SEVERITIES, type Finding } from '../../lambda/detection/model/finding';
import type { Detection, DetectionCounts } from '../../lambda/detection/detect';
import { SKIP_REASONS } from '../terminal/labels';
import { counted, grouped } from '../terminal/numbers';

/** A file or stream that was read. */
export interface InputDigest {
  /** `-` is standard input. */
  readonly file: string;
  /** Bytes read, as they are on disk. */
  readonly bytes: number;
  /** SHA-256 of these bytes in hexadecimal; null if the file was not read to its end. */
  readonly sha256: string | null;
}

/** Of logs of clusters. */
export interface AuditCounts {
  readonly events: number;
  /** Stages of requests that add nothing to the others. */
  readonly passedOver: number;
  /** Lines of the control plane's other logs. */
  readonly others: number;
  /** Lines of agents of which findings may come. */
  readonly alarms: number;
  /** Other lines of agents, by reason. */
  readonly noAlarms: ReadonlyMap<string, number>;
  readonly clusters: number;
}

export const NO_AUDIT: AuditCounts = {
  events: 0,
  passedOver: 0,
  others: 0,
  alarms: 0,
  noAlarms: new Map(),
  clusters: 0,
};

export interface ReadCounts {
  readonly files: number;
  readonly records: number;
  readonly audit: AuditCounts;
  /** By reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
  /** What they are, where that is known of each: a text for each kind. */
  readonly unread?: { readonly inputs: number; readonly texts: readonly string[] };
  /** Of the inputs; empty where the format has no use for them. */
  readonly digests: readonly InputDigest[];
}

interface SummaryInput {
  readonly read: ReadCounts;
  readonly detection: Detection;
  /** Those shown. */
  readonly findings: readonly Finding[];
  /** Number of findings outside `--since`, `--until` and `--min-severity`. */
  readonly hidden: number;
}

/** Counts of a run: input read, workloads judged, findings, and everything left out with the reason. */
export function summary(input: SummaryInput): string {
  const { read, detection } = input;
  const { workloads, sessions } = detection.counts;
  const left = [...read.skipped, ...read.audit.noAlarms]
    .map(([reason, count]) => ({ count, text: countedReason(reason, count) }))
    // Those alike by their texts, not in the order in which threads came upon them.
    .sort((one, other) => other.count - one.count || (one.text < other.text ? -1 : 1))
    .map(({ text }) => text);
  const unjudged = unjudgedCalls(detection.counts);
  const isAuditAlone = hasOnlyAudit(read);
  const lines = [
    `Read ${counted(read.files, 'file')}, ${counted(read.records, 'record')}${auditEvents(read.audit)}${unreadInputs(read)}.`,
    ...(read.unread && read.unread.texts.length > 0 ? [`Not read: ${read.unread.texts.join('; ')}.`] : []),
    ...(left.length > 0 ? [`Left out: ${left.join('; ')}.`] : []),
    ...(isAuditAlone ? [] : [`Judged ${counted(workloads, 'workload')} with ${counted(sessions, 'session')}.`]),
    ...(unjudged.length > 0 ? [`Not judged: ${unjudged.join('; ')}.`] : []),
    ...(workloads === 0 && !isAuditAlone ? [nothingJudged(read)] : []),
    findingsLine(input),
  ];
  return `${lines.join('\n')}\n`;
}

/** True if there were logs of clusters and no records, so that no workload is missed. */
export function hasOnlyAudit({ records, audit }: ReadCounts): boolean {
  return records === 0 && clusterLines(audit) > 0;
}

/** Events of audit logs, and lines of agents. */
export function clusterLines({ events, alarms, noAlarms }: AuditCounts): number {
  return events + alarms + sumOf(noAlarms);
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function countedReason(reason: string, count: number): string {
  const words = SKIP_REASONS[reason] ?? reason;
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}: ${grouped(count)}`;
}

function unjudgedCalls({ unproven, disproved, relayed }: DetectionCounts): string[] {
  const reasons = [
    ['calls that no record ties to a workload', unproven],
    ['calls with credentials issued to another principal', disproved],
    ['requests that a relay sent on', relayed],
  ] as const;
  return reasons.flatMap(([words, count]) => (count === 0 ? [] : [`${words}: ${grouped(count)}`]));
}

function findingsLine({ findings, detection, hidden }: SummaryInput): string {
  const severities = SEVERITIES.toReversed().map((severity) => {
    const { length } = findings.filter((finding) => finding.severity === severity);
    return `${severity} ${grouped(length)}`;
  });
  const outside = hidden > 0 ? `; ${grouped(hidden)} outside --since, --until or --min-severity` : '';
  return `Findings: ${severities.join(', ')}. Suppressed: ${grouped(detection.suppressed.length)}${outside}.`;
}

function auditEvents(audit: AuditCounts): string {
  const { passedOver, others } = audit;
  if (clusterLines(audit) + passedOver + others === 0) return '';
  const more = [
    ...(passedOver > 0 ? [`${counted(passedOver, 'earlier stage')} of requests passed over`] : []),
    ...(others > 0 ? [`${counted(others, 'line')} of other logs passed over`] : []),
  ];
  const behind = more.length > 0 ? ` (${more.join(', ')})` : '';
  return `, ${clusterLinesText(audit)}${behind}`;
}

/** `3 audit events and 2 alarms of 1 cluster` */
export function clusterLinesText({ events, alarms, noAlarms, clusters }: AuditCounts): string {
  const ofAgents = alarms + noAlarms.size > 0 ? [counted(alarms, 'alarm')] : [];
  const read = events === 0 && ofAgents.length > 0 ? ofAgents : [counted(events, 'audit event'), ...ofAgents];
  return `${read.join(' and ')} of ${counted(clusters, 'cluster')}`;
}

/** Number of inputs that were not read completely. */
export function unreadOf({ problems, unread }: ReadCounts): number {
  return unread?.inputs ?? problems.length;
}

function unreadInputs(read: ReadCounts): string {
  const inputs = unreadOf(read);
  return inputs === 0 ? '' : `; ${counted(inputs, 'input')} ${inputs === 1 ? 'was' : 'were'} not read completely`;
}

/** "No findings" is no all-clear if nothing was judged. */
function nothingJudged({ records }: ReadCounts): string {
  const why =
    records === 0 ? 'no CloudTrail record was read' : 'no record shows a call with the credentials of a workload';
  return `Nothing was judged: ${why}.`;
}
