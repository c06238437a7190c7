import { SEVERITIES, type Finding } from '../../lambda/detection/model/finding';
import type { Detection } from '../../lambda/detection/detect';
import { counted, grouped } from '../terminal/numbers';

export interface ReadCounts {
  readonly files: number;
  readonly records: number;
  /** By reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

interface SummaryInput {
  readonly read: ReadCounts;
  readonly detection: Detection;
  /** Those shown. */
  readonly findings: readonly Finding[];
  /** Number of findings outside `--since`, `--until` and `--min-severity`. */
  readonly hidden: number;
}

/** Counts of a run: input read, workloads judged, findings, and everything left out. */
export function summary({ read, detection, findings, hidden }: SummaryInput): string {
  const { counts, suppressed } = detection;
  const skipped = [...read.skipped]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${grouped(count)}`);
  const severities = [...SEVERITIES]
    .reverse()
    .map((severity) => `${severity} ${grouped(findings.filter((finding) => finding.severity === severity).length)}`);
  const { workloads, sessions, unproven, disproved, relayed } = counts;
  const lines = [
    `Read ${counted(read.files, 'file')}, ${counted(read.records, 'record')}${unreadInputs(read)}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    `Judged ${counted(workloads, 'workload')} with ${counted(sessions, 'session')}.`,
    `Not judged: ${grouped(unproven)} unattributed, ${grouped(disproved)} issued to another workload, ${grouped(relayed)} relayed.`,
    ...(workloads === 0 ? [nothingJudged(read)] : []),
    `Findings: ${severities.join(', ')}. Suppressed: ${grouped(suppressed.length)}${hidden > 0 ? `; ${grouped(hidden)} outside --since, --until or --min-severity` : ''}.`,
  ];
  return `${lines.join('\n')}\n`;
}

function unreadInputs({ problems }: ReadCounts): string {
  if (problems.length === 0) return '';
  return `; ${counted(problems.length, 'input')} ${problems.length === 1 ? 'was' : 'were'} not read completely`;
}

/** "No findings" is no all-clear if nothing was judged. */
function nothingJudged({ records }: ReadCounts): string {
  const why =
    records === 0 ? 'no CloudTrail record was read' : 'no record shows a call with the credentials of a workload';
  return `Nothing was judged: ${why}.`;
}
