import { cidrSet } from '../model/address';
import { adviceOn, FINDING_TYPE_TABLE, severityOf } from '../findings/finding-types';
import { incidentId } from '../findings/compose-finding';
import {
  FINDING_SCHEMA,
  type Finding,
  type FindingEvent,
  type FindingOrigin,
  type FindingSession,
  type FindingWorkload,
} from '../model/finding';
import { isoTime } from '../model/event-time';
import { originOf, originText } from '../model/origin';
import { parseSessionArn } from '../model/session-arn';
import type { Part } from './act';
import { isRoutine, type Tampering } from './read-tampering';
import { workloadKey } from '../model/workload';
import { WORKLOAD_KINDS } from '../kinds/all-kinds';
import { asSentence } from '../findings/finding-text';
import { compareText } from '../model/compare-text';

/** Findings about tampering have the detector in the account as their workload. */
export const DETECTOR_KIND = 'detector';

const MOST_EVENTS = 200;
const MOST_LINES = 40;
const HOUR = 3_600_000;

/**
 * The key of calls that make one finding: those by one caller in one account within an hour, or those of stacks and of
 * CloudFormation, which makes dozens for one update, as the caller or by a role of its own.
 */
export function tamperingGroup({ partition, account, by, time, part, byDeployment }: Tampering): string {
  const hour = isoTime(Math.floor(time / HOUR) * HOUR).slice(0, 13);
  return `${partition}/${account}/${hour}/${byDeployment || part === 'stack' ? 'deployment' : by}`;
}

/** One finding for a group's calls, in any order; null for none. */
export function composeTampering(group: readonly Tampering[]): Finding | null {
  const acts = [...group].sort((a, b) => a.time - b.time || compareText(a.eventId, b.eventId));
  const first = acts.find(isWorst(acts)) ?? acts[0];
  const last = acts.at(-1);
  const [earliest] = acts;
  if (!first || !earliest || !last) return null;
  const { account, workload } = first;
  return {
    schema: FINDING_SCHEMA,
    id: `credlock/tampering/${tamperingGroup(first)}`,
    incidentId: workload ? incidentId(workload) : `credlock/incident/${detectorKey(first)}`,
    type: 'DetectorTampered',
    severity: acts.every(isMinor) ? 'LOW' : severityOf('DetectorTampered', !acts.some(isByWorkload)),
    status: 'ACTIVE',
    contested: false,
    sample: false,
    title: FINDING_TYPE_TABLE.DetectorTampered.title({
      subject: `${actText(first)}${andMore(acts.length - 1)}`,
      account,
      place: '',
      count: acts.length,
    }).slice(0, 256),
    description: descriptionOf(first, acts.length).slice(0, 1_000),
    workload: detectorIn(first),
    sessions: sessionsOf(acts),
    origin: originIn(first),
    lock: [],
    firstSeen: isoTime(earliest.time),
    lastSeen: isoTime(last.time),
    calls: acts.length > MOST_EVENTS ? null : acts.length,
    callsAtLeast: acts.length > MOST_EVENTS ? MOST_EVENTS : null,
    events: acts.slice(0, MOST_EVENTS).map(eventOf),
    evidence: [...whoseLines(first), ...actLines(acts)],
    ruledOut: [],
    related: [],
    workloads: null,
    archivedBecause: null,
    advice: adviceOn('DetectorTampered'),
  };
}

/** A workload's calls through CloudFormation may be a build server's deployment. */
function isByWorkload({ workload, byDeployment }: Tampering): boolean {
  return workload !== null && !byDeployment;
}

function isMinor(act: Tampering): boolean {
  return isRoutine(act) && !isByWorkload(act);
}

/** The call for the title: a workload's before others', harm before routine, the update of a stack before what it changed. */
function isWorst(acts: readonly Tampering[]): (act: Tampering) => boolean {
  const highest = Math.max(...acts.map(rankOf));
  return (act) => rankOf(act) === highest;
}

function rankOf(act: Tampering): number {
  const weight = [act.part === 'stack', act.errorCode === null, !isRoutine(act), isByWorkload(act)];
  return weight.reduce((sum, holds, at) => sum + (holds ? 2 ** at : 0), 0);
}

function detectorKey({ partition, account }: Tampering): string {
  return workloadKey({ partition, account, kind: DETECTOR_KIND, id: 'credlock' });
}

function detectorIn({ partition, account, region }: Tampering): FindingWorkload {
  return { kind: DETECTOR_KIND, id: 'credlock', account, region: region || null, partition, attributes: {} };
}

function actText({ part, name, was, errorCode }: Tampering): string {
  const what = `${part} ${name.slice(0, 80)}`;
  return errorCode === null ? `${what} was ${was}` : `${what} would have been ${was}, but the call was refused`;
}

function andMore(more: number): string {
  return more === 0 ? '' : `, and ${more} more`;
}

