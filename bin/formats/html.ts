import { newestTime, oldestTime } from '../../lambda/detection/facts/retention';
import { incidentId } from '../../lambda/detection/findings/compose-finding';
import { postureSections } from '../posture/posture-section';
import type { Coverage } from '../report/coverage';
import { incidentPicture } from '../report/incident-picture';
import type { Picture } from '../report/picture';
import type * as Report from '../report/report';
import { findingRows } from './csv';
import type { ReplayWriter, OutputFormat, ReplayResult } from './output-format';

/** One self-contained page for a browser, with a picture of each incident. */
export const HTML: OutputFormat = {
  name: 'html',
  extension: 'html',
  reader: 'browser',
  inputDigests: true,
  start: reportWriter,
  writePosture: null,
};

async function reportWriter(): Promise<ReplayWriter> {
  const { reportHtml } = await loadReport();
  const pictures = new Map<string, Picture>();
  return {
    onJudgement(judgement, findings) {
      if (findings.length === 0) return;
      pictures.set(incidentId(judgement.history.workload), incidentPicture(judgement, findings));
    },
    write: (result) =>
      reportHtml({
        findings: result.findings,
        csvRows: findingRows,
        pictures,
        coverage: coverageOf(result),
        sections: postureSections(result.postures()),
      }),
  };
}

function coverageOf({ read, detection, hidden, facts, settings, ipRanges }: ReplayResult): Coverage {
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

/** A bundle of its own, since the report's chart library is needed by no other command. */
function loadReport(): Promise<typeof Report> {
  return import('../report/report.js');
}
