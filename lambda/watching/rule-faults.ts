/** A rule of ours as it is on a bus. */
export interface RuleSeen {
  readonly name: string;
  readonly state: string;
  /** False for those that run by the clock. */
  readonly hasPattern: boolean;
  /** Null where nobody looked. */
  readonly targets: number | null;
}

/** With any other state, calls that only read never come through a rule (EventBridge user guide, management events). */
export const STATE_NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** With what the names of ours begin. */
export const RULE_PREFIX = 'credlock';

/** Rules that need not see calls that only read: of changes, of S3's notifications, of simulations. */
const WRITES_ALONE = /^credlock-(?:tampering|simulation|trail|config)/;

/** Whether calls that only read are to come through it. */
export function needsReads({ name, hasPattern }: Pick<RuleSeen, 'name' | 'hasPattern'>): boolean {
  return hasPattern && !WRITES_ALONE.test(name);
}

/** What is missing of the rules that should be on a bus, by the rule's name. */
export function missingRules(expected: readonly string[], seen: readonly RuleSeen[]): Map<string, string> {
  const there = new Map(seen.map((rule) => [rule.name, rule]));
  return new Map(
    expected.flatMap((name) => {
      const fault = faultOf(there.get(name));
      return fault === null ? [] : [[name, fault]];
    }),
  );
}

function faultOf(rule: RuleSeen | undefined): string | null {
  if (!rule) return 'it is not there';
  if (rule.state === 'DISABLED') return 'it is disabled';
  if (rule.targets === 0) return 'it has no targets';
  return needsReads(rule) && rule.state !== STATE_NEEDED ? `its state is ${rule.state}: no read-only calls` : null;
}
