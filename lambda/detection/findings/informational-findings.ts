import { adviceOn } from './finding-types';
import { compareEvents } from '../facts/call-sample';
import { incidentId } from './compose-finding';
import { findingOrigin, findingWorkload, sessionsOf } from './finding-parts';
import { FINDING_SCHEMA, type Finding } from '../model/finding';
import { isoTime } from '../model/event-time';
import type { Judgement, Step } from '../judge/judge';
import { originText } from '../model/origin';
import { ownerOf, type Owner } from '../judge/ownership';
import { asSentence } from './finding-text';
import type { Peers } from '../judge/peers';

/** The first trusted call that an informational finding is about. */
interface Informational {
  readonly id: string;
  readonly type: 'ServiceCaller' | 'EgressLearned';
  readonly step: Step;
  readonly judgement: Judgement;
  readonly owner: Owner;
}

/**
 * The informational findings: which services call for a role, and which address was learned as shared egress. One per
 * account, role and service, one per account and address: the earliest speaks.
 */
export function informationalFindings(judgements: Iterable<{ judgement: Judgement; around: Peers }>): Finding[] {
  return informationalSteps(judgements).map(compose);
}

/** What the informational findings are composed of, with every question asked of `around`. */
export function informationalSteps(judgements: Iterable<{ judgement: Judgement; around: Peers }>): Informational[] {
  const earliest = new Map<string, Candidate>();
  for (const { judgement, around } of judgements) {
    for (const step of judgement.steps) {
      const candidate = candidateOf(step, judgement, around);
      const known = candidate && earliest.get(candidate.id);
      if (candidate && (!known || isBefore(candidate, known))) earliest.set(candidate.id, candidate);
    }
  }
  return [...earliest.values()].map(({ around, ...one }) => ({ ...one, owner: ownerIn(one, around) }));
}

type Candidate = Omit<Informational, 'owner'> & { readonly around: Peers };

function isBefore(one: Candidate, other: Candidate): boolean {
  const { event } = one.step.sighting;
  const apart = compareEvents(event, other.step.sighting.event);
  return apart === 0 ? one.judgement.history.key < other.judgement.history.key : apart < 0;
}

function candidateOf(step: Step, judgement: Judgement, around: Peers): Candidate | null {
  const { ruling, sighting, rule } = step;
  if (ruling.ruling !== 'trusted') return null;
  const { account, partition } = judgement.history.workload;
  const place = originText(sighting.origin);
  const start = `credlock/${partition}/${account}`;
  if (rule === 'service-caller')
    return { id: `${start}/service-caller/${sighting.role}/${place}`, type: 'ServiceCaller', step, judgement, around };
  if (rule !== 'shared-egress') return null;
  return { id: `${start}/egress-learned/${place}`, type: 'EgressLearned', step, judgement, around };
}

function ownerIn({ step: { sighting }, judgement }: Omit<Informational, 'owner'>, around: Peers): Owner {
  const { who, anchors } = judgement;
  const learned = { anchors, displaced: new Map(), relayed: new Set<string>(), lock: new Map(), doors: [] };
  return ownerOf({ who, sighting, origin: sighting.origin, time: sighting.event.time, learned, around });
}

function titleOf({ type, step: { sighting }, judgement }: Informational): string {
  const place = originText(sighting.origin);
  return type === 'ServiceCaller'
    ? `${place} calls with credentials of role ${sighting.role}`
    : `${place} was learned as an egress that workloads of account ${judgement.history.workload.account} share`;
}

function compose(one: Informational): Finding {
  const { id, type, step, judgement, owner } = one;
  const { sighting, ruling } = step;
  const { who, history } = judgement;
  const time = isoTime(sighting.event.time);
  return {
    schema: FINDING_SCHEMA,
    id,
    type,
    title: titleOf(one),
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
