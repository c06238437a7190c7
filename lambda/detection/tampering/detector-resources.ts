import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { field, textOf } from '../model/json-field';

export type Part = (typeof PARTS)[number];

export const PARTS = [
  'rule',
  'bus',
  'queue',
  'table',
  'function',
  'role',
  'stack',
  'bucket',
  'topic',
  'alarm',
  'log group',
  'schedule',
  'trail',
  'key',
  'service',
] as const;

/** The prefix of the names of all parts. */
const OURS = 'credlock';
/** Ordinary in deployments, so ignored when CloudFormation does it. */
export const CHANGED = 'changed';

/** Parts of a deployment that are not recognised by name; each is null where there is none or it is unknown. */
export interface Deployed {
  /** The bucket log files are read from. */
  readonly trailBucket: string | null;
  /** ARN of the customer's key that encrypts what the detector keeps. */
  readonly detectorKey: string | null;
  /** Where findings are imported into Security Hub; `region` is null for any. */
  readonly hub: { readonly account: string; readonly region: string | null } | null;
}

/** Recognises parts by name only. */
export const BY_NAME_ALONE: Deployed = { trailBucket: null, detectorKey: null, hub: null };

/** An action on a part of the detector. */
export interface Act {
  readonly part: Part;
  readonly name: string;
  /** As it follows "was". */
  readonly was: string;
}

/** As it follows "was", or a function of the request parameters that returns it; null: no effect. */
type Effect = string | ((request: unknown) => string | null);

interface Service {
  readonly part: Part;
  /** The parameters that name the part. */
  readonly named: readonly string[];
  readonly actions: Readonly<Record<string, Effect>>;
}

const DISABLED = 'disabled';
const DELETED = 'deleted';
const ONLY_OFF = (request: unknown): string | null => (field(request, 'state') === 'DISABLED' ? DISABLED : CHANGED);

const BUCKET_ACTIONS: Readonly<Record<string, Effect>> = {
  DeleteBucket: DELETED,
  PutBucketPolicy: CHANGED,
  DeleteBucketPolicy: CHANGED,
  PutBucketNotification: CHANGED,
  PutBucketVersioning: CHANGED,
  PutBucketLifecycle: CHANGED,
};

const KEY_ACTIONS: Readonly<Record<string, Effect>> = {
  DisableKey: DISABLED,
  ScheduleKeyDeletion: 'scheduled for deletion',
  DeleteImportedKeyMaterial: 'emptied of its material',
  PutKeyPolicy: CHANGED,
};

/** By the first part of the event source. Left out are actions that do harm only together with one listed here. */
const SERVICES: Readonly<Record<string, readonly Service[]>> = {
  events: [
    {
      part: 'rule',
      named: ['name', 'rule'],
      actions: {
        DisableRule: DISABLED,
        DeleteRule: DELETED,
        PutRule: ONLY_OFF,
        RemoveTargets: 'cut off from its targets',
        PutTargets: CHANGED,
      },
    },
    {
      part: 'bus',
      named: ['eventBusName', 'name'],
      actions: {
        DeleteEventBus: DELETED,
        RemovePermission: 'closed to senders',
        PutPermission: CHANGED,
        UpdateEventBus: CHANGED,
      },
    },
  ],
  sqs: [
    {
      part: 'queue',
      named: ['queueUrl'],
      actions: {
        DeleteQueue: DELETED,
        PurgeQueue: 'emptied',
        SetQueueAttributes: CHANGED,
        AddPermission: CHANGED,
        RemovePermission: CHANGED,
      },
    },
  ],
  dynamodb: [
    {
      part: 'table',
      named: ['tableName', 'resourceArn'],
      actions: {
        DeleteTable: DELETED,
        UpdateTable: CHANGED,
        UpdateTimeToLive: CHANGED,
        UpdateContinuousBackups: CHANGED,
        PutResourcePolicy: CHANGED,
        DeleteResourcePolicy: CHANGED,
      },
    },
  ],
  lambda: [
    {
      part: 'function',
      named: ['functionName'],
      actions: {
        DeleteFunction: DELETED,
        PutFunctionConcurrency: (request) =>
          field(request, 'reservedConcurrentExecutions') === 0 ? 'stopped' : CHANGED,
        UpdateFunctionCode: CHANGED,
        UpdateFunctionConfiguration: CHANGED,
        DeleteEventSourceMapping: 'cut off from its queue',
        UpdateEventSourceMapping: (request) =>
          field(request, 'enabled') === false ? 'cut off from its queue' : CHANGED,
        AddPermission: CHANGED,
        RemovePermission: CHANGED,
      },
    },
  ],
  iam: [
    {
      part: 'role',
      named: ['roleName'],
      actions: {
        DeleteRole: DELETED,
        DetachRolePolicy: 'stripped of rights',
        DeleteRolePolicy: 'stripped of rights',
        PutRolePolicy: CHANGED,
        AttachRolePolicy: CHANGED,
        UpdateAssumeRolePolicy: CHANGED,
        PutRolePermissionsBoundary: CHANGED,
        DeleteRolePermissionsBoundary: CHANGED,
      },
    },
  ],
  cloudformation: [
    {
      part: 'stack',
      named: ['stackName', 'stackSetName'],
      actions: {
        DeleteStack: DELETED,
        DeleteStackSet: DELETED,
        DeleteStackInstances: 'deleted in some accounts or Regions',
      },
    },
  ],
  s3: [
    {
      part: 'bucket',
      named: ['bucketName'],
      actions: BUCKET_ACTIONS,
    },
  ],
  sns: [
    {
      part: 'topic',
      named: ['topicArn', 'subscriptionArn'],
      actions: {
        DeleteTopic: DELETED,
        Unsubscribe: 'cut off from a subscriber',
        SetTopicAttributes: CHANGED,
        AddPermission: CHANGED,
        RemovePermission: CHANGED,
      },
    },
  ],
  monitoring: [
    {
      part: 'alarm',
      named: ['alarmNames', 'alarmName'],
      actions: { DeleteAlarms: DELETED, DisableAlarmActions: 'silenced', PutMetricAlarm: CHANGED },
    },
  ],
  logs: [{ part: 'log group', named: ['logGroupName'], actions: { DeleteLogGroup: DELETED } }],
  scheduler: [{ part: 'schedule', named: ['name'], actions: { DeleteSchedule: DELETED, UpdateSchedule: ONLY_OFF } }],
};