function descriptionOf(act: Tampering, calls: number): string {
  const { eventSource, eventName, account, region, time, part } = act;
  const where = `in account ${account}${region === '' ? '' : `, ${region}`}, at ${isoTime(time)}`;
  const from = act.source ? ` from ${placeOf(act)}` : '';
  const how = act.byDeployment ? ' through CloudFormation' : '';
  return [
    asSentence(actText(act)),
    `${callerText(act)} called ${eventSource} ${eventName} ${where}${from}${how}.`,
    ...(act.errorCode === null ? [BLINDS[part]] : []),
    ...(calls > 1 ? [`${calls} such calls were made within the hour; the evidence lists them.`] : []),
  ].join(' ');
}

/** The consequence for the detector. */
const BLINDS: Readonly<Record<Part, string>> = {
  rule: 'Events that it forwarded no longer reach the detector.',
  bus: 'Events of the accounts that send to it no longer reach the detector.',
  queue: 'Its messages may be lost.',
  table: 'The detector’s facts, and the state of published findings, may be lost.',
  function: 'Its part of the detection may fail or be altered.',
  role: 'Forwarding events or querying member accounts may fail.',
  stack: 'Resources that it deployed are removed or changed.',
  bucket: 'Settings, address ranges or log files in it may be lost or altered.',
  topic: 'Notifications about findings may not be delivered.',
  alarm: 'A failure of the detector may go unnoticed.',
  'log group': 'The detector’s own logs there are lost.',
  'log group of an agent': 'Alarms of that agent no longer reach the detector until it can write them again.',
  'delivery stream': 'Audit records and alarms of Kubernetes clusters no longer reach the detector.',
  destination: 'Audit records and alarms of Kubernetes clusters in its Region no longer reach the detector.',
  subscription: 'Records of that log group no longer reach the detector until it is subscribed again.',
  key: 'Everything encrypted with it (table, queues, settings) cannot be read or written until it is restored.',
  service: 'Findings may no longer be imported or shown, or new accounts may not be watched.',
  account: 'The members deployed to it may be removed, and its events no longer arrive.',
  policy: 'It may deny what the detector needs, or no longer deny what a guardrail denied.',
  Region: 'Nothing is recorded or forwarded there.',
  trail:
    'Events that the trail leaves out are missing from EventBridge and the log files, so the detector does not see them.',
};

function callerText({ by, workload }: Tampering): string {
  return workload ? `A session of ${nounOf(workload.kind)} ${workload.id} (${by.slice(0, 200)})` : by.slice(0, 200);
}

function nounOf(kind: string): string {
  return WORKLOAD_KINDS.find(({ name }) => name === kind)?.noun ?? kind;
}

const SHOWN: Readonly<Record<Tampering['shown'], string>> = {
  scope: 'The record names the workload its credentials were issued to',
  delivery: 'The record shows that its credentials came from the instance metadata service',
  shape: 'The session name looks like a workload’s, but anyone who may assume the role can choose it',
  none: '',
};

function whoseLines({ workload, shown }: Tampering): string[] {
  return workload ? [`${SHOWN[shown]}: ${nounOf(workload.kind)} ${workload.id}, account ${workload.account}.`] : [];
}

function actLines(acts: readonly Tampering[]): string[] {
  const callers = new Set(acts.map(({ by }) => by)).size;
  const lines = acts.slice(0, MOST_LINES).map((act) => {
    const how = act.byDeployment ? ', through CloudFormation' : '';
    const failed = act.errorCode === null ? '' : ` (${act.errorCode})`;
    const where = act.region === '' ? '' : ` in ${act.region}`;
    return `${isoTime(act.time)}${where}: ${actText(act)} (${act.eventName}${how}${callers > 1 ? ` by ${act.by.slice(0, 200)}` : ''})${failed}, record ${act.eventId}.`;
  });
  const more = acts.length - lines.length;
  return more === 0 ? lines : [...lines, `And ${more} more such calls.`];
}

function sessionsOf(acts: readonly Tampering[]): FindingSession[] {
  const keys = new Map<string, Set<string>>();
  for (const { by, accessKeyId } of acts) {
    if (!parseSessionArn(by)) continue;
    const known = keys.get(by) ?? new Set<string>();
    if (accessKeyId !== null) known.add(accessKeyId);
    keys.set(by, known);
  }
  return [...keys].map(([arn, ids]) => ({
    arn,
    role: parseSessionArn(arn)?.role ?? arn,
    accessKeyIds: [...ids].sort(),
  }));
}

const NO_PRIVATE_NETWORKS = cidrSet([]);

function originIn({ source }: Tampering): FindingOrigin | null {
  if (!source) return null;
  const { kind, ip, endpointId, endpointAccount, service } = originOf(source, NO_PRIVATE_NETWORKS);
  const ownership = service === null ? 'unknown' : 'none';
  return { kind, ip, endpointId, endpointAccount, service, ownership, account: null, region: null };
}

function placeOf({ source }: Tampering): string {
  return source ? originText(originOf(source, NO_PRIVATE_NETWORKS)) : '';
}

function eventOf({
  eventId,
  time,
  region,
  eventSource,
  eventName,
  errorCode,
  userAgent,
  accessKeyId,
}: Tampering): FindingEvent {
  return {
    id: eventId,
    time: isoTime(time),
    region,
    source: eventSource,
    name: eventName,
    errorCode,
    userAgent,
    accessKeyId,
    resource: null,
  };
}
