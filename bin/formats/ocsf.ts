import { serviceOf } from '../../lambda/detection/findings/call-impact';
import { byGravity } from '../../lambda/detection/findings/taken';
import { techniquesOf } from '../../lambda/detection/findings/techniques';
import type { Finding, FindingEvent, Severity } from '../../lambda/detection/model/finding';
import { printableJson } from '../../lambda/detection/model/printable';
import { version } from '../../package.json';
import type { OutputFormat } from './output-format';

/** One Detection Finding (class 2004) of OCSF 1.5 per line, the gravest first. */
export const OCSF: OutputFormat = {
  name: 'ocsf',
  extension: 'jsonl',
  reader: 'program',
  inputDigests: false,
  start: () => ({ write: ({ findings }) => linesOf(byGravity(findings)) }),
  writePosture: null,
};

const SCHEMA_VERSION = '1.5.0';
const CLASS = { class_uid: 2_004, class_name: 'Detection Finding', category_uid: 2, category_name: 'Findings' };
const ACTIVITY = { activity_id: 1, activity_name: 'Create', type_uid: 200_401, type_name: 'Detection Finding: Create' };
const SEVERITY: Readonly<Record<Severity, { readonly severity_id: number; readonly severity: string }>> = {
  INFORMATIONAL: { severity_id: 1, severity: 'Informational' },
  LOW: { severity_id: 2, severity: 'Low' },
  MEDIUM: { severity_id: 3, severity: 'Medium' },
  HIGH: { severity_id: 4, severity: 'High' },
};
/** Version of ATT&CK that the technique ids are taken from. */
const ATTACK_VERSION = '17';
const MOST_EVIDENCES = 50;

function* linesOf(findings: readonly Finding[]): Generator<string> {
  for (const finding of findings) yield `${printableJson(detectionFinding(finding))}\n`;
}

function detectionFinding(finding: Finding): object {
  const { severity, title, description, workload, workloads, evidence, advice, lastSeen } = finding;
  const home = workload ?? workloads?.[0];
  return {
    ...CLASS,
    ...ACTIVITY,
    ...SEVERITY[severity],
    status_id: 1,
    status: 'New',
    time: Date.parse(lastSeen),
    message: title,
    metadata: {
      version: SCHEMA_VERSION,
      profiles: ['cloud'],
      product: { name: 'credlock', vendor_name: 'credlock', version },
      uid: finding.id,
    },
    cloud: {
      provider: 'AWS',
      ...(home && { account: { uid: home.account, name: home.account, type: 'AWS Account', type_id: 10 } }),
      ...(home?.region && { region: home.region }),
    },
    finding_info: infoOf(finding),
    resources: resourcesOf(finding),
    evidences: finding.events.slice(0, MOST_EVIDENCES).map((event) => evidenceOf(event, finding)),
    observables: observablesOf(finding),
    remediation: { desc: advice.join(' ') },
    status_detail: description,
    unmapped: { evidence, contested: finding.contested, calls: finding.calls ?? finding.callsAtLeast },
  };
}

function infoOf(finding: Finding): object {
  const { id, incidentId, type, title, description, firstSeen, lastSeen } = finding;
  return {
    uid: id,
    title,
    desc: description,
    types: [type],
    first_seen_time: Date.parse(firstSeen),
    last_seen_time: Date.parse(lastSeen),
    created_time: Date.parse(firstSeen),
    related_events: [{ uid: incidentId, type: 'Incident' }],
    analytic: { name: type, uid: `credlock/${type}`, type: 'Rule', type_id: 1 },
    attacks: techniquesOf(finding).map(({ id: uid, name }) => ({ version: ATTACK_VERSION, technique: { uid, name } })),
  };
}

function resourcesOf({ workload, workloads, events }: Finding): object[] {
  const subjects = (workload ? [workload] : (workloads ?? [])).map(({ id, kind, region, partition }) => ({
    uid: id,
    name: id,
    type: kind,
    cloud_partition: partition,
    ...(region && { region }),
    role_id: 1,
    role: 'Target',
  }));
  const affected = new Set(events.flatMap(({ resource, errorCode }) => (errorCode === null ? (resource ?? []) : [])));
  return [...subjects, ...[...affected].map((name) => ({ name, role_id: 3, role: 'Affected' }))];
}

function evidenceOf(event: FindingEvent, { origin, sessions }: Finding): object {
  const { accessKeyId, errorCode, userAgent } = event;
  const session = sessions.find(({ accessKeyIds }) => accessKeyId !== null && accessKeyIds.includes(accessKeyId));
  return {
    api: {
      operation: event.name,
      service: { name: serviceOf(event.source), uid: event.source, version: '' },
      request: { uid: event.id },
      ...(errorCode !== null && { response: { error: errorCode } }),
    },
    actor: {
      user: {
        ...(session && { uid: session.arn, name: session.role }),
        ...(accessKeyId && { credential_uid: accessKeyId }),
      },
    },
    ...(origin?.ip && { src_endpoint: { ip: origin.ip, ...(userAgent && { agent_list: [{ name: userAgent }] }) } }),
    data: { time: event.time, region: event.region, resource: event.resource },
  };
}

/** Types: 2 an IP address, 10 a resource, 99 another (access keys). */
function observablesOf({ origin, workload, sessions }: Finding): object[] {
  const keys = [...new Set(sessions.flatMap(({ accessKeyIds }) => accessKeyIds))];
  return [
    ...(origin?.ip ? [{ name: 'evidences[].src_endpoint.ip', type_id: 2, type: 'IP Address', value: origin.ip }] : []),
    ...(workload ? [{ name: 'resources[].uid', type_id: 10, type: 'Resource UID', value: workload.id }] : []),
    ...keys.map((value) => ({
      name: 'evidences[].actor.user.credential_uid',
      type_id: 99,
      type: 'Access Key ID',
      value,
    })),
  ];
}
