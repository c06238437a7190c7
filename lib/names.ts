import { Aws } from 'aws-cdk-lib';
import { AUDIT_LOG } from '../lambda/detection/vocabulary';
import { NAME_PREFIX } from './patterns/event-patterns';

/**
 * Physical names. They share a prefix, by which tampering is recognised and other accounts' policies can refer to
 * resources that do not exist yet.
 */
export const NAMES = {
  hubBus: `${NAME_PREFIX}-hub`,
  canaryRole: `${NAME_PREFIX}-canary`,
  verificationRole: `${NAME_PREFIX}-verification`,
  findingsTopic: `${NAME_PREFIX}-findings`,
  alarmsTopic: `${NAME_PREFIX}-alarms`,
  dashboard: NAME_PREFIX,
  stackSet: `${NAME_PREFIX}-member`,
  auditDestination: AUDIT_LOG.destination,
  /** The delivery stream behind the destinations. */
  auditStream: `${NAME_PREFIX}-kubernetes`,
  /** The role with which destinations write to the stream. */
  destinationRole: `${NAME_PREFIX}-destination`,
  /** The role with which the stream writes to its bucket. */
  streamRole: `${NAME_PREFIX}-stream`,
  /** The role with which `watch` subscribes the clusters of an account. */
  subscribeRole: `${NAME_PREFIX}-subscribe`,
  logDeliveryRole: AUDIT_LOG.deliveryRole,
  destinationStackSet: `${NAME_PREFIX}-destination`,
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
  hunt: `${NAME_PREFIX}-hunt`,
  destination: `${NAME_PREFIX}-destination`,
} as const;

/** The physical name of a queue, function, rule or alarm. */
export function named(part: string): string {
  return `${NAME_PREFIX}-${part}`;
}

/** The forwarding role of a Region's rules. IAM roles are global, so its name includes the Region. */
export const FORWARD_ROLE = `${NAME_PREFIX}-forward-${Aws.REGION}`;
