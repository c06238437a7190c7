import { SEVERITIES, type Finding } from '../../lambda/detection/finding';
import type { Detection } from '../../lambda/detection/detect';

export interface ReadCounts {
  readonly files: number;
  readonly records: number;
  /** By reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

/** What a run read, judged and left out: nothing is lost silently. */
export function summary(
  read: ReadCounts,
  { counts, suppressed }: Detection,
  shown: readonly Finding[],
  hidden: number,
): string {
  const skipped = [...read.skipped]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => `${reason} ${grouped(count)}`);
  const severities = [...SEVERITIES]
    .reverse()
    .map((severity) => `${severity} ${shown.filter((finding) => finding.severity === severity).length}`);
  const lines = [
    `Read ${grouped(read.files)} files, ${grouped(read.records)} records${read.problems.length > 0 ? `; ${read.problems.length} inputs were not read whole` : ''}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    `Judged ${grouped(counts.workloads)} workloads with ${grouped(counts.sessions)} sessions. Unproven sightings ${grouped(counts.unproven)}, of other people’s keys ${grouped(counts.disproved)}, relayed ${grouped(counts.relayed)}${counts.tooOld > 0 ? `; ${counts.tooOld} workloads too-old (raise retentionDays to judge them)` : ''}.`,
    `Findings: ${severities.join(', ')}. Suppressed ${suppressed.length}${hidden > 0 ? `; ${hidden} outside --since, --until or --min-severity` : ''}.`,
  ];
  return `${lines.join('\n')}\n`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
