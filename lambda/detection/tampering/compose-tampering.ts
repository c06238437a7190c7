import { cidrSet } from '../model/address';
import { adviceOn } from '../findings/finding-types';
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
import type { Part } from './detector-resources';
import type { Tampering } from './read-tampering';
import { workloadKey } from '../model/workload';
import { WORKLOAD_KINDS } from '../kinds/all-kinds';
import { asSentence } from '../findings/finding-text';

/** What is tampered with stands in the place of a workload: the detector in this account. */
export const DETECTOR_KIND = 'detector';

const MOST_EVENTS = 200;
const MOST_LINES = 40;
const HOUR = 3_600_000;

/**
 * Calls by one caller in one account within an hour are told together: who removes a deployment makes dozens.
 * The text is the same for ever, whatever else is told of that hour.
 */
export function tamperingGroup({ partition, account, by, time }: Tampering): string {
  const hour = isoTime(Math.floor(time / HOUR) * HOUR).slice(0, 13);
  return `${partition}/${account}/${hour}/${by}`;
}

/** One finding for all that one group did, in whatever order it was learned; null for nothing. */
export function composeTampering(group: readonly Tampering[]): Finding | null {
  const acts = [...group].sort((a, b) => a.time - b.time || (a.eventId < b.eventId ? -1 : 1));
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
    severity: acts.some(isByWorkload) ? 'HIGH' : 'MEDIUM',
    status: 'ACTIVE',
    contested: false,
    sample: false,
    title: `Detector in account ${account}: ${actText(first)}${andMore(acts.length - 1)}`.slice(0, 256),
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

/** What CloudFormation does for a workload may be a deployment by a build server. */
function isByWorkload({ workload, byDeployment }: Tampering): boolean {
  return workload !== null && !byDeployment;
}

/** The one the title tells: by a workload before others', done before refused. */
function isWorst(acts: readonly Tampering[]): (act: Tampering) => boolean {
  const highest = Math.max(...acts.map(rankOf));
  return (act) => rankOf(act) === highest;
}

function rankOf(act: Tampering): number {
  return (isByWorkload(act) ? 2 : 0) + (act.errorCode === null ? 1 : 0);
}

function detectorKey({ partition, account }: Tampering): string {
  return workloadKey({ partition, account, kind: DETECTOR_KIND, id: 'credlock' });
}

function detectorIn({ partition, account, region }: Tampering): FindingWorkload {
  return { kind: DETECTOR_KIND, id: 'credlock', account, region: region || null, partition, attributes: {} };
}

function actText({ part, name, was, errorCode }: Tampering): string {
  const what = `${part} ${name.slice(0, 80)}`;
  return errorCode === null ? `${what} was ${was}` : `${what} was to be ${was}, which was refused`;
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

/** What is lost as long as it stays so. */
const BLINDS: Readonly<Record<Part, string>> = {
  rule: 'Events it passed on do not reach the detector any more from there.',
  bus: 'Events of the accounts that send to it do not reach the detector any more.',
  queue: 'What waited in it, or would, may be lost.',
  table: 'What the detector knows, and the findings it keeps up to date, are at stake.',
  function: 'What it does for the detector may not be done, or done otherwise.',
  role: 'What is done with it, forwarding events or asking member accounts, may fail.',
  stack: 'Everything it deployed there goes with it.',
  bucket: 'Settings, address ranges or log files kept in it are at stake.',
  topic: 'People may not be told of findings.',
  alarm: 'Nobody may be told when the detector stops working.',
  'log group': 'What the detector said of its own work there is gone.',
  schedule: 'What it starts is not done any more: canaries, or judging again.',
  key: 'What is encrypted with it, the table, queues and settings, cannot be read or written as long as it is away.',
  service: 'Findings are not imported there any more.',
  trail: 'What the trail leaves out, EventBridge and the log files leave out too: the detector does not see it.',
};

function callerText({ by, workload }: Tampering): string {
  return workload ? `A session of ${nounOf(workload.kind)} ${workload.id} (${by.slice(0, 200)})` : by.slice(0, 200);
}

function nounOf(kind: string): string {
  return WORKLOAD_KINDS.find(({ name }) => name === kind)?.noun ?? kind;
}

const SHOWN: Readonly<Record<Tampering['shown'], string>> = {
  scope: 'The record names the workload its credentials were issued to',
  delivery: 'The record says that its credentials came from the instance metadata service',
  shape: 'The name of the session has the form of such a workload’s, which anybody can choose who may assume the role',
  none: '',
};

function whoseLines({ workload, shown }: Tampering): string[] {
  return workload ? [`${SHOWN[shown]}: ${nounOf(workload.kind)} ${workload.id}, account ${workload.account}.`] : [];
}

function actLines(acts: readonly Tampering[]): string[] {
  const lines = acts.slice(0, MOST_LINES).map((act) => {
    const how = act.byDeployment ? ', through CloudFormation' : '';
    const failed = act.errorCode === null ? '' : ` (${act.errorCode})`;
    const where = act.region === '' ? '' : ` in ${act.region}`;
    return `${isoTime(act.time)}${where}: ${actText(act)} (${act.eventName}${how})${failed}, record ${act.eventId}.`;
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
  };
}
