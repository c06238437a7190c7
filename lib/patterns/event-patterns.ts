import {
  CANARY_SESSION,
  EKS_NODE_TAGS,
  ISSUING_ACTIONS,
  NETWORK_ACTIONS,
  SIMULATION,
} from '../../lambda/detection/vocabulary';
import { kindsNamed, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { CHANGES, TAMPERING } from './tampering-pattern';
import { NAME_PREFIX } from '../../lambda/detection/vocabulary';
import type { Fields } from '../../lambda/detection/model/event-pattern';

export { NAME_PREFIX };

/** What decides which events are forwarded. */
export interface PatternSettings {
  /** Kinds of workloads whose calls are wanted. */
  readonly workloads: readonly WorkloadName[];
  /** Every call of every role session instead of those that look like a workload's: nothing is left out, at a price. */
  readonly forwardAll: boolean;
  /** Only events of this account: rules on buses that may receive those of others need it (a token will do). */
  readonly account: string;
}

/** A pattern, and the last part of its rule's name: `credlock-<name>`. */
export interface NamedPattern {
  readonly name: string;
  /** What it lets through, in words. */
  readonly carries: string;
  readonly pattern: Fields;
}

/** Characters a pattern may have as JSON (EventBridge's quota, adjustable). */
export const MOST_CHARACTERS = 2_048;

/** Rules with wildcards a bus may have (EventBridge's quota, not adjustable). */
export const MOST_WILDCARD_RULES = 30;

/** The patterns of what is forwarded to be observed: calls of workloads, keys issued, changes of the network, the canary. */
export function observedPatterns(
  { workloads, forwardAll, account }: PatternSettings,
  kinds: readonly WorkloadKind[] = kindsNamed(workloads),
): NamedPattern[] {
  const from = fromAws(account);
  const calls = forwardAll
    ? [{ name: 'all', carries: 'every call of a role session', pattern: from({ userIdentity: ANY_SESSION }) }]
    : kinds.flatMap(({ name, events }) =>
        events.calls === null
          ? []
          : [{ name, carries: `calls that look like an ${name}'s`, pattern: from(events.calls) }],
      );
  return [
    ...calls,
    { name: 'issuance', carries: 'keys that STS hands out', pattern: from(issuance(kinds)) },
    { name: 'network', carries: 'changes of addresses and instances', pattern: from(NETWORK) },
    { name: 'canary', carries: "the detector's own test call", pattern: from(CANARY) },
  ];
}

/** What is done to the detector itself, or to a trail. */
export function tamperingPattern({ account }: Pick<PatternSettings, 'account'>): NamedPattern {
  return { name: 'tampering', carries: 'changes of the detector and of trails', pattern: fromAws(account)(TAMPERING) };
}

/** What only the hub's own account can suffer. */
export interface HubParts {
  /** Id of the key that encrypts what the detector keeps. @default none of its own */
  readonly keyId?: string;
  /** Bucket of the trail, where the hub reads one. @default none */
  readonly trailBucket?: string;
}

/** What is done to Security Hub, to the detector's key and to the trail's bucket: none of them is known by its name alone. */
export function hubPartsPattern({ account }: Pick<PatternSettings, 'account'>, parts: HubParts): NamedPattern {
  const { keyId, trailBucket } = parts;
  const ways: readonly Fields[] = [
    { eventSource: [{ prefix: 'securityhub.' }], eventName: ['DisableSecurityHub'] },
    ...(keyId === undefined
      ? []
      : [{ eventSource: [{ prefix: 'kms.' }], requestParameters: { keyId: [{ suffix: keyId }] } }]),
    ...(trailBucket === undefined
      ? []
      : [{ eventSource: [{ prefix: 's3.' }], requestParameters: { bucketName: [trailBucket] } }]),
  ];
  return {
    name: 'hub-parts',
    carries: 'changes of what the hub rests on',
    pattern: {
      source: ['aws.securityhub', 'aws.kms', 'aws.s3'],
      account: [account],
      detail: { ...CHANGES, ...oneOf(ways) },
    },
  };
}

/** All a rule on the hub bus lets through to be observed: what the members forwarded was chosen there. */
export function forwardedPattern(): NamedPattern {
  return {
    name: 'observe',
    carries: 'what members forward',
    pattern: { source: [{ prefix: 'aws.' }], detail: { eventID: [{ exists: true }] } },
  };
}

/** As `tamperingPattern`, of all accounts that forward to the hub bus. */
export function forwardedTamperingPattern(): NamedPattern {
  return {
    name: 'tampering',
    carries: 'changes of the detector and of trails in any account',
    pattern: { source: [{ prefix: 'aws.' }], detail: TAMPERING },
  };
}

/** Sample thefts that the hub account itself put on the hub bus. */
export function simulationPattern({ account }: Pick<PatternSettings, 'account'>): NamedPattern {
  return {
    name: 'simulation',
    carries: 'sample thefts',
    pattern: { source: [SIMULATION.source], account: [account], 'detail-type': [SIMULATION.detailType] },
  };
}

/** Log files that CloudTrail wrote under `prefix` (empty, or ending in a slash) of a bucket that tells EventBridge. */
export function trailObjectsPattern(bucket: string, prefix: string, account: string): NamedPattern {
  return {
    name: 'trail',
    carries: 'log files of the trail',
    pattern: {
      source: ['aws.s3'],
      account: [account],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket] }, object: { key: [{ wildcard: `${prefix}AWSLogs/*/CloudTrail/*` }] } },
    },
  };
}

/** A change of one of these objects of the config bucket, as `rejudge` waits for. */
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
    ]),
  };
}

/** EventBridge refuses a choice of one. */
function oneOf(choices: readonly Fields[]): Fields {
  const [only, ...others] = choices;
  return only && others.length === 0 ? only : { $or: choices };
}

const NETWORK: Fields = {
  eventSource: [{ prefix: 'ec2.' }],
  errorCode: [{ exists: false }],
  $or: [
    { eventName: NETWORK_ACTIONS },
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
