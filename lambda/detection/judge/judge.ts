import type { Anchor, Anchors } from './anchors';
import type { RuleInput, DoorState, Learned, LockedOrigin, Rule, Ruling } from './rule';
import { claimOf, Strength, type Subject } from './plausibility';
import type { FindingType, RuledOut, Severity } from '../model/finding';
import type { History, ProvenSighting } from '../facts/workload-history';
import type { SeenOrigin } from '../model/origin';
import { ownerOf, typeOf, type Owner } from './ownership';
import { relayedOrigins } from './relayed-origins';
import { declared } from './rules/declared';
import { deadOrStopped } from './rules/dead-or-stopped';
import { endpoint } from './rules/endpoint';
import { firstUse } from './rules/first-use';
import { locked } from './rules/locked';
import { notItsOwnRequest } from './rules/not-its-own-request';
import { ownAddressRule } from './rules/own-address';
import { awsAddress } from './rules/aws-address';
import { issuanceRule } from './rules/issuance';
import { serviceCaller } from './rules/service-caller';
import { sharedEgress } from './rules/shared-egress';
import { displacedFirstUses } from './displaced-first-use';
import { egressByCount } from './egress-evidence';
import { slotOf } from './plausibility';
import type { Peers } from './peers';

/** The rules in the order in which they are asked. The first that decides, decides; where none does, the call is suspicious. */
export const RULES: readonly Rule[] = [
  notItsOwnRequest,
  serviceCaller,
  deadOrStopped,
  endpoint,
  declared,
  ownAddressRule,
  awsAddress,
  issuanceRule,
  locked,
  firstUse,
  sharedEgress,
];

/** The explanations whose failure says most about an origin that nothing explains. */
const TELLING = new Set(['aws-address', 'issuing-origin', 'locked-origin', 'first-use']);

/** What was decided of one sighting, by which rule. */
export interface Step {
  readonly sighting: ProvenSighting;
  readonly rule: string;
  readonly ruling: Ruling;
  readonly ruledOut: readonly RuledOut[];
}

/** What `judge` says of one untrusted origin. */
export interface Verdict {
  readonly origin: SeenOrigin;
  readonly type: FindingType;
  readonly severity: Severity;
  readonly contested: boolean;
  readonly owner: Owner;
  readonly why: string;
  readonly rule: string;
  readonly ruledOut: readonly RuledOut[];
  /** Records behind the decision, besides the calls. */
  readonly events: readonly string[];
  readonly first: ProvenSighting;
  /** The sighting that `type` and `why` are about; the first, or a weightier one. */
  readonly decisive: ProvenSighting;
  /** How good the origin’s own claim is, for one that nothing explains. */
  readonly strength: number;
  /** The suspicious sightings of this origin, by time. */
  readonly sightings: readonly ProvenSighting[];
  /** What its own first use was, where there is one to compare with. */
  readonly anchor: Anchor | null;
}

/** The verdicts on one workload, and everything it was judged by. */
export interface Judgement {
  readonly who: Subject;
  readonly history: History;
  readonly anchors: Anchors;
  readonly lock: readonly LockedOrigin[];
  readonly verdicts: readonly Verdict[];
  readonly steps: readonly Step[];
}

/**
 * THE decision: which origins of a workload are not its own. Everything else in this repository carries facts to this
 * function or words from it. Reads the history of one workload and what surrounds it; no other workload's verdict.
 */
export function judge(history: History, around: Peers): Judgement {
  const who = around.claimant(history);
  const learned = learnedOf(who, around);
  const steps: Step[] = [];
  const trials: { trial: RuleInput; step: Step }[] = [];
  for (const sighting of history.sightings) {
    const trial: RuleInput = { who, sighting, origin: sighting.origin, time: sighting.event.time, learned, around };
    const step = decide(trial);
    remember(trial, step.ruling);
    steps.push(step);
    if (step.ruling.ruling === 'suspicious') trials.push({ trial, step });
  }
  return { who, history, anchors: learned.anchors, lock: lockOf(learned), verdicts: verdictsOf(trials), steps };
}

function learnedOf(who: Subject, around: Peers): Learned {
  const anchors = around.anchors(who.history);
  const doors: DoorState[] = [...(who.life?.doors ?? [])]
    .sort((a, b) => a.time - b.time)
    .map((door) => ({ door, closedBy: null }));
  return {
    anchors,
    displaced: displacedFirstUses(who, anchors, around),
    relayed: relayedOrigins(who, around),
    lock: new Map(),
    doors,
  };
}

