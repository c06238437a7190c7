import { patternFingerprint } from '../detection/model/event-pattern';
import { parsedJson } from '../detection/model/json-field';

/** A rule of the detector on a bus. */
export interface RuleSeen {
  readonly name: string;
  readonly state: string;
  /** False for scheduled rules. */
  readonly hasPattern: boolean;
  /** As JSON; absent where it was not read. */
  readonly pattern?: string;
  /** Their number; null if not read. */
  readonly targets: number | null;
}

/** In any other state a rule never matches read-only calls (EventBridge user guide, management events). */
export const STATE_NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

/** Prefix of the detector's rule names. */
export const RULE_PREFIX = 'credlock';

/** Rules that need no read-only calls: of changes, S3 notifications and simulations. */
const WRITES_ALONE = /^credlock-(?:tampering|simulation|trail|config|kubernetes)/;

/** True if the rule must match read-only calls. */
export function needsReads({ name, hasPattern }: Pick<RuleSeen, 'name' | 'hasPattern'>): boolean {
  return hasPattern && !WRITES_ALONE.test(name);
}

/** What patterns should be, in the rules of an account. */
export interface ExpectedPatterns {
  readonly account: string;
  /** By the rule's name. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

/** The faults of expected rules of a bus, by the rule's name. */
export function missingRules(
  expected: readonly string[],
  seen: readonly RuleSeen[],
  patterns: ExpectedPatterns | null = null,
): Map<string, string> {
  const there = new Map(seen.map((rule) => [rule.name, rule]));
  return new Map(
    expected.flatMap((name) => {
      const rule = there.get(name);
      const fault = faultOf(rule) ?? patternFault(rule, patterns);
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

function patternFault(rule: RuleSeen | undefined, patterns: ExpectedPatterns | null): string | null {
  const expected = patterns?.fingerprints.get(rule?.name ?? '');
  if (!patterns || expected === undefined || rule?.pattern === undefined) return null;
  return patternFingerprint(parsedJson(rule.pattern), patterns.account) === expected
    ? null
    : 'its pattern is not that of this version';
}
