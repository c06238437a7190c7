import { ListRulesCommand, ListTargetsByRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RULE_PREFIX, type RuleSeen } from '../../watching/rule-faults';

/**
 * Our rules on a bus. Of those that are `expected` it is asked whether they have targets, of which one is enough to know;
 * others' nobody may be let ask.
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
    for (const { Name: name = '', State: state = '', ScheduleExpression: schedule } of answer.Rules ?? [])
      rules.push({
        name,
        state,
        hasPattern: !schedule,
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
