import {
  AUDIT_LOG,
  CANARY_SESSION,
  EKS_NODE_TAGS,
  GRANT_ACTIONS,
  ISSUING_ACTIONS,
  END_ACTIONS,
  FUNCTION_ACTIONS,
  NETWORK_ACTIONS,
  SECURITY_HUB_ACTIONS,
  SIMULATION,
} from '../../lambda/detection/vocabulary';
import { kindsNamed, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { CHANGES, tampering } from './tampering-pattern';
import { NAME_PREFIX } from '../../lambda/detection/vocabulary';
import type { Fields } from '../../lambda/detection/model/event-pattern';

export { NAME_PREFIX };

/** The settings that determine which events are forwarded. */
export interface PatternSettings {
  /** Kinds of workload whose calls are matched. */
  readonly workloads: readonly WorkloadName[];
  /** Match every call of every role session instead of those that look like a workload's. */
  readonly forwardAll: boolean;
  /** Match only events of this account, or a token: a bus may also receive events of other accounts. */
  readonly account: string;
  /**
   * The detector reads audit logs of clusters, by parts of its own that can be tampered with.
   *
   * @default false
   */
  readonly kubernetes?: boolean;
}

/** A pattern and its rule's name, `credlock-<name>`. */
export interface NamedPattern {
  readonly name: string;
  /** Becomes the rule's description. */
  readonly description: string;
  readonly pattern: Fields;
}

/** Maximum length of a pattern as JSON (an EventBridge quota, adjustable). */
export const MAX_PATTERN_CHARACTERS = 2_048;

/** Maximum number of rules with wildcards on a bus (an EventBridge quota, not adjustable). */
export const MAX_WILDCARD_RULES = 30;

/** Patterns of the events that `observe` reads: calls of workloads, issued credentials, network changes, the canary. */
export function observedPatterns(
  { workloads, forwardAll, account }: PatternSettings,
  kinds: readonly WorkloadKind[] = kindsNamed(workloads),
): NamedPattern[] {
  const from = fromAws(account);
  const calls = forwardAll
    ? [{ name: 'all', description: 'every call of a role session', pattern: from({ userIdentity: ANY_SESSION }) }]
    : kinds.flatMap(({ name, events }) =>
        events.calls === null
          ? []
          : [{ name, description: `calls that look like an ${name}'s`, pattern: from(events.calls) }],
      );
  return [
    ...calls,
    { name: 'issuance', description: 'credentials that STS issues', pattern: from(issuance(kinds)) },
    { name: 'principals', description: 'users, roles and their credentials that are made', pattern: from(PRINCIPALS) },
    { name: 'network', description: 'changes of addresses and instances', pattern: from(NETWORK) },
    { name: 'canary', description: "the detector's own test call", pattern: from(CANARY) },
  ];
}

/** Changes of the detector and of trails. */
export function tamperingPattern({
  account,
  kubernetes = false,
}: Pick<PatternSettings, 'account' | 'kubernetes'>): NamedPattern {
  return {
    name: 'tampering',
    description: 'changes of the detector and of trails',
    pattern: fromAws(account)(tampering(kubernetes)),
  };
}

/** Resources of the hub's account that are not recognised by their names. */
export interface HubResources {
  /** Id of the customer managed key. @default none */
  readonly keyId?: string;
  /** Bucket of the trail that the hub reads. @default none */
  readonly trailBucket?: string;
}

/** Changes of Security Hub, of the detector's key and of the trail's bucket. */
export function hubPartsPattern({ account }: Pick<PatternSettings, 'account'>, parts: HubResources): NamedPattern {
  const { keyId, trailBucket } = parts;
  const ways: readonly Fields[] = [
    { eventSource: [{ prefix: 'securityhub.' }], eventName: SECURITY_HUB_ACTIONS },
    ...(keyId === undefined
      ? []
      : [{ eventSource: [{ prefix: 'kms.' }], requestParameters: { keyId: [{ suffix: keyId }] } }]),
    ...(trailBucket === undefined
      ? []
      : [{ eventSource: [{ prefix: 's3.' }], requestParameters: { bucketName: [trailBucket] } }]),
  ];
  return {
    name: 'hub-parts',
    description: 'changes of resources the hub depends on',
    pattern: {
      source: ['aws.securityhub', 'aws.kms', 'aws.s3'],
      account: [account],
      detail: { ...CHANGES, ...oneOf(ways) },
    },
  };
}

/** Everything that members forward; their own rules have selected it. */
export function forwardedPattern(): NamedPattern {
  return {
    name: 'observe',
    description: 'events forwarded by members',
    pattern: { source: [{ prefix: 'aws.' }], detail: { eventID: [{ exists: true }] } },
  };
}

/** Changes of the detector and of trails in any account that forwards to the hub bus. */
export function forwardedTamperingPattern(kubernetes = false): NamedPattern {
  return {
    name: 'tampering',
    description: 'changes of the detector and of trails in any account',
    pattern: { source: [{ prefix: 'aws.' }], detail: tampering(kubernetes) },
  };
}

/** Sample thefts that `credlock simulate` puts on the hub bus. */
export function simulationPattern({ account }: Pick<PatternSettings, 'account'>): NamedPattern {
  return {
    name: 'simulation',
    description: 'sample thefts',
    pattern: { source: [SIMULATION.source], account: [account], 'detail-type': [SIMULATION.detailType] },
  };
}

/** New log files of a trail, in a bucket with EventBridge notifications. `prefix` is empty or ends in a slash. */
export function trailObjectsPattern(bucket: string, prefix: string, account: string): NamedPattern {
  return {
    name: 'trail',
    description: 'log files of the trail',
    pattern: {
      source: ['aws.s3'],
      account: [account],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket] }, object: { key: [{ wildcard: `${prefix}AWSLogs/*/CloudTrail/*` }] } },
    },
  };
}

