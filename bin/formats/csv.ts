import { byGravity, callGroups } from '../../lambda/detection/findings/taken';
import { techniquesOf } from '../../lambda/detection/findings/techniques';
import type { Finding } from '../../lambda/detection/model/finding';
import { originText } from '../../lambda/detection/model/origin';
import { callGroupText, takenText } from '../../lambda/detection/findings/taken-text';
import { findingPlace } from '../report/place-text';
import { OWNERS } from '../terminal/labels';
import { csvRows } from './csv-rows';
import type { OutputFormat } from './output-format';

/** One row a finding, the gravest first, with a header. */
export const CSV: OutputFormat = {
  name: 'csv',
  extension: 'csv',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: ({ findings }) => findingRows(byGravity(findings)) }),
  writePosture: null,
};

/** One line a finding, in their order, the header first. */
export function findingRows(findings: readonly Finding[]): Iterable<string> {
  return csvRows(COLUMNS, findings);
}

const COLUMNS: Readonly<Record<string, (finding: Finding) => string | number>> = {
  severity: ({ severity }) => severity,
  type: ({ type }) => type,
  title: ({ title }) => title,
  account: (finding) => listed(workloadsIn(finding).map(({ account }) => account)),
  region: (finding) => listed(workloadsIn(finding).map(({ region }) => region ?? '')),
  workload: (finding) => listed(workloadsIn(finding).map(({ id }) => id)),
  role: ({ sessions }) => listed(sessions.map(({ role }) => role)),
  session: ({ sessions }) => listed(sessions.map(({ arn }) => arn)),
  access_key_ids: ({ sessions }) => listed(sessions.flatMap(({ accessKeyIds }) => accessKeyIds)),
  origin: (finding) => findingPlace(finding, originText),
  origin_owner: ({ origin }) => (origin ? OWNERS[origin.ownership] : ''),
  origin_account: ({ origin }) => origin?.account ?? '',
  contested: ({ contested }) => String(contested),
  first_seen: ({ firstSeen }) => firstSeen,
  last_seen: ({ lastSeen }) => lastSeen,
  calls: ({ calls, callsAtLeast }) => calls ?? `at least ${callsAtLeast ?? 0}`,
  taken: (finding) => takenText([finding]),
  what_was_done: ({ events }) => callGroups(events).map(callGroupText).join('; '),
  techniques: (finding) => listed(techniquesOf(finding).map(({ id }) => id)),
  evidence: ({ evidence }) => evidence.join(' '),
  finding_id: ({ id }) => id,
  incident_id: ({ incidentId }) => incidentId,
};

function workloadsIn({ workload, workloads }: Finding): NonNullable<Finding['workloads']> {
  return workload ? [workload] : (workloads ?? []);
}

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].filter((text) => text !== '').join('; ');
}
