import { adviceOn, FINDING_TYPE_TABLE, severityOf } from './finding-types';
import { compareEvents } from '../facts/call-sample';
import { incidentId } from './compose-finding';
import { findingOrigin, findingWorkload, sessionsOf } from './finding-parts';
import { FINDING_SCHEMA, type Finding } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { Decision, Judgement } from '../judge/judge';
import { originText } from '../model/origin';
import { ownerOf, type Owner } from '../judge/ownership';
import { asSentence } from './finding-text';
import type { EventRef } from '../facts/facts';
import type { Peers } from '../judge/peers';
import type { WorkloadKey } from '../model/workload';

/** An informational finding before its texts are composed. */
interface Informational {
  readonly id: string;
  readonly type: 'ServiceCaller' | 'EgressLearned';
  readonly decision: Decision;
  readonly judgement: Judgement;
  readonly owner: Owner;
}

/** An informational finding, and what decides between findings of one id: the earlier call. Plain data. */
export interface Informed {
  readonly finding: Finding;
  readonly event: EventRef;
  readonly workload: WorkloadKey;
}

/**
 * Which services call for a role, and which addresses were learned as shared egress: one finding for each account, role and
 * service, and for each account and address, composed of the earliest call.
 */
export function informedOf(judgements: Iterable<{ judgement: Judgement; peers: Peers }>): Informed[] {
  return informationalDecisions(judgements).map((one) => {
    const { time, id, what } = one.decision.sighting.event;
    return { finding: compose(one), event: { time, id, what }, workload: one.judgement.history.key };
  });
}

/** The findings composed of the earliest calls. */
export function earliestInformed(informed: Iterable<Informed>): Finding[] {
  const earliest = new Map<string, Informed>();
  for (const one of informed) {
    const known = earliest.get(one.finding.id);
    if (!known || isBefore(one, known)) earliest.set(one.finding.id, one);
  }
  return [...earliest.values()].map(({ finding }) => finding);
}

/** The decisions they are composed of. */
export function informationalDecisions(judgements: Iterable<{ judgement: Judgement; peers: Peers }>): Informational[] {
  const earliest = new Map<string, Candidate>();
  for (const { judgement, peers } of judgements) {
    for (const decision of judgement.decisions) {
      const candidate = candidateOf(decision, judgement, peers);
      const known = candidate && earliest.get(candidate.id);
      if (candidate && (!known || isBefore(placeInTime(candidate), placeInTime(known))))
        earliest.set(candidate.id, candidate);
    }
  }
  return [...earliest.values()].map(({ peers, ...one }) => ({ ...one, owner: ownerIn(one, peers) }));
}

type Candidate = Omit<Informational, 'owner'> & { readonly peers: Peers };

type PlaceInTime = Pick<Informed, 'event' | 'workload'>;

function placeInTime({ decision, judgement }: Candidate): PlaceInTime {
  return { event: decision.sighting.event, workload: judgement.history.key };
}

function isBefore(one: PlaceInTime, other: PlaceInTime): boolean {
  const apart = compareEvents(one.event, other.event);
  return apart === 0 ? one.workload < other.workload : apart < 0;
}

function candidateOf(decision: Decision, judgement: Judgement, peers: Peers): Candidate | null {
  const { outcome, sighting, rule } = decision;
  if (outcome !== 'trusted') return null;
  const { account, partition } = judgement.history.workload;
  const place = originText(sighting.origin);
  const start = `credlock/${partition}/${account}`;
  if (rule === 'service-caller')
    return {
      id: `${start}/service-caller/${sighting.role}/${place}`,
      type: 'ServiceCaller',
      decision,
      judgement,
      peers,
    };
  if (rule !== 'shared-egress') return null;
  return { id: `${start}/egress-learned/${place}`, type: 'EgressLearned', decision, judgement, peers };
}

function ownerIn(
  { decision: { sighting }, judgement: { subject } }: Omit<Informational, 'owner'>,
  peers: Peers,
): Owner {
  const { origin, event } = sighting;
  return ownerOf({ subject, origin, time: event.time, learned: { lock: new Map() }, peers });
}

function compose({ id, type, decision, judgement, owner }: Informational): Finding {
  const { sighting, why } = decision;
  const { subject, history } = judgement;
  const time = isoTime(sighting.event.time);
  return {
    schema: FINDING_SCHEMA,
    id,
    type,
    title: FINDING_TYPE_TABLE[type].title({
      subject: `role ${sighting.role}`,
      account: history.workload.account,
      place: originText(sighting.origin),
      count: 1,
    }),
    incidentId: incidentId(history.workload),
    severity: severityOf(type),
    status: 'ACTIVE',
    contested: false,
    sample: false,
    description: `${asSentence(why)} First seen at ${time} with credentials of ${history.workload.id}.`,
    workload: findingWorkload(subject),
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
