import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CLIENT_SETTINGS } from '../../lambda/adapters/client-settings';
import { rulesOn as readRules } from '../../lambda/adapters/event-bridge/rules-on';
import { missingRules, needsReads, STATE_NEEDED, type RuleSeen } from '../../lambda/watching/rule-faults';
import type { SessionKeys } from '../../lambda/adapters/sts/limited-sessions';

export { STATE_NEEDED, type RuleSeen } from '../../lambda/watching/rule-faults';

export interface RulesPlace {
  readonly region: string;
  /** Undefined for the CLI's own. */
  readonly credentials: SessionKeys | undefined;
  readonly expected: readonly string[];
}

/** Credlock's rules on a bus, with the targets of those expected. */
export async function rulesOn(bus: string, { region, credentials, expected }: RulesPlace): Promise<RuleSeen[]> {
  const client = new EventBridgeClient({ ...CLIENT_SETTINGS, region, ...(credentials && { credentials }) });
  try {
    return await readRules(client, bus, expected);
  } finally {
    client.destroy();
  }
}

export interface RulesWanted {
  /** Names of rules that must exist. @default none */
  readonly expected?: readonly string[];
  /** True in trail mode, in which no events come through a bus. @default false */
  readonly forwardsNothing?: boolean;
}

/** Problems of the rules of a bus. */
export function ruleFaults(
  bus: string,
  rules: readonly RuleSeen[],
  { expected = [], forwardsNothing = false }: RulesWanted = {},
): string[] {
  const missing = expected.filter((name) => !rules.some((rule) => rule.name === name));
  const hasNone = !forwardsNothing && !rules.some(needsReads);
  return [
    ...(hasNone ? [`no credlock rule on bus ${bus}: it forwards no events`] : []),
    ...(hasNone ? [] : missing).map((name) => `rule ${name} on bus ${bus} does not exist`),
    ...rules.flatMap((rule) => faultOf(bus, rule)),
  ];
}

function faultOf(bus: string, rule: RuleSeen): string[] {
  const { name, state } = rule;
  const where = `rule ${name} on bus ${bus}`;
  if (state === 'DISABLED') return [`${where} is DISABLED`];
  if (needsReads(rule) && state !== STATE_NEEDED)
    return [`${where} is ${state}: read-only events do not match it; it must be ${STATE_NEEDED}`];
  return missingRules([name], [rule]).size > 0 ? [`${where} has no targets: matching events go nowhere`] : [];
}
