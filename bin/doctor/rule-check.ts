import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { AWAY } from '../../lambda/adapters/client-settings';
import type { Keys } from '../deployment/role-sessions';

/** A rule of ours. */
export interface RuleSeen {
  readonly name: string;
  readonly state: string;
  /** False for those that run by the clock. */
  readonly hasPattern: boolean;
}

/** With any other state, calls that only read never come through a rule. */
export const STATE_NEEDED = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

const PREFIX = 'credlock';

/** Our rules on a bus. */
export async function rulesOn(bus: string, region: string, credentials: Keys | undefined): Promise<RuleSeen[]> {
  const client = new EventBridgeClient({ ...AWAY, region, ...(credentials && { credentials }) });
  const rules: RuleSeen[] = [];
  try {
    let NextToken: string | undefined;
    do {
      const answer = await client.send(
        new ListRulesCommand({ EventBusName: bus, NamePrefix: PREFIX, ...(NextToken && { NextToken }) }),
      );
      for (const { Name: name = '', State: state = '', ScheduleExpression: schedule } of answer.Rules ?? [])
        rules.push({ name, state, hasPattern: !schedule });
      ({ NextToken } = answer);
    } while (NextToken !== undefined);
    return rules;
  } finally {
    client.destroy();
  }
}

/** Rules that need not see calls that only read: of changes, of S3's notifications, of simulations. */
const WRITES_ALONE = /^credlock-(?:tampering|simulation|trail|config)/;

/** What is wrong with the rules of a bus; nothing when all is well. `isSilent`: no calls are to come through it. */
export function ruleFaults(bus: string, rules: readonly RuleSeen[], isSilent = false): string[] {
  const concerned = rules.filter(({ name, hasPattern }) => hasPattern && !WRITES_ALONE.test(name));
  const disabled = rules.filter(({ state }) => state === 'DISABLED');
  const blind = concerned.filter(({ state }) => state !== 'DISABLED' && state !== STATE_NEEDED);
  return [
    ...(concerned.length === 0 && !isSilent ? [`no rule of credlock on bus ${bus}: no call comes through it`] : []),
    ...disabled.map(({ name }) => `rule ${name} on bus ${bus} is DISABLED`),
    ...blind.map(
      ({ name, state }) =>
        `rule ${name} on bus ${bus} is ${state}: read-only calls never come through; it must be ${STATE_NEEDED}`,
    ),
  ];
}
