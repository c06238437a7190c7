/** The guardrails there are, in the order in which they are best switched on. The names are public: settings, CLI, files. */
export const GUARDRAILS = [
  'protect-credlock',
  'imds-defaults',
  'launch-requires-imdsv2',
  'modify-requires-imdsv2',
  'deny-imdsv1-keys',
  'own-vpc-only',
  'own-address-only',
] as const;

export type GuardrailName = (typeof GUARDRAILS)[number];

/** Callers that are exempt from a guardrail. */
export interface Exceptions {
  /** Role names, whatever their path, or ARN patterns with `*` and `?`. */
  readonly exemptRoles: readonly string[];
  /** Services by their prefix in IAM actions (`ssm`); only the guardrails on an instance's own network know them. */
  readonly exemptServices: readonly string[];
}

/** The guardrails to check, with their exceptions. */
export interface CheckedGuardrails {
  readonly guardrails: ReadonlyMap<GuardrailName, Exceptions>;
  /** 12 digits; service and resource control policies do not touch it. Null where it is not known. */
  readonly managementAccount: string | null;
}

/**
 * Certainty of a result. Records do not contain condition keys: it is `certain` if the record has the value that a policy
 * compares, `likely` if it implies the value, and `unknown` otherwise.
 */
export const CERTAINTIES = ['certain', 'likely', 'unknown'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** Prefix of the names of credlock's own resources. */
export const OWN_PREFIX = 'credlock';

/**
 * Actions of services whose clients pass no VPC endpoint, as AWS's data perimeter examples list them
 * (aws-samples/data-perimeter-policy-examples, network_perimeter_ec2_scp.json).
 */
export const WITHOUT_ENDPOINTS = [
  'dax:*',
  'elasticfilesystem:Client*',
  'es:ESHttp*',
  'kafka-cluster:*',
  'neptune-db:*',
  'rds-db:connect',
] as const;

/**
 * IAM actions that `protect-credlock` denies on resources whose name begins with `credlock`, by service, with their resources.
 */
export const PROTECTED: readonly {
  readonly service: string;
  readonly actions: readonly string[];
  /** ARNs without their partition. */
  readonly resources: readonly string[];
  /** The request parameters that name the resource, in lower case. */
  readonly namedBy: readonly string[];
}[] = [
  {
    service: 'events',
    actions: [
      'DeleteEventBus',
      'DeleteRule',
      'DisableRule',
      'PutPermission',
      'PutRule',
      'PutTargets',
      'RemovePermission',
      'RemoveTargets',
      'UpdateEventBus',
    ],
    resources: ['events:*:*:rule/credlock*', 'events:*:*:event-bus/credlock*'],
    namedBy: ['name', 'rule', 'eventbusname'],
  },
  {
    service: 'lambda',
    actions: ['DeleteFunction*', 'PutFunctionConcurrency', 'UpdateFunction*'],
    resources: ['lambda:*:*:function:credlock*'],
    namedBy: ['functionname'],
  },
  {
    service: 'sqs',
    actions: ['AddPermission', 'DeleteQueue', 'PurgeQueue', 'RemovePermission', 'SetQueueAttributes'],
    resources: ['sqs:*:*:credlock*'],
    namedBy: ['queueurl'],
  },
  {
    service: 'sns',
    actions: ['DeleteTopic', 'RemovePermission', 'SetTopicAttributes'],
    resources: ['sns:*:*:credlock*'],
    namedBy: ['topicarn'],
  },
  {
    service: 'dynamodb',
    actions: ['DeleteResourcePolicy', 'DeleteTable', 'PutResourcePolicy', 'UpdateTable', 'UpdateTimeToLive'],
    resources: ['dynamodb:*:*:table/credlock*'],
    namedBy: ['tablename', 'resourcearn'],
  },
  {
    service: 'iam',
    actions: [
      'AttachRolePolicy',
      'DeleteRole',
      'DeleteRolePermissionsBoundary',
      'DeleteRolePolicy',
      'DetachRolePolicy',
      'PutRolePermissionsBoundary',
      'PutRolePolicy',
      'UpdateAssumeRolePolicy',
      'UpdateRole',
    ],
    resources: ['iam::*:role/credlock*'],
    namedBy: ['rolename'],
  },
  {
    service: 'cloudformation',
    actions: [
      'DeleteStack',
      'DeleteStackInstances',
      'DeleteStackSet',
      'ExecuteChangeSet',
      'UpdateStack',
      'UpdateStackInstances',
      'UpdateStackSet',
    ],
    resources: ['cloudformation:*:*:stack/credlock*/*', 'cloudformation:*:*:stackset/credlock*:*'],
    namedBy: ['stackname', 'stacksetname'],
  },
  {
    service: 's3',
    actions: [
      'DeleteBucket',
      'DeleteBucketPolicy',
      'PutBucketPolicy',
      'PutBucketVersioning',
      'PutLifecycleConfiguration',
    ],
    resources: ['s3:::credlock*'],
    namedBy: ['bucketname'],
  },
];

/** Actions on event source mappings, which have no name: policies match their function (`lambda:FunctionArn`). */
export const FEEDING = ['DeleteEventSourceMapping', 'UpdateEventSourceMapping'] as const;

/** CloudTrail writes some of Lambda's actions with the version of its API, and S3's lifecycle by another name. */
const WRITTEN_OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  DeleteEventSourceMapping: ['DeleteEventSourceMapping20150331'],
  'DeleteFunction*': ['DeleteFunction20150331', 'DeleteFunctionConcurrency20171031'],
  PutFunctionConcurrency: ['PutFunctionConcurrency20171031'],
  UpdateEventSourceMapping: ['UpdateEventSourceMapping20150331'],
  'UpdateFunction*': ['UpdateFunctionCode20150331v2', 'UpdateFunctionConfiguration20150331v2'],
  PutLifecycleConfiguration: ['PutBucketLifecycle', 'PutBucketLifecycleConfiguration'],
};

/** The names of records that `protect-credlock` may be about. */
export const PROTECTED_EVENTS: readonly string[] = [...PROTECTED.flatMap(({ actions }) => actions), ...FEEDING].flatMap(
  (action) => WRITTEN_OTHERWISE[action] ?? [action],
);

/**
 * Default exemptions of the roles that deploy: those of `cdk bootstrap` and of service-managed StackSets.
 */
export const DEPLOYERS = ['cdk-*', 'stacksets-exec-*'] as const;
