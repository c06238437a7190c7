import type { CanaryTarget } from './canaries';
import { reasonOf } from '../telemetry';
import { withConcurrency } from './concurrency-limit';
import { missingRules, type RuleSeen } from './rule-faults';

/** Names of the rules that must exist. */
export interface ExpectedRules {
  /** On the default bus of every member account and Region. */
  readonly members: readonly string[];
  /** In the hub account and Region: `rule` on the default bus, or `bus/rule`. */
  readonly hub: readonly string[];
}

export interface RuleCheck {
  /** Accounts and Regions of members, with the role to read their rules. */
  readonly targets: readonly CanaryTarget[];
  readonly hub: Pick<CanaryTarget, 'account' | 'region'>;
  readonly expected: ExpectedRules;
  /** The detector's rules on a bus, with the targets of those named. `roleArn` is null for the hub. */
  readonly readRules: (place: Place, rules: readonly string[]) => Promise<readonly RuleSeen[]>;
  /** Current time in epoch milliseconds. */
  readonly now: () => number;
}

export interface Place extends Pick<CanaryTarget, 'account' | 'region'> {
  readonly bus: string;
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
 * Checks the rules of all members and of the hub. Canaries show that events arrive; this shows that every rule exists, as
 * a deleted rule may not forward the record of its own deletion.
 */
export async function checkRules({ targets, hub, expected, readRules, now }: RuleCheck): Promise<RuleCheckResult> {
  const began = now();
  const missing: RuleCheckResult['missing'][number][] = [];
  const unchecked: RuleCheckResult['unchecked'][number][] = [];
  const check = async ({ place, rules }: PlaceRules): Promise<void> => {
    const { roleArn: _, ...where } = place;
    try {
      if (now() - began > MOST_TIME) throw new Error('no time was left');
      const faults = missingRules(rules, await readRules(place, rules));
      for (const [rule, fault] of faults) missing.push({ ...where, rule, fault });
    } catch (error) {
      unchecked.push({ ...where, reason: reasonOf(error) });
    }
  };
  await withConcurrency(
    [...hubRules(hub, expected.hub), ...memberRules(targets, hub, expected.members)],
    AT_ONCE,
    check,
  );
  return { missing, unchecked };
}

interface PlaceRules {
  readonly place: Place;
  readonly rules: readonly string[];
}

/** In the hub account only the hub's Region is sure to have rules. */
function memberRules(targets: readonly CanaryTarget[], hub: RuleCheck['hub'], rules: readonly string[]): PlaceRules[] {
  if (rules.length === 0) return [];
  const members = targets.filter(({ account }) => account !== hub.account);
  return members.map((target) => ({ place: { ...target, bus: 'default' }, rules }));
}

function hubRules(hub: RuleCheck['hub'], expected: readonly string[]): PlaceRules[] {
  const buses = new Map<string, string[]>();
  for (const one of expected) {
    const [rule = '', bus = 'default'] = one.split('/').reverse();
    buses.set(bus, [...(buses.get(bus) ?? []), rule]);
  }
  return [...buses].map(([bus, rules]) => ({ place: { ...hub, bus, roleArn: null }, rules }));
}
