import { adviceOn } from './finding-types';
import { compareEvents } from '../facts/call-sample';
import { findingOrigin, findingWorkload, incidentId, sessionsOf } from './compose-finding';
import { FINDING_SCHEMA, type Finding } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { Judgement, Step } from '../judge/judge';
import { originText } from '../model/origin';
import { ownerOf, type Owner } from '../judge/ownership';
import { asSentence } from './finding-text';
import type { Peers } from '../judge/peers';

/** What is told once: a service that calls for a role, or an address that was learned as shared egress. */
interface Told {
  readonly id: string;
  readonly type: 'ServiceCaller' | 'EgressLearned';
  readonly title: string;
  readonly step: Step;
  readonly judgement: Judgement;
  readonly around: Peers;
}

/**
 * The informational findings: which services call for a role, and which address was learned as shared egress. One per
 * account, role and service, one per account and address: the earliest speaks.
 */
export function informationalFindings(judgements: Iterable<{ judgement: Judgement; around: Peers }>): Finding[] {
  const earliest = new Map<string, Told>();
  for (const { judgement, around } of judgements) {
    for (const step of judgement.steps) {
      const told = toldBy(step, judgement, around);
      const known = told && earliest.get(told.id);
      if (told && (!known || isBefore(told, known))) earliest.set(told.id, told);
    }
  }
  return [...earliest.values()].map(tell);
}

function isBefore(one: Told, other: Told): boolean {
  const { event } = one.step.sighting;
  const apart = compareEvents(event, other.step.sighting.event);
  return apart === 0 ? one.judgement.history.key < other.judgement.history.key : apart < 0;
}

function toldBy(step: Step, judgement: Judgement, around: Peers): Told | null {
  const { ruling, sighting, rule } = step;
  if (ruling.ruling !== 'trusted') return null;
  const { account, partition } = judgement.history.workload;
  const place = originText(sighting.origin);
  const start = `credlock/${partition}/${account}`;
  if (rule === 'service-caller') {
    const id = `${start}/service-caller/${sighting.role}/${place}`;
    const title = `${place} calls with credentials of role ${sighting.role}`;
    return { id, type: 'ServiceCaller', title, step, judgement, around };
  }
  if (rule !== 'shared-egress') return null;
  const id = `${start}/egress-learned/${place}`;
  const title = `${place} was learned as an egress that workloads of account ${account} share`;
  return { id, type: 'EgressLearned', title, step, judgement, around };
}

function tell({ id, type, title, step, judgement, around }: Told): Finding {
  const { sighting, ruling } = step;
  const { who, history } = judgement;
  const time = isoTime(sighting.event.time);
  const learned = {
    anchors: judgement.anchors,
    displaced: new Map(),
    relayed: new Set<string>(),
    lock: new Map(),
    doors: [],
  };
  const owner: Owner = ownerOf({ who, sighting, origin: sighting.origin, time: sighting.event.time, learned, around });
  return {
    schema: FINDING_SCHEMA,
    id,
    type,
    title,
    incidentId: incidentId(history.workload),
    severity: 'INFORMATIONAL',
    status: 'ACTIVE',
    contested: false,
    sample: false,
    description: `${asSentence(ruling.why)} First seen at ${time} with credentials of ${history.workload.id}.`,
    workload: findingWorkload(who),
    sessions: sessionsOf([sighting]),
    origin: findingOrigin(sighting.origin, owner),
    lock: [],
    firstSeen: time,
    lastSeen: time,
    calls: null,
    callsAtLeast: 1,
    events: [],
    evidence: [`See record ${sighting.event.id}.`],
    ruledOut: [],
    related: [],
    workloads: null,
    archivedBecause: null,
    advice: adviceOn(type),
  };
}
