import type { Detection } from '../../lambda/detection/detect';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import type { Finding } from '../../lambda/detection/model/finding';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Judgement } from '../../lambda/detection/judge/judge';
import { newestTime, oldestTime } from '../../lambda/detection/facts/retention';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Coverage } from '../report/coverage';
import { incidentPicture } from '../report/incident-picture';
import type { Picture } from '../report/picture';
import { incidentId } from '../../lambda/detection/findings/compose-finding';
import type { Posture } from '../../lambda/detection/posture/posture';
import { postureSections } from '../posture/posture-section';
import type { ReadCounts } from '../report/summary';
import type * as Report from '../report/report';

/** What a run came to, as far as a report tells of it. */
export interface RunOutcome {
  readonly read: ReadCounts;
  readonly detection: Detection;
  /** Findings outside of what was asked for. */
  readonly hidden: number;
  readonly facts: FactSet;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  readonly postures: readonly Posture[];
}

/** A report in the making: it is shown every judgement, and written at the end. */
export interface HtmlReport {
  judged(judgement: Judgement, findings: readonly Finding[]): void;
  html(findings: readonly Finding[], outcome: RunOutcome): Iterable<string>;
}

export async function newReport(): Promise<HtmlReport> {
  const { reportHtml } = await loadReport();
  const pictures = new Map<string, Picture>();
  return {
    judged(judgement, findings) {
      if (findings.length === 0) return;
      pictures.set(incidentId(judgement.history.workload), incidentPicture(judgement, findings));
    },
    html: (findings, outcome) =>
      reportHtml({
        findings,
        pictures,
        coverage: coverageOf(outcome),
        sections: postureSections(outcome.postures),
      }),
  };
}

function coverageOf({ read, detection, hidden, facts, settings, ipRanges }: RunOutcome): Coverage {
  const last = newestTime(facts);
  return {
    read,
    counts: detection.counts,
    suppressed: detection.suppressed.length,
    hidden,
    span: last === 0 ? null : { first: oldestTime(facts), last },
    accounts: [...facts.accounts],
    ipRanges: ipRanges?.createDate ?? null,
    settings: {
      organizationAccounts: settings.organizationAccounts.length,
      trustedNetworks: settings.trustedNetworks.length,
    },
  };
}

/** Loads the report, which is bundled apart: it brings a chart library that no other run has to load. */
export function loadReport(): Promise<typeof Report> {
  return import('../report/report.js');
}
