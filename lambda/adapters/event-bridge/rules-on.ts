import { ListRulesCommand, ListTargetsByRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RULE_PREFIX, type RuleSeen } from '../../watching/rule-faults';

/**
 * The detector's rules on a bus. Targets are read only of those that are `expected`, as the role may read no others, and at
 * most one of each.
 */
export async function rulesOn(
  client: EventBridgeClient,
  bus: string,
  expected: readonly string[],
): Promise<RuleSeen[]> {
  const rules: RuleSeen[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new ListRulesCommand({ EventBusName: bus, NamePrefix: RULE_PREFIX, ...(NextToken && { NextToken }) }),
    );
    for (const {
      Name: name = '',
      State: state = '',
      ScheduleExpression: schedule,
      EventPattern: pattern,
    } of answer.Rules ?? [])
      rules.push({
        name,
        state,
        hasPattern: !schedule,
        ...(pattern !== undefined && { pattern }),
        targets: expected.includes(name) ? await targetsOf(client, bus, name) : null,
      });
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return rules;
}

async function targetsOf(client: EventBridgeClient, bus: string, rule: string): Promise<number> {
  const { Targets: targets = [] } = await client.send(
    new ListTargetsByRuleCommand({ EventBusName: bus, Rule: rule, Limit: 1 }),
  );
  return targets.length;
}