/** The act on a part of the detector; null where there is none. */
export function partAct(action: string, record: CloudTrailRecord, deployed: Deployed): Act | null {
  switch (record.eventSource.split('.')[0]) {
    case 'kms':
      return keyAct(action, record.request, deployed);
    case 'securityhub':
      return securityHubAct(action, record, deployed);
    case 's3':
      return trailBucketAct(action, record.request, deployed) ?? namedAct(action, record);
    default:
      return namedAct(action, record);
  }
}

function namedAct(action: string, { eventSource, request, response }: CloudTrailRecord): Act | null {
  const [service = ''] = eventSource.split('.');
  for (const { part, named, actions } of own(SERVICES, service) ?? []) {
    const was = effectOf(own(actions, action), request);
    const name = ourNameIn(request, named) ?? (part === 'function' ? ourNameIn(response, ARNS) : null);
    if (was !== null && name !== null) return { part, name, was };
  }
  return null;
}

function trailBucketAct(action: string, request: unknown, { trailBucket: name }: Deployed): Act | null {
  const was = effectOf(own(BUCKET_ACTIONS, action), request);
  return was === null || name === null || textOf(field(request, 'bucketName')) !== name
    ? null
    : { part: 'bucket', name, was };
}

/** Keys are named by ARN or by id; ids are unique enough. */
function keyAct(action: string, request: unknown, { detectorKey }: Deployed): Act | null {
  const was = effectOf(own(KEY_ACTIONS, action), request);
  const named = textOf(field(request, 'keyId'))?.split('/').at(-1);
  const name = detectorKey?.split('/').at(-1);
  return was === null || name === undefined || named !== name ? null : { part: 'key', name, was };
}

/** Only in the account and Region to which findings are imported. */
function securityHubAct(action: string, { account, region }: CloudTrailRecord, { hub }: Deployed): Act | null {
  const isThere = account === hub?.account && (hub.region === null || hub.region === region);
  return isThere && action === 'DisableSecurityHub' ? { part: 'service', name: 'Security Hub', was: DISABLED } : null;
}

/** Event source mappings are named by id; the response names their function. */
const ARNS = ['functionArn'];

/** Ignores inherited properties, because names come from records. */
function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function effectOf(effect: Effect | undefined, request: unknown): string | null {
  return typeof effect === 'function' ? effect(request) : (effect ?? null);
}

function ourNameIn(parameters: unknown, named: readonly string[]): string | null {
  const values = named.flatMap((parameter) => field(parameters, parameter));
  return values.flatMap((value) => ourNameOf(textOf(value) ?? '') ?? [])[0] ?? null;
}

/** The name in an ARN, a URL or by itself, as far as its kind goes: `credlock-hub` of `…:stack/credlock-hub/2f0…`. */
function ourNameOf(text: string): string | null {
  return text.split(/[:/]/).find((piece) => piece.startsWith(OURS)) ?? null;
}

/** Lambda's names as CloudTrail writes them (Lambda developer guide, logging with CloudTrail). */
const DATED: readonly string[] = [
  'DeleteFunction20150331',
  'PutFunctionConcurrency20171031',
  'UpdateFunctionCode20150331v2',
  'UpdateFunctionConfiguration20150331v2',
  'DeleteEventSourceMapping20150331',
  'UpdateEventSourceMapping20150331',
  'AddPermission20150331v2',
  'RemovePermission20150331v2',
];

/** Names of all events by which a part of the detector may be harmed; `trailAct` knows those of trails. */
export const PART_EVENTS: readonly string[] = [
  ...Object.values(SERVICES).flatMap((parts) => parts.flatMap(({ actions }) => Object.keys(actions))),
  ...Object.keys(KEY_ACTIONS),
  ...DATED,
  'DisableSecurityHub',
];
