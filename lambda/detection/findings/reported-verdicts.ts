import { isoTime } from '../model/event-time';
import type { FindingSummary } from '../model/finding';
import type { Settings } from '../model/settings';
import type { Judgement, Verdict } from '../judge/judge';
import { findingOrigin, findingWorkload, sessionsOf } from './finding-parts';
import { suppressedBy } from './suppression';

export interface ReportedVerdict {
  readonly verdict: Verdict;
  readonly summary: FindingSummary;
}

/** The verdicts on one workload by how they are reported. */
export interface ReportedVerdicts {
  /** One finding each. */
  readonly shown: readonly ReportedVerdict[];
  /** Those beyond `maxOriginsPerWorkload`, by first sighting: one finding for all, so that a flood buries nothing. */
  readonly capped: readonly ReportedVerdict[];
  readonly suppressed: readonly ReportedVerdict[];
}

export function reportedVerdicts(
  judgement: Judgement,
  { suppressions, maxOriginsPerWorkload: most }: Pick<Settings, 'suppressions' | 'maxOriginsPerWorkload'>,
): ReportedVerdicts {
  const suppressed: ReportedVerdict[] = [];
  const open: ReportedVerdict[] = [];
  for (const verdict of judgement.verdicts) {
    const summary = summaryOf(verdict, judgement);
    (suppressedBy(summary, suppressions) ? suppressed : open).push({ verdict, summary });
  }
  open.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return { shown: open.slice(0, most), capped: open.slice(most), suppressed };
}

/** The summaries of the findings that would be composed, without composing their texts. */
export function summariesOf({ shown, capped, suppressed }: ReportedVerdicts): FindingSummary[] {
  const [first] = capped;
  return [
    ...[...shown, ...suppressed].map(({ summary }) => summary),
    ...(first ? [{ ...first.summary, type: 'ManyOrigins' as const }] : []),
  ];
}

function summaryOf({ type, first, sightings, origin, owner }: Verdict, { subject }: Judgement): FindingSummary {
  return {
    type,
    firstSeen: isoTime(first.event.time),
    workload: findingWorkload(subject),
    workloads: null,
    sessions: sessionsOf(sightings),
    origin: findingOrigin(origin, owner),
  };
}

function orderOf({ verdict }: ReportedVerdict): string {
  return `${String(verdict.first.event.time).padStart(16, '0')} ${verdict.origin.key}`;
}
