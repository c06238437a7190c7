import { adviceOn } from './finding-types';
import { callWords, compareEvents, sortText, type Call } from '../facts/call-sample';
import type { LockedOrigin } from '../judge/rule';
import { evidenceOf } from './evidence';
import { FINDING_SCHEMA, type Finding, type FindingEvent, type LockEntry } from '../model/finding';
import type { ChainedSessions } from './chained-sessions';
import { callsFrom, type History } from '../facts/workload-history';
import { isoTime } from '../model/event-time';
import { roleOf } from '../model/session-arn';
import type { Judgement, Verdict } from '../judge/judge';
import type { ReportedVerdict } from './reported-verdicts';
import type { SeenOrigin } from '../model/origin';
import { workloadKey, type Workload } from '../model/workload';
import { textOfFinding } from './finding-text';

export function composeFinding(
  { verdict, summary }: ReportedVerdict,
  judgement: Judgement,
  chained: ChainedSessions,
): Finding {
  const { history, lock } = judgement;
  const role = roleOf(verdict.first.caller.sessionArn);
  const calls = reportedCalls(verdict, history);
  return {
    schema: FINDING_SCHEMA,
    id: findingId(history.workload, verdict.origin.key),
    incidentId: incidentId(history.workload),
    type: verdict.type,
    severity: verdict.severity,
    status: 'ACTIVE',
    contested: verdict.contested,
    sample: false,
    ...textOfFinding(verdict, history.workload, role, history.kind.noun),
    workload: summary.workload,
    sessions: summary.sessions,
    origin: summary.origin,
    lock: lockEntries(lock, verdict.origin),
    firstSeen: summary.firstSeen,
    lastSeen: isoTime(calls.lastTime),
    calls: calls.more ? null : calls.calls.length,
    callsAtLeast: calls.more ? calls.calls.length : null,
    events: eventsOf([...calls.calls, ...chained.calls]),
    evidence: [...evidenceOf(verdict, judgement), ...chained.evidence],
    ruledOut: verdict.ruledOut,
    related: chained.related,
    workloads: null,
    archivedBecause: null,
    advice: adviceOn(verdict.type),
  };
}

/** Stable for a workload and origin, so that publishing a finding again updates it. */
export function findingId(workload: Workload, originKey: string): string {
  return `credlock/${workloadKey(workload)}/${originKey}`;
}

export function incidentId(workload: Workload): string {
  return `credlock/incident/${workloadKey(podByName(workload))}`;
}

/** `demo/shop/web-1/<uid>`, by Pod Identity and by tokens. */
const POD_BY_UID = /^([^/]+\/[^/]+\/)([^/]+)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** `demo/shop/Pod/web-1`, by other records of a cluster, which may lack the uid. */
const POD_BY_NAME = /^([^/]+\/[^/]+\/)Pod\/([^/]+)$/;

/** Findings on one pod are one incident. */
function podByName(workload: Workload): Workload {
  const { kind, id } = workload;
  const isPod = kind === 'eks-pod' || kind === 'kubernetes-workload';
  const [, place, name] = (isPod ? (POD_BY_UID.exec(id) ?? POD_BY_NAME.exec(id)) : null) ?? [];
  return place === undefined ? workload : { ...workload, kind: 'eks-pod', id: [place, name].join('') };
}

function lockEntries(lock: readonly LockedOrigin[], suspect: SeenOrigin): LockEntry[] {
  return lock
    .filter(({ origin }) => origin.kind !== 'service' && origin.key !== suspect.key)
    .map(({ origin, because, since, until }) => ({
      origin: shownOrigin(origin),
      because,
      since: isoTime(since),
      until: until === null ? null : isoTime(until),
    }));
}

function shownOrigin({ kind, ip, endpointId, endpointAccount, cluster }: SeenOrigin): LockEntry['origin'] {
  if (cluster !== undefined) return { kind, ip, cluster };
  return kind === 'endpoint' ? { kind, ip, endpointId, endpointAccount } : { kind, ip };
}

/** The kept calls from the origin since its first suspicious one, and the first of each hour even beyond the sample. */
export function reportedCalls(
  { origin, sightings, first }: Verdict,
  history: History,
): { calls: Call[]; more: boolean; lastTime: number } {
  const kept = callsFrom(history, origin.key);
  const keys = new Set(sightings.map(({ caller }) => caller.accessKeyId));
  const calls = kept.calls.filter((call) => keys.has(call.accessKeyId) && call.time >= first.event.time);
  const known = new Set(calls.map(({ id }) => id));
  for (const { event, caller } of sightings) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    const { time, id, what } = event;
    calls.push({ time, id, what, accessKeyId: caller.accessKeyId });
  }
  calls.sort(compareEvents);
  const lastCall = calls.at(-1)?.time ?? first.event.time;
  return { calls, more: kept.more, lastTime: kept.more ? Math.max(kept.lastTime, lastCall) : lastCall };
}

export /** Each once: a chained session's calls are the workload's too. Of two versions of a record the one with the smaller text is kept. */
function eventsOf(calls: readonly Call[]): FindingEvent[] {
  const unique = new Map<string, Call>();
  for (const call of calls) {
    const known = unique.get(`${call.time} ${call.id}`);
    if (!known || sortText(call) < sortText(known)) unique.set(`${call.time} ${call.id}`, call);
  }
  return [...unique.values()].sort(compareEvents).map(findingEvent);
}

export function findingEvent({ id, time, what, accessKeyId }: Call): FindingEvent {
  return { id, time: isoTime(time), ...callWords(what), accessKeyId };
}