function decide(trial: RuleInput): Step {
  const ruledOut: RuledOut[] = [];
  for (const rule of RULES) {
    const answer = rule.apply(trial);
    if ('ruling' in answer) return { sighting: trial.sighting, rule: rule.name, ruling: answer, ruledOut };
    ruledOut.push(...answer);
  }
  const why = ruledOut.find(({ explanation }) => TELLING.has(explanation))?.because ?? 'nothing explains the origin';
  return {
    sighting: trial.sighting,
    rule: 'unexplained',
    ruling: { ruling: 'suspicious', why, type: null, severity: null, events: [] },
    ruledOut,
  };
}

/** A trusted origin enters the lock; seeing one again closes the doors that a change of address had opened on its path. */
function remember({ origin, who, around, learned, time }: RuleInput, ruling: Ruling): void {
  if (ruling.ruling !== 'trusted') return;
  const slot = slotOf(origin, who, around);
  const known = learned.lock.get(slot);
  if (!known || (known.until !== null && known.until !== ruling.until)) {
    learned.lock.set(slot, { origin, because: ruling.because, why: ruling.why, since: time, until: ruling.until });
  }
  const cameThroughDoor = ruling.because === 'door' && !known;
  if (origin.path === 'public-ipv4' && !cameThroughDoor) closeDoors(learned, time);
}

function closeDoors({ doors }: Learned, time: number): void {
  for (const state of doors) {
    const { cause, time: opened } = state.door;
    const isChange = cause === 'start' || cause === 'eip-lost';
    if (state.closedBy === null && isChange && time > opened) state.closedBy = 'seen-again';
  }
}

function lockOf(learned: Learned): LockedOrigin[] {
  return [...learned.lock.values()].sort((a, b) => a.since - b.since || (a.origin.key < b.origin.key ? -1 : 1));
}

function verdictsOf(trials: readonly { trial: RuleInput; step: Step }[]): Verdict[] {
  const byOrigin = new Map<string, { trial: RuleInput; step: Step }[]>();
  for (const one of trials) {
    const same = byOrigin.get(one.trial.origin.key);
    if (same) same.push(one);
    else byOrigin.set(one.trial.origin.key, [one]);
  }
  return [...byOrigin.values()].map(verdictOf);
}

const WEIGHT: Record<Severity, number> = { INFORMATIONAL: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** One origin, one verdict: the weightiest of its sightings speaks, the earliest among equals. */
function verdictOf(trials: readonly { trial: RuleInput; step: Step }[]): Verdict {
  const judged = trials.map(({ trial, step }) => ({ trial, step, ...said(trial, step) }));
  const [first, ...others] = judged;
  if (!first) throw new Error('a verdict needs a sighting');
  const speaker = others.reduce((best, one) => (WEIGHT[one.severity] > WEIGHT[best.severity] ? one : best), first);
  const { trial, step } = speaker;
  return {
    origin: trial.origin,
    type: speaker.type,
    severity: speaker.severity,
    contested: step.rule === 'unexplained' && isContested(first.trial, speaker.owner),
    owner: speaker.owner,
    why: step.ruling.why,
    rule: step.rule,
    ruledOut: step.ruledOut,
    events: 'events' in step.ruling ? step.ruling.events : [],
    first: first.trial.sighting,
    decisive: trial.sighting,
    strength: step.rule === 'unexplained' ? claimStrength(first.trial) : Strength.none,
    sightings: judged.map(({ trial: { sighting } }) => sighting),
    anchor: trial.origin.path ? (trial.learned.anchors.get(trial.origin.path) ?? null) : null,
  };
}

function said(trial: RuleInput, { ruling }: Step): { owner: Owner; type: FindingType; severity: Severity } {
  const owner = ownerOf(trial);
  const byOwner = typeOf(owner, trial);
  if (ruling.ruling !== 'suspicious') return { owner, ...byOwner };
  return { owner, type: ruling.type ?? byOwner.type, severity: ruling.severity ?? byOwner.severity };
}

function claimStrength({ origin, sighting, who, around, time }: RuleInput): number {
  return claimOf({ origin, role: sighting.role, time }, who, around).strength;
}

/** Two equal weak claims: nothing but the order of their first calls tells the workload from the thief. A known owner or a forged alibi tells more. */
function isContested(trial: RuleInput, owner: Owner): boolean {
  const { origin, who, around, learned } = trial;
  if (owner.account !== null || around.forgedAlibi(who.history)) return false;
  const anchor = origin.path === null ? undefined : learned.anchors.get(origin.path);
  if (!anchor || anchor.origin.key === origin.key) return false;
  const theirs = claimStrength(trial);
  if (theirs === Strength.none || theirs !== anchor.claim.strength || theirs > Strength.firstUse) return false;
  return !egressByCount(anchor.origin, anchor.sighting.event.time, who, around).reached;
}
