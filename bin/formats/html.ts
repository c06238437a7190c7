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
        findings: result.excerpt?.findings ?? result.findings,
        csvRows: findingRows,
        pictures: result.excerpt?.pictures ?? pictures,
        coverage: coverageOf(result),
        sections: postureSections(result.postures()),
      }),
  };
}

function coverageOf({ findings, excerpt, read, detection, hidden, seen, settings, ipRanges }: ReplayResult): Coverage {
  const isPart = excerpt !== null && excerpt.findings.length < findings.length;
  return {
    ...seen(),
    beyond: isPart ? { findings: findings.length, incidents: excerpt.incidents, rest: excerpt.rest } : null,
    read,
    counts: detection.counts,
    suppressed: detection.suppressed.length,
    hidden,
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
