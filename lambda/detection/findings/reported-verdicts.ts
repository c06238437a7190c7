import { isoTime } from '../model/event-time';
import type { FindingSummary } from '../model/finding';
import type { Settings } from '../model/settings';
import type { Judgement, Verdict } from '../judge/judge';
import { findingOrigin, findingWorkload, sessionsOf } from './finding-parts';
import { suppressedBy } from './suppression';
import { compareText } from '../model/compare-text';

export interface ReportedVerdict {
  readonly verdict: Verdict;
  readonly summary: FindingSummary;
}

/** The verdicts on one workload by how they are reported. */
export interface ReportedVerdicts {
  /**
   * One finding each: the first `maxOriginsPerWorkload`, and after them the first of each further type and severity. Later
   * sightings so replace none of them, and a flood of one kind hides no other.
   */
  readonly shown: readonly ReportedVerdict[];
  /** The others by first sighting: one finding for all. */
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
  open.sort(byFirstSeen);
  const shown = open.slice(0, most);
  const kinds = new Set(shown.map(kindOf));
  const capped: ReportedVerdict[] = [];
  for (const one of open.slice(most)) {
    (kinds.has(kindOf(one)) ? capped : shown).push(one);
    kinds.add(kindOf(one));
  }
  return { shown, capped, suppressed };
}

function kindOf({ verdict }: ReportedVerdict): string {
  return `${verdict.type} ${verdict.severity}`;
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

function byFirstSeen({ verdict: a }: ReportedVerdict, { verdict: b }: ReportedVerdict): number {
  return a.first.event.time - b.first.event.time || compareText(a.origin.key, b.origin.key);
}
