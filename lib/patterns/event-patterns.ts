import { CANARY_SESSION, NETWORK_ACTIONS, SIMULATION, type WorkloadName } from '../../lambda/detection/vocabulary';
import { CHANGES, TAMPERING } from './tampering-pattern';
import { NAME_PREFIX } from '../../lambda/detection/vocabulary';
import type { Fields, Condition } from './pattern';

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
export function observedPatterns(settings: PatternSettings): NamedPattern[] {
  const { workloads, forwardAll, account } = settings;
  const from = fromAws(account);
  const calls = forwardAll
    ? [{ name: 'all', carries: 'every call of a role session', pattern: from({ userIdentity: ANY_SESSION }) }]
    : workloads.flatMap((name) => {
        const own = CALLS[name];
        return own === null ? [] : [{ name, carries: `calls that look like an ${name}'s`, pattern: from(own) }];
      });
  return [
    ...calls,
    { name: 'issuance', carries: 'keys that STS hands out', pattern: from(issuance(workloads)) },
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

const HEX_DIGITS = [...'0123456789abcdef'];

/** Task ids are hex digits alone; nearly all other session names have one of these or end in another letter. */
const NO_TASK_ID: Condition = { 'anything-but': { wildcard: ['*-*', '*@*', '*.*', '*_*'] } };

/**
 * Calls that are, or look like, those of a workload of the kind: by what AWS says it issued the keys to, or by the shape of
 * the session's name where that has one. Null where neither tells.
 */
const CALLS: Readonly<Record<WorkloadName, Fields | null>> = {
  'ec2-instance': {
    $or: [
      { userIdentity: { arn: [{ wildcard: '*:assumed-role/*/i-*' }] } },
      { userIdentity: { inScopeOf: { issuerType: ['AWS::EC2::Instance'] } } },
      { userIdentity: { sessionContext: { ec2RoleDelivery: [{ exists: true }] } } },
    ],
  },
  'ecs-task': {
    $or: [
      { userIdentity: { inScopeOf: { issuerType: [{ prefix: 'AWS::ECS::' }] } } },
      {
        userIdentity: {
          arn: HEX_DIGITS.map((digit) => ({ suffix: digit })),
          principalId: [NO_TASK_ID],
          // Users have none.
          sessionContext: { sessionIssuer: { arn: [{ exists: true }] } },
        },
      },
    ],
  },
  'eks-pod': {
    $or: [
      { userIdentity: { arn: [{ wildcard: '*:assumed-role/*/eks-*' }] } },
      {
        userIdentity: {
          sessionContext: { webIdFederationData: { federatedProvider: [{ wildcard: '*:oidc-provider/oidc.eks.*' }] } },
        },
      },
    ],
  },
  'lambda-function': { userIdentity: { inScopeOf: { issuerType: ['AWS::Lambda::Function'] } } },
  'service-session': null,
};

/** The services that obtain a kind's keys, and session names that only keys somebody else obtained can disprove. */
const ISSUERS: Readonly<
  Record<WorkloadName, { readonly services: readonly string[]; readonly also: readonly Fields[] }>
> = {
  'ec2-instance': { services: ['ec2', 'ssm'], also: [{ requestParameters: { roleSessionName: [{ prefix: 'i-' }] } }] },
  'ecs-task': {
    services: ['ecs-tasks'],
    also: [
      {
        requestParameters: { roleSessionName: HEX_DIGITS.map((digit) => ({ suffix: digit })) },
        responseElements: { assumedRoleUser: { assumedRoleId: [NO_TASK_ID] } },
      },
    ],
  },
  'eks-pod': {
    services: ['pods.eks'],
    also: [
      { requestParameters: { roleSessionName: [{ prefix: 'eks-' }] } },
      { userIdentity: { userName: [{ prefix: 'system:serviceaccount:' }] } },
      { responseElements: { subjectFromWebIdentityToken: [{ prefix: 'system:serviceaccount:' }] } },
    ],
  },
  'lambda-function': { services: ['lambda', 'edgelambda'], also: [] },
  'service-session': { services: [], also: [{ userIdentity: { type: ['AWSService'] } }] },
};

function issuance(workloads: readonly WorkloadName[]): Fields {
  const services = workloads.flatMap((name) => ISSUERS[name].services);
  const invokedBy = services.flatMap((service) => [`${service}.amazonaws.com`, `${service}.amazonaws.com.cn`]);
  return {
    eventSource: [{ prefix: 'sts.' }],
    eventName: ['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'],
    errorCode: [{ exists: false }],
    ...oneOf([
      ...(invokedBy.length === 0 ? [] : [{ userIdentity: { invokedBy } }]),
      ...workloads.flatMap((name) => ISSUERS[name].also),
    ]),
  };
}

/** EventBridge refuses a choice of one. */
function oneOf(choices: readonly Fields[]): Fields {
  const [only, ...others] = choices;
  return only && others.length === 0 ? only : { $or: choices };
}

/** Keys of the tags that make an instance a node of an EKS cluster; other tags are no business of ours. */
const NODE_TAGS: readonly Condition[] = [
  { prefix: 'kubernetes.io/cluster/' },
  'eks:cluster-name',
  'aws:eks:cluster-name',
  'alpha.eksctl.io/cluster-name',
];

const NETWORK: Fields = {
  eventSource: [{ prefix: 'ec2.' }],
  errorCode: [{ exists: false }],
  $or: [
    { eventName: NETWORK_ACTIONS },
    { eventName: ['CreateTags'], requestParameters: { tagSet: { items: { key: NODE_TAGS } } } },
  ],
};

const CANARY: Fields = {
  eventSource: [{ prefix: 'sts.' }],
  eventName: ['AssumeRole'],
  requestParameters: { roleSessionName: [CANARY_SESSION] },
};
