import type { Anchor, Anchors } from './anchors';
import { doorsOf, mayBeOwn } from './doors';
import { isRuling, type RuleInput, type Learned, type LockedOrigin, type Rule, type Ruling } from './rule';
import { claimOf, slotOf, Strength } from './plausibility';
import { type Subject } from './subject';
import { SEVERITIES, type FindingType, type RuledOut, type Severity } from '../model/finding';
import type { History, ProvenSighting } from '../facts/workload-history';
import type { SeenOrigin } from '../model/origin';
import { endpointOwners, findingByOwner, ownerOf, type EndpointOwner, type Owner } from './ownership';
import { relayedOrigins } from './relayed-origins';
import { chainedAtHome, chainedSession } from './rules/chained-session';
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
import { peopleAtFirstUses } from './first-use-of-person';
import { movedByRoutes } from './moved-routes';
import { egressByCount } from './egress-evidence';
import type { Peers } from './peers';
import type { RejectedChange } from './rejected-change';
import { compareText } from '../model/compare-text';

/** In this order; the first rule that decides ends the search. A sighting that no rule decides is suspicious. */
export const RULES: readonly Rule[] = [
  chainedSession,
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

/** The explanations that say most about an unexplained origin. */
const TELLING = new Set(['aws-address', 'issuing-origin', 'locked-origin', 'first-use']);

/** The ruling on one sighting, and the rule that made it (`unexplained` where none did). */
export type Decision = Ruling & {
  readonly sighting: ProvenSighting;
  readonly rule: string;
  readonly ruledOut: readonly RuledOut[];
};

/** One untrusted origin of a workload. */
export interface Verdict {
  readonly origin: SeenOrigin;
  readonly type: FindingType;
  readonly severity: Severity;
  readonly contested: boolean;
  readonly owner: Owner;
  readonly why: string;
  readonly rule: string;
  readonly ruledOut: readonly RuledOut[];
  /** Ids of records behind the decision, besides the calls. */
  readonly events: readonly string[];
  readonly first: ProvenSighting;
  /** The sighting that `type` and `why` are about: the first of the highest severity. */
  readonly decisive: ProvenSighting;
  /** The strength of an unexplained origin's own claim. */
  readonly strength: number;
  /** The suspicious sightings of this origin, by time. */
  readonly sightings: readonly ProvenSighting[];
  /** The workload's first use on the same path. */
  readonly anchor: Anchor | null;
}

/** The verdicts on one workload, and everything they were based on. */
export interface Judgement {
  readonly subject: Subject;
  readonly history: History;
  /** Its earliest plausible origins, displaced or not. */
  readonly anchors: Anchors;
  readonly lock: readonly LockedOrigin[];
  readonly verdicts: readonly Verdict[];
  /** One for each sighting, in order. */
  readonly decisions: readonly Decision[];
  /** Network changes that explain nothing; see `Peers.rejectedChanges`. */
  readonly rejected: readonly RejectedChange[];
  /** By endpoint id: see `endpointOwners`. */
  readonly endpoints: ReadonlyMap<string, EndpointOwner>;
}

/**
 * Decides which origins of a workload are not its own. Reads one workload's history, the network, and where its peers are
 * anchored; never another workload's verdict.
 */
export function judge(history: History, peers: Peers): Judgement {
  const subject = peers.subject(history);
  const learned = learnedOf(subject, peers);
  const inputOf = (sighting: ProvenSighting): RuleInput => ({
    subject,
    sighting,
    origin: sighting.origin,
    time: sighting.event.time,
    learned,
    peers,
  });
  const decisions = history.sightings.map((sighting) => {
    const input = inputOf(sighting);
    const decision = decide(input);
    remember(input, decision);
    return decision;
  });
  const verdicts = suspiciousByOrigin(decisions).map((same) => verdictOf(same, inputOf));
  return {
    subject,
    history,
    anchors: peers.anchors(history),
    lock: lockOf(learned),
    verdicts,
    decisions,
    rejected: peers.rejectedChanges(history),
    endpoints: endpointOwners(subject, peers),
  };
}

function learnedOf(subject: Subject, peers: Peers): Learned {
  const first = peers.anchors(subject.history);
  const displaced = displacedFirstUses(subject, first, peers);
  const successors = [...displaced].flatMap(([path, { successor }]) => (successor ? [[path, successor] as const] : []));
  const anchors = new Map([...first, ...successors]);
  return {
    anchors,
    displaced,
    people: peopleAtFirstUses(subject, anchors, peers),
    relayed: relayedOrigins(subject, peers),
    chainedAtHome: chainedAtHome(subject, anchors, peers),
    lock: new Map(),
    doors: doorsOf(subject, anchors, peers),
    moved: movedByRoutes(subject, anchors, peers),
  };
}

function decide(input: RuleInput): Decision {
  const { sighting } = input;
  const ruledOut: RuledOut[] = [];
  for (const { name, apply } of RULES) {
    const answer = apply(input);
    if (isRuling(answer)) return decided(answer, { sighting, rule: name, ruledOut });
    for (const one of answer) ruledOut.push(one);
  }
  const why = ruledOut.find(({ explanation }) => TELLING.has(explanation))?.because ?? 'nothing explains the origin';
  return { outcome: 'suspicious', why, finding: null, events: [], sighting, rule: 'unexplained', ruledOut };
}

function decided(ruling: Ruling, { sighting, rule, ruledOut }: Omit<Decision, keyof Ruling>): Decision {
  if (ruling.outcome !== 'trusted') return { ...ruling, sighting, rule, ruledOut };
  // One literal instead of a spread, for speed.
  const { outcome, because, why, events, until } = ruling;
  return { outcome, because, why, events, until, sighting, rule, ruledOut };
}

/** Adds a trusted origin to the lock. An old address that is seen again closes the doors opened by a change of address. */
function remember({ origin, subject, peers, learned, time }: RuleInput, ruling: Ruling): void {
  if (ruling.outcome !== 'trusted') return;
  const slot = slotOf(origin, subject, peers);
  const known = learned.lock.get(slot);
  if (!known || (known.until !== null && known.until !== ruling.until)) {
    const { because, why, until } = ruling;
    learned.lock.set(slot, { origin, because, why, since: time, until, ruling: null });
  }
  const cameThroughDoor = ruling.because === 'door' && !known;
  if (origin.path !== 'public-ipv4' || cameThroughDoor) return;
  if (mayBeOwn(ruling, learned.anchors)) learned.doors.on('public-ipv4').seeAgain(time);
}

function lockOf(learned: Learned): LockedOrigin[] {
  return [...learned.lock.values()].sort((a, b) => a.since - b.since || compareText(a.origin.key, b.origin.key));
}

type Suspicious = Extract<Decision, { readonly outcome: 'suspicious' }>;

function suspiciousByOrigin(decisions: readonly Decision[]): Suspicious[][] {
  const byOrigin = new Map<string, Suspicious[]>();
  for (const decision of decisions) {
    if (decision.outcome !== 'suspicious') continue;
    const { key } = decision.sighting.origin;
    const same = byOrigin.get(key);
    if (same) same.push(decision);
    else byOrigin.set(key, [decision]);
  }
  return [...byOrigin.values()];
}

/** One verdict for one origin: that of its most severe sighting, of the earliest among equals. */
function verdictOf(same: readonly Suspicious[], inputOf: (sighting: ProvenSighting) => RuleInput): Verdict {
  const rated = same.map((decision) => rate(decision, inputOf(decision.sighting)));
  const [first, ...others] = rated;
  if (!first) throw new Error('a verdict needs a sighting');
  const decisive = others.reduce((best, one) => (rankOf(one) > rankOf(best) ? one : best), first);
  const { decision, owner, type, severity } = decisive;
  const { sighting, rule, why, ruledOut, events } = decision;
  const { path } = sighting.origin;
  return {
    origin: sighting.origin,
    type,
    severity,
    contested: rule === 'unexplained' && isContested(first.input, owner),
    owner,
    why,
    rule,
    ruledOut: ruledOut.map(({ explanation, because }) => ({ explanation, because })),
    events,
    first: first.input.sighting,
    decisive: sighting,
    strength: rule === 'unexplained' ? claimStrength(first.input) : Strength.none,
    sightings: same.map((one) => one.sighting),
    anchor: path ? (decisive.input.learned.anchors.get(path) ?? null) : null,
  };
}

interface Rated {
  readonly decision: Suspicious;
  readonly input: RuleInput;
  readonly owner: Owner;
  readonly type: FindingType;
  readonly severity: Severity;
}

function rate(decision: Suspicious, input: RuleInput): Rated {
  const owner = ownerOf(input);
  return { decision, input, owner, ...(decision.finding ?? findingByOwner(owner, input)) };
}

function rankOf({ severity }: Rated): number {
  return SEVERITIES.indexOf(severity);
}

function claimStrength({ origin, sighting, subject, peers, time }: RuleInput): number {
  return claimOf({ origin, role: sighting.role, time }, subject, peers).strength;
}

/**
 * Whether this origin and the anchor have equally weak claims, so that only the order of their first calls separates the
 * workload from the attacker. A known owner or a rejected network change decides the case.
 */
function isContested(input: RuleInput, owner: Owner): boolean {
  const { origin, subject, peers, learned } = input;
  if (owner.account !== null || peers.rejectedChanges(subject.history).length > 0) return false;
  const anchor = origin.path === null ? undefined : learned.anchors.get(origin.path);
  if (!anchor || anchor.origin.key === origin.key) return false;
  const theirs = claimStrength(input);
  if (theirs === Strength.none || theirs !== anchor.claim.strength || theirs > Strength.firstUse) return false;
  return !egressByCount(anchor.origin, anchor.sighting.event.time, subject, peers).reached;
}
