import type { CanaryTarget } from './canaries';
import { reasonOf } from '../telemetry';
import { withConcurrency } from './concurrency-limit';
import type { WatchedPlace } from './shards';
import { missingRules, type RuleSeen } from './rule-faults';

/** Names of the rules that must exist. */
export interface ExpectedRules {
  /** On the default bus of every member account and Region. */
  readonly members: readonly string[];
  /** Fingerprints of the members' patterns, in the order of `members`; empty where they are not checked. */
  readonly memberPatterns: readonly string[];
  /** In the hub account and Region: `rule` on the default bus, or `bus/rule`. */
  readonly hub: readonly string[];
}

/** Where rules are checked. */
export interface PlaceRules {
  readonly place: Place;
  readonly rules: readonly string[];
  /** By the rule's name; rules without one are not compared. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Whether their targets are read too: one request for each rule. */
  readonly withTargets: boolean;
}

export interface RuleCheck {
  /** The detector's rules on a bus, with the targets of those named. */
  readonly readRules: (place: Place, rules: readonly string[]) => Promise<readonly RuleSeen[]>;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}

export interface Place extends WatchedPlace {
  readonly bus: string;
  /** The role to read the rules with; null for the hub. */
  readonly roleArn: string | null;
}

export interface RuleCheckResult {
  /** Rules that are deleted, disabled, without targets or in the wrong state. */
  readonly missing: readonly (Omit<Place, 'roleArn'> & { readonly rule: string; readonly fault: string })[];
  /** Buses whose rules could not be read. */
  readonly unchecked: readonly (Omit<Place, 'roleArn'> & { readonly reason: string })[];
}

const AT_ONCE = 20;
const MOST_TIME = 200_000;

/**
 * Checks rules. Canaries show that events arrive; this shows that every rule exists, as a deleted rule may not forward the
 * record of its own deletion.
 */
export async function checkRules(
  places: readonly PlaceRules[],
  { readRules, now }: RuleCheck,
): Promise<RuleCheckResult> {
  const began = now();
  const missing: RuleCheckResult['missing'][number][] = [];
  const unchecked: RuleCheckResult['unchecked'][number][] = [];
  const check = async ({ place, rules, fingerprints, withTargets }: PlaceRules): Promise<void> => {
    const { roleArn: _, ...where } = place;
    try {
      if (now() - began > MOST_TIME) throw new Error('no time was left');
      const faults = missingRules(rules, await readRules(place, withTargets ? rules : []), {
        account: place.account,
        fingerprints,
      });
      for (const [rule, fault] of faults) missing.push({ ...where, rule, fault });
    } catch (error) {
      unchecked.push({ ...where, reason: reasonOf(error) });
    }
  };
  await withConcurrency(places, AT_ONCE, check);
  return { missing, unchecked };
}

/** The default bus of a member. */
export function memberRules(
  { account, region, roleArn }: CanaryTarget,
  { members: rules, memberPatterns }: ExpectedRules,
  withTargets: boolean,
): PlaceRules {
  const fingerprints = new Map(
    rules.flatMap((name, at): [string, string][] => {
      const fingerprint = memberPatterns[at];
      return fingerprint === undefined ? [] : [[name, fingerprint]];
    }),
  );
  return { place: { account, region, roleArn, bus: 'default' }, rules, fingerprints, withTargets };
}

/** The buses of the hub's account in its Region, the only one that is sure to have rules there. */
export function hubRules(hub: WatchedPlace, expected: readonly string[]): PlaceRules[] {
  const buses = new Map<string, string[]>();
  for (const one of expected) {
    const [rule = '', bus = 'default'] = one.split('/').reverse();
    buses.set(bus, [...(buses.get(bus) ?? []), rule]);
  }
  return [...buses].map(([bus, rules]) => ({
    place: { ...hub, bus, roleArn: null },
    rules,
    fingerprints: new Map(),
    withTargets: true,
  }));
}
