import { adviceOn } from './advice';
import { findingOrigin, findingWorkload, incidentId, sessionsOf } from './compose-finding';
import { FINDING_SCHEMA, type Finding } from './finding';
import { isoTime } from './iso-time';
import type { Judgement, Step } from './judge';
import { originText } from './origin';
import { ownerOf, type Owner } from './ownership';
import type { Surroundings } from './surroundings';

/**
 * The informational findings: which services call for a role, and which address was learned as shared egress. One per
 * account, role and service, one per account and address: the earliest speaks.
 */
export function toldOnce(judgements: Iterable<{ judgement: Judgement; around: Surroundings }>): Finding[] {
  const told = new Map<string, Finding>();
  for (const { judgement, around } of judgements) {
    for (const step of judgement.steps) {
      const finding = informational(step, judgement, around);
      const known = finding && told.get(finding.id);
      if (finding && (!known || orderOf(finding) < orderOf(known))) told.set(finding.id, finding);
    }
  }
  return [...told.values()];
}

function orderOf({ firstSeen, workload }: Finding): string {
  return `${firstSeen} ${workload?.kind ?? ''} ${workload?.id ?? ''}`;
}

function informational(step: Step, judgement: Judgement, around: Surroundings): Finding | null {
  const { ruling, sighting, rule } = step;
  if (ruling.ruling !== 'trusted') return null;
  const { account, partition } = judgement.history.workload;
  const place = originText(sighting.origin);
  if (rule === 'service-caller') {
    const id = `credlock/${partition}/${account}/service-caller/${sighting.role}/${place}`;
    return tell(step, judgement, around, {
      id,
      type: 'ServiceCaller',
      title: `${place} calls with credentials of role ${sighting.role}`,
    });
  }
  if (rule !== 'shared-egress') return null;
  const id = `credlock/${partition}/${account}/egress-learned/${place}`;
  return tell(step, judgement, around, {
    id,
    type: 'EgressLearned',
    title: `${place} was learned as an egress that workloads of account ${account} share`,
  });
}

function tell(
  { sighting, ruling }: Step,
  judgement: Judgement,
  around: Surroundings,
  what: Pick<Finding, 'id' | 'type' | 'title'>,
): Finding {
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
    ...what,
    incidentId: incidentId(history.workload),
    severity: 'INFORMATIONAL',
    status: 'ACTIVE',
    contested: false,
    sample: false,
    description: `${ruling.why.charAt(0).toUpperCase()}${ruling.why.slice(1)}. First seen at ${time} with credentials of ${history.workload.id}.`,
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
    advice: adviceOn(what.type),
  };
}