/** New objects with audit records in the bucket of the hub's account. */
export function auditObjectsPattern(bucket: string, account: string): NamedPattern {
  return {
    name: 'kubernetes',
    description: 'audit records of clusters',
    pattern: {
      source: ['aws.s3'],
      account: [account],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: AUDIT_LOG.prefix }] } },
    },
  };
}

/** Changes of these objects of the config bucket. */
export function configChangePattern(bucket: string, keys: readonly string[]): Fields {
  return {
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, object: { key: keys } },
  };
}

function fromAws(account: string): (detail: Fields) => Fields {
  return (detail) => ({ source: [{ prefix: 'aws.' }], account: [account], detail });
}

const ANY_SESSION: Fields = { arn: [{ wildcard: '*:assumed-role/*' }] };

function issuance(kinds: readonly WorkloadKind[]): Fields {
  const services = kinds.flatMap(({ events }) => events.issuers);
  const invokedBy = services.flatMap((service) => [`${service}.amazonaws.com`, `${service}.amazonaws.com.cn`]);
  return {
    eventSource: [{ prefix: 'sts.' }],
    eventName: ISSUING_ACTIONS,
    errorCode: [{ exists: false }],
    ...oneOf([
      ...(invokedBy.length === 0 ? [] : [{ userIdentity: { invokedBy } }]),
      ...kinds.flatMap(({ events }) => events.issuances),
      // Stolen credentials may have made the user.
      { userIdentity: { type: ['IAMUser'] } },
    ]),
  };
}

/** EventBridge rejects an `$or` with one entry. */
function oneOf(choices: readonly Fields[]): Fields {
  const [only, ...others] = choices;
  return only && others.length === 0 ? only : { $or: choices };
}

const PRINCIPALS: Fields = {
  errorCode: [{ exists: false }],
  $or: Object.entries(GRANT_ACTIONS).map(([service, eventName]) => ({
    eventSource: [{ prefix: `${service}.` }],
    eventName,
  })),
};

const NETWORK: Fields = {
  eventSource: [{ prefix: 'ec2.' }, { prefix: 'ecs.' }, { prefix: 'lambda.' }, { prefix: 'autoscaling.' }],
  errorCode: [{ exists: false }],
  $or: [
    { eventName: [...NETWORK_ACTIONS, ...END_ACTIONS, ...FUNCTION_ACTIONS] },
    {
      eventName: ['CreateTags'],
      requestParameters: { tagSet: { items: { key: [{ prefix: EKS_NODE_TAGS.prefix }, ...EKS_NODE_TAGS.keys] } } },
    },
  ],
};

const CANARY: Fields = {
  eventSource: [{ prefix: 'sts.' }],
  eventName: ['AssumeRole'],
  requestParameters: { roleSessionName: [CANARY_SESSION] },
};
