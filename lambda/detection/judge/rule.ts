import type { Anchor, Anchors } from './anchors';
import type { Subject } from './plausibility';
import type { Because, FindingType, RuledOut, Severity } from '../model/finding';
import type { ProvenSighting } from '../facts/workload-history';
import type { Door } from '../network/network-book';
import type { Path, SeenOrigin } from '../model/origin';
import type { Peers } from './peers';

/** A trusted origin of a workload. */
export interface LockedOrigin {
  readonly origin: SeenOrigin;
  readonly because: Because;
  readonly why: string;
  readonly since: number;
  until: number | null;
}

/** A door and what became of it. */
export interface DoorState {
  readonly door: Door;
  /** Closed by whom: the origin that used it, or `seen-again`. */
  closedBy: string | null;
}

/** What the walk over a workload's sightings has learned so far. */
export interface Learned {
  readonly anchors: Anchors;
  /** First uses that an origin with a better claim takes back, by path. */
  readonly displaced: ReadonlyMap<Path, { readonly anchor: Anchor; readonly by: string }>;
  readonly relayed: ReadonlySet<string>;
  /** By slot: see `slotOf`. */
  readonly lock: Map<string, LockedOrigin>;
  readonly doors: readonly DoorState[];
}

/** One sighting on trial. */
export interface RuleInput {
  readonly who: Subject;
  readonly sighting: ProvenSighting;
  readonly origin: SeenOrigin;
  readonly time: number;
  readonly learned: Learned;
  readonly around: Peers;
}

export type Ruling =
  | { readonly ruling: 'ignored'; readonly why: string }
  | {
      readonly ruling: 'trusted';
      readonly because: Because;
      readonly why: string;
      readonly events: readonly string[];
      readonly until: number | null;
    }
  | {
      readonly ruling: 'suspicious';
      readonly why: string;
      readonly type: FindingType | null;
      readonly severity: Severity | null;
      readonly events: readonly string[];
    };

/** A rule decides, or says which explanations it ruled out, or has nothing to say (an empty list). */
export type RuleAnswer = Ruling | readonly RuledOut[];
export interface Rule {
  /** Named as `--explain` and the docs name it. */
  readonly name: string;
  readonly apply: (trial: RuleInput) => RuleAnswer;
}

export function trusted(
  because: Because,
  why: string,
  events: readonly string[] = [],
  until: number | null = null,
): Ruling {
  return { ruling: 'trusted', because, why, events, until };
}

export function suspicious(
  why: string,
  type: FindingType | null = null,
  severity: Severity | null = null,
  events: readonly string[] = [],
): Ruling {
  return { ruling: 'suspicious', why, type, severity, events };
}

export function ruledOut(explanation: string, because: string): readonly RuledOut[] {
  return [{ explanation, because }];
}
