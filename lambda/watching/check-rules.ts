import type { CanaryTarget } from './canaries';
import { reasonOf } from '../telemetry';
import { withConcurrency } from './concurrency-limit';
import { missingRules, type RuleSeen } from './rule-faults';

/** What should be there, by names of rules. */
export interface ExpectedRules {
  /** On the default bus of every member account and Region. */
  readonly members: readonly string[];
  /** In the hub account and Region: `rule` on the default bus, or `bus/rule`. */
  readonly hub: readonly string[];
}

export interface RuleCheck {
  /** Where members are, with the role to look with. */
  readonly targets: readonly CanaryTarget[];
  readonly hub: Pick<CanaryTarget, 'account' | 'region'>;
  readonly expected: ExpectedRules;
  /** Our rules on a bus, with the targets of those named: of a member with its role, of the hub (`roleArn` null) without. */
  readonly readRules: (place: Place, rules: readonly string[]) => Promise<readonly RuleSeen[]>;
  /** Epoch milliseconds, now and each time it is asked. */
  readonly now: () => number;
}

export interface Place extends Pick<CanaryTarget, 'account' | 'region'> {
  readonly bus: string;
  readonly roleArn: string | null;
}

export interface RuleCheckResult {
  /** Rules that do not do what they should, and why. */
  readonly missing: readonly (Omit<Place, 'roleArn'> & { readonly rule: string; readonly fault: string })[];
  /** Where nobody could look, and why. */
  readonly unchecked: readonly (Omit<Place, 'roleArn'> & { readonly reason: string })[];
}

const AT_ONCE = 20;
const MOST_TIME = 200_000;

/**
 * Looks at the rules of all members and of the hub. Canaries tell that a way is open; this tells that every rule stands at
 * its beginning: one that is gone takes the record of its own removal along.
 */
export async function checkRules({ targets, hub, expected, readRules, now }: RuleCheck): Promise<RuleCheckResult> {
  const began = now();
  const missing: RuleCheckResult['missing'][number][] = [];
  const unchecked: RuleCheckResult['unchecked'][number][] = [];
  const look = async ({ place, rules }: Look): Promise<void> => {
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
    [...hubLooks(hub, expected.hub), ...memberLooks(targets, hub, expected.members)],
    AT_ONCE,
    look,
  );
  return { missing, unchecked };
}

interface Look {
  readonly place: Place;
  readonly rules: readonly string[];
}

/** In the hub account no other Region is sure to have rules. */
function memberLooks(targets: readonly CanaryTarget[], hub: RuleCheck['hub'], rules: readonly string[]): Look[] {
  if (rules.length === 0) return [];
  const members = targets.filter(({ account }) => account !== hub.account);
  return members.map((target) => ({ place: { ...target, bus: 'default' }, rules }));
}

function hubLooks(hub: RuleCheck['hub'], expected: readonly string[]): Look[] {
  const buses = new Map<string, string[]>();
  for (const one of expected) {
    const [rule = '', bus = 'default'] = one.split('/').reverse();
    buses.set(bus, [...(buses.get(bus) ?? []), rule]);
  }
  return [...buses].map(([bus, rules]) => ({ place: { ...hub, bus, roleArn: null }, rules }));
}
