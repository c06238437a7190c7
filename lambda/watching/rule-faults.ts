/** A rule of the detector on a bus. */
export interface RuleSeen {
  readonly name: string;
  readonly state: string;
  /** False for scheduled rules. */
  readonly hasPattern: boolean;
  /** Their number; null if not read. */
  readonly targets: number | null;
}

/** In any other state a rule never matches read-only calls (EventBridge user guide, management events). */
export const STATE_NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** Prefix of the detector's rule names. */
export const RULE_PREFIX = 'credlock';

/** Rules that need no read-only calls: of changes, S3 notifications and simulations. */
const WRITES_ALONE = /^credlock-(?:tampering|simulation|trail|config)/;

/** True if the rule must match read-only calls. */
export function needsReads({ name, hasPattern }: Pick<RuleSeen, 'name' | 'hasPattern'>): boolean {
  return hasPattern && !WRITES_ALONE.test(name);
}

/** The faults of expected rules of a bus, by the rule's name. */
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
