import type { CloudTrailRecord } from './cloudtrail-record';
import { field, textOf } from './json-field';

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
] as const;

/** With what the name of every part begins. */
const OURS = 'credlock';
/** Done by every deployment, so that CloudFormation may. */
export const CHANGED = 'changed';

/** What was done to what. */
export interface Act {
  readonly part: Part;
  readonly name: string;
  /** As it follows "was". */
  readonly was: string;
}

/** Gives what was done by its effect; null where that is none. */
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

/** By the first part of the event source. Actions that are not here do no harm that others here would not be needed for. */
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
      actions: {
        DeleteBucket: DELETED,
        PutBucketPolicy: CHANGED,
        DeleteBucketPolicy: CHANGED,
        PutBucketNotification: CHANGED,
        PutBucketVersioning: CHANGED,
        PutBucketLifecycle: CHANGED,
      },
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

/** What an action did to a part of the detector; null where it did nothing to any. */
export function partAct(action: string, { eventSource, request, response }: CloudTrailRecord): Act | null {
  const [service = ''] = eventSource.split('.');
  for (const { part, named, actions } of own(SERVICES, service) ?? []) {
    const was = effectOf(own(actions, action), request);
    const name = ourNameIn(request, named) ?? (part === 'function' ? ourNameIn(response, ARNS) : null);
    if (was !== null && name !== null) return { part, name, was };
  }
  return null;
}

/** Mappings are named by ids; what they belong to is in the answer. */
const ARNS = ['functionArn'];

/** What a table has under a name from outside: an object has more than what was put into it. */
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
