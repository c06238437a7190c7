import type { Anchors, DisplacedFirstUse } from './anchors';
import type { Doors } from './door-states';
import type { Subject } from './subject';
import type { Because, FindingType, RuledOut, Severity } from '../model/finding';
import type { PersonCall } from '../facts/facts';
import type { ProvenSighting } from '../facts/workload-history';
import type { Path, SeenOrigin } from '../model/origin';
import type { Peers } from './peers';
import type { EgressMove } from '../network/network-book';
import { severityOf } from '../findings/finding-types';

/** A trusted origin of a workload. */
export interface LockedOrigin {
  readonly origin: SeenOrigin;
  readonly because: Because;
  readonly why: string;
  readonly since: number;
  until: number | null;
  /** On sightings while it is locked; null until there is one. */
  ruling: Ruling | null;
}

/** The state built up while a workload's sightings are judged in order. */
export interface Learned {
  readonly anchors: Anchors;
  /** First uses that give way to an origin with a better claim, by path. */
  readonly displaced: ReadonlyMap<Path, DisplacedFirstUse>;
  /** People who called from the address of a first use before, by path. */
  readonly people: ReadonlyMap<Path, PersonCall>;
  /** Keys of origins that only relayed requests. */
  readonly relayed: ReadonlySet<string>;
  /** Access keys of chained sessions that the workload itself uses: see `chained-session`. */
  readonly chainedAtHome: ReadonlySet<string | null>;
  /** By slot: see `slotOf`. */
  readonly lock: Map<string, LockedOrigin>;
  readonly doors: Doors;
  /** By the key of the origin that a change of routes led to. */
  readonly moved: ReadonlyMap<string, EgressMove>;
}

/** One sighting, and everything a rule may read to decide it. */
export interface RuleInput {
  readonly subject: Subject;
  readonly sighting: ProvenSighting;
  readonly origin: SeenOrigin;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly learned: Learned;
  readonly peers: Peers;
}

export type Ruling =
  | { readonly outcome: 'ignored'; readonly why: string }
  | {
      readonly outcome: 'trusted';
      readonly because: Because;
      readonly why: string;
      readonly events: readonly string[];
      readonly until: number | null;
    }
  | {
      readonly outcome: 'suspicious';
      readonly why: string;
      /** Null: the owner of the origin decides type and severity. */
      readonly finding: { readonly type: FindingType; readonly severity: Severity } | null;
      readonly events: readonly string[];
    };

/** A ruling, or the explanations that the rule ruled out: none where it does not apply. */
export type RuleAnswer = Ruling | readonly RuledOut[];

export function isRuling(answer: RuleAnswer): answer is Ruling {
  return !Array.isArray(answer);
}

export interface Rule {
  /** As `--explain` and the docs name it. */
  readonly name: string;
  readonly apply: (input: RuleInput) => RuleAnswer;
}

/** `until`: epoch milliseconds; null while it holds. */
export function trusted(
  because: Because,
  why: string,
  events: readonly string[] = [],
  until: number | null = null,
): Ruling {
  return { outcome: 'trusted', because, why, events, until };
}

/** `isWeak`: the case has the type's lower severity. */
export function suspicious(
  type: FindingType,
  why: string,
  { isWeak = false, events = [] }: { readonly isWeak?: boolean; readonly events?: readonly string[] } = {},
): Ruling {
  return { outcome: 'suspicious', why, finding: { type, severity: severityOf(type, isWeak) }, events };
}

/** `because`: the reason, or what makes it, of nothing that changes while sightings are judged. */
export function ruledOut(explanation: string, because: string | (() => string)): readonly RuledOut[] {
  return [typeof because === 'string' ? { explanation, because } : new RuledOutLater(explanation, because)];
}

/** Makes its reason when it is asked for: for most origins another rule finds an explanation. */
class RuledOutLater implements RuledOut {
  constructor(
    readonly explanation: string,
    private readonly make: () => string,
  ) {}

  get because(): string {
    return this.make();
  }
}
