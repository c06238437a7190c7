import { Aws } from 'aws-cdk-lib';
import { NAME_PREFIX } from './patterns/event-patterns';

/**
 * The names of everything that is named: all begin alike, so that changes of them are seen as tampering and other
 * accounts' policies can speak of them before they exist.
 */
export const NAMES = {
  hubBus: `${NAME_PREFIX}-hub`,
  canaryRole: `${NAME_PREFIX}-canary`,
  verificationRole: `${NAME_PREFIX}-verification`,
  findingsTopic: `${NAME_PREFIX}-findings`,
  alarmsTopic: `${NAME_PREFIX}-alarms`,
  dashboard: NAME_PREFIX,
  stackSet: `${NAME_PREFIX}-member`,
} as const;

/** Keys in the config bucket. */
export const CONFIG_KEYS = {
  settings: 'settings.json',
  ipRanges: 'ip-ranges.json',
  learning: 'learning.json',
} as const;

/** Names of the stacks. */
export const STACKS = {
  hub: `${NAME_PREFIX}-hub`,
  single: NAME_PREFIX,
  member: `${NAME_PREFIX}-member`,
  management: `${NAME_PREFIX}-management`,
  trail: `${NAME_PREFIX}-trail`,
} as const;

/** A name of ours: of a queue, a function, a rule, an alarm. */
export function named(part: string): string {
  return `${NAME_PREFIX}-${part}`;
}

/** Roles are global, rules are not: the role that forwards for the rules of a Region is named for it. */
export const FORWARD_ROLE = `${NAME_PREFIX}-forward-${Aws.REGION}`;
