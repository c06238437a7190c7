import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { rulesOn as readRules } from '../../lambda/adapters/event-bridge/rules-on';
import { missingRules, needsReads, STATE_NEEDED, type RuleSeen } from '../../lambda/watching/rule-faults';
import type { Keys } from '../deployment/role-sessions';

export { STATE_NEEDED, type RuleSeen } from '../../lambda/watching/rule-faults';

export interface RulesPlace {
  readonly region: string;
  /** Undefined for those the CLI has anyway. */
  readonly credentials: Keys | undefined;
  readonly expected: readonly string[];
}

/** Our rules on a bus, with the targets of those expected. */
export async function rulesOn(bus: string, { region, credentials, expected }: RulesPlace): Promise<RuleSeen[]> {
  const client = new EventBridgeClient({ ...CLIENT_SETTINGS, region, ...(credentials && { credentials }) });
  try {
    return await readRules(client, bus, expected);
  } finally {
    client.destroy();
  }
}

/** What should be on a bus. */
export interface RulesWanted {
  /** Names of rules that must be there. @default none is known */
  readonly expected?: readonly string[];
  /** Whether no calls are to come through it. @default false */
  readonly isSilent?: boolean;
}

/** What is wrong with the rules of a bus; nothing when all is well. */
export function ruleFaults(
  bus: string,
  rules: readonly RuleSeen[],
  { expected = [], isSilent = false }: RulesWanted = {},
): string[] {
  const gone = expected.filter((name) => !rules.some((rule) => rule.name === name));
  const isDeaf = !isSilent && !rules.some(needsReads);
  return [
    ...(isDeaf ? [`no rule of credlock on bus ${bus}: no call comes through it`] : []),
    ...(isDeaf ? [] : gone).map((name) => `rule ${name} on bus ${bus} is not there`),
    ...rules.flatMap((rule) => faultOf(bus, rule)),
  ];
}

function faultOf(bus: string, rule: RuleSeen): string[] {
  const { name, state } = rule;
  const where = `rule ${name} on bus ${bus}`;
  if (state === 'DISABLED') return [`${where} is DISABLED`];
  if (needsReads(rule) && state !== STATE_NEEDED)
    return [`${where} is ${state}: read-only calls never come through; it must be ${STATE_NEEDED}`];
  return missingRules([name], [rule]).size > 0 ? [`${where} has no targets: nothing it matches goes anywhere`] : [];
}
