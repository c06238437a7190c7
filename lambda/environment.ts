import * as z from 'zod';

export { METRIC_NAMESPACE, METRICS, type MetricName } from './metric-names';

/**
 * The contract between what is deployed (`lib/`) and what runs: the names of the environment variables, and of what the
 * handlers publish. `lib/` sets them, the handlers' entry points read them, nobody else knows them.
 *
 * Each variable by the property a handler sees it as.
 */
export const ENV = {
  /** The DynamoDB table: partition key `pk` and sort key `sk`, both strings; TTL attribute `expires`. */
  lockTable: 'CREDLOCK_LOCK_TABLE',
  /** SQS queue from which `confirm` is fed: suspicions wait there for up to 15 minutes. */
  delayedQueueUrl: 'CREDLOCK_DELAYED_QUEUE_URL',
  /**
   * SQS queue from which `publish` is fed: findings on their way to the sinks. Optional for `publish` itself: without it what
   * one sink refused is offered to all of them again.
   */
  publishingQueueUrl: 'CREDLOCK_PUBLISHING_QUEUE_URL',
  /** SQS queue of messages nobody can read, with the reason as an attribute, for people to look at. */
  quarantineQueueUrl: 'CREDLOCK_QUARANTINE_QUEUE_URL',
  /** S3 bucket, owned by `hubAccount`, of the settings and of ip-ranges.json. Versioned, so that an edit can be taken back. */
  configBucket: 'CREDLOCK_CONFIG_BUCKET',
  /** Key of the settings: JSON, the same table of settings as the CLI's config file. */
  settingsKey: 'CREDLOCK_SETTINGS_KEY',
  /** Key of AWS's ip-ranges.json. There may be none yet: then first uses are accepted unverified. */
  ipRangesKey: 'CREDLOCK_IP_RANGES_KEY',
  /** Key under which `rejudge` keeps a list of what accounts in `learn` mode would say. */
  learningKey: 'CREDLOCK_LEARNING_KEY',
  /** Where ip-ranges.json is downloaded from. Optional: AWS's own address. */
  ipRangesUrl: 'CREDLOCK_IP_RANGES_URL',
  /** S3 bucket of the CloudTrail log files. Optional: without it only events are read. */
  trailBucket: 'CREDLOCK_TRAIL_BUCKET',
  /** The account that bucket belongs to; needed with it. */
  trailBucketOwner: 'CREDLOCK_TRAIL_BUCKET_OWNER',
  /** What stands before `AWSLogs/` in its keys. Optional: nothing. */
  trailPrefix: 'CREDLOCK_TRAIL_PREFIX',
  /** ARN of the customer's key that encrypts what the detector keeps. Optional: AWS's own keys do. */
  detectorKey: 'CREDLOCK_KEY_ARN',
  /** SQS queue from which `watch` is fed: what is done to the detector. Optional: what log files tell of it is not handed on. */
  watchQueueUrl: 'CREDLOCK_WATCH_QUEUE_URL',
  /** Names of the event rules on the default bus of every member, with commas. Optional: nobody looks whether they are there. */
  rules: 'CREDLOCK_RULES',
  /** Those of the hub account in the hub's Region, each `rule` on the default bus or `bus/rule`. Optional, as above. */
  hubRules: 'CREDLOCK_HUB_RULES',
  /** The account everything runs in, and for which findings are imported into Security Hub. */
  hubAccount: 'CREDLOCK_HUB_ACCOUNT',
  /** Its partition: `aws`, `aws-cn`, `aws-us-gov`, … */
  hubPartition: 'CREDLOCK_HUB_PARTITION',
  /** The Region of Security Hub and of the bus. Set by Lambda itself. */
  hubRegion: 'AWS_REGION',
  /** Name or ARN of the EventBridge bus that findings are put on. */
  findingsBus: 'CREDLOCK_FINDINGS_BUS',
  /** SNS topic for people. Optional: nobody is told by SNS. */
  findingsTopicArn: 'CREDLOCK_FINDINGS_TOPIC_ARN',
  /** Name of the read-only role in every member account. Optional: without it canaries sing in the hub account alone. */
  verificationRole: 'CREDLOCK_VERIFICATION_ROLE',
  /** Name of the role in the hub account, without permissions, that is assumed as a canary. Optional: none sings there. */
  canaryRole: 'CREDLOCK_CANARY_ROLE',
  /** Regions in which members forward, with commas. Optional: canaries sing where something was heard. */
  regions: 'CREDLOCK_REGIONS',
} as const;

/** The lock table's own names: partition key, sort key, and the attribute DynamoDB's TTL reads. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', expires: 'expires' } as const;

export type Variable = keyof typeof ENV;

const filled = text('must not be empty', /\S/);
const queueUrl = text('must be the URL of an SQS queue', /^https?:\/\/\S+\/\d{12}\/[\w-]{1,80}$/);
const account = text('must be an account id of 12 digits', /^\d{12}$/);
const bucket = text('must be the name of an S3 bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

const CONFIG = { configBucket: bucket, settingsKey: filled, ipRangesKey: filled, hubAccount: account };
const TABLE = { lockTable: text('must be the name of a DynamoDB table', /^[\w.-]{3,255}$/) };
const partition = text('must be a partition like aws', /^aws[a-z-]*$/);
const roleName = text('must be the name of a role, without its ARN', /^[\w+=,.@-]{1,64}$/);
const regions = text(
  'must be Regions with commas between them',
  /^[a-z]{2,}(?:-[a-z]+)+-\d+(?:,[a-z]{2,}(?:-[a-z]+)+-\d+)*$/,
);
const keyArn = text('must be the ARN of a KMS key', /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/);
const ruleNames = text(
  'must be names of rules with commas between them, each with its bus before a slash or without',
  /^(?:[\w.-]{1,256}\/)?[\w.-]{1,64}(?:,(?:[\w.-]{1,256}\/)?[\w.-]{1,64})*$/,
)
  .transform((list) => list.split(','))
  .default([]);
const topicArn = text('must be the ARN of an SNS topic', /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:\S+$/);
const HTTPS = text('must be a URL that begins with https://', /^https:\/\/\S+$/);
const PUBLISHED_RANGES = 'https://ip-ranges.amazonaws.com/ip-ranges.json';

const SCHEMAS = {
  observe: z
    .object({
      ...TABLE,
      ...CONFIG,
      delayedQueueUrl: queueUrl,
      quarantineQueueUrl: queueUrl,
      trailBucket: optional(bucket),
      trailBucketOwner: optional(account),
      trailPrefix: filled.default(''),
      watchQueueUrl: optional(queueUrl),
      detectorKey: optional(keyArn),
    })
    .refine(({ trailBucket, trailBucketOwner }) => !trailBucket || Boolean(trailBucketOwner), {
      path: ['trailBucketOwner'],
      error: `must be set where ${ENV.trailBucket} is`,
      when: () => true,
    }),
  confirm: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    publishingQueueUrl: queueUrl,
    quarantineQueueUrl: queueUrl,
  }),
  publish: z.object({
    hubAccount: account,
    hubPartition: partition,
    hubRegion: filled,
    findingsBus: filled,
    publishingQueueUrl: optional(queueUrl),
    findingsTopicArn: optional(topicArn),
  }),
  rejudge: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    learningKey: filled,
    findingsTopicArn: optional(topicArn),
  }),
  refreshIpRanges: z.object({
    configBucket: bucket,
    ipRangesKey: filled,
    hubAccount: account,
    ipRangesUrl: HTTPS.default(PUBLISHED_RANGES),
  }),
  watch: z.object({
    ...TABLE,
    ...CONFIG,
    publishingQueueUrl: queueUrl,
    quarantineQueueUrl: queueUrl,
    trailBucket: optional(bucket),
    detectorKey: optional(keyArn),
    rules: ruleNames,
    hubRules: ruleNames,
    hubPartition: partition,
    hubRegion: filled,
    verificationRole: optional(roleName),
    canaryRole: optional(roleName),
    regions: regions.transform((list) => list.split(',')).default([]),
  }),
  posture: z.object({
    ...TABLE,
    ...CONFIG,
    hubPartition: partition,
    hubRegion: filled,
    findingsTopicArn: optional(topicArn),
  }),
} as const;

/** The handlers that are deployed. */
export type HandlerName = keyof typeof SCHEMAS;

/** A handler's variables. Optional ones that are not set are null, or have their default. */
export type Environment<Name extends HandlerName> = z.infer<(typeof SCHEMAS)[Name]>;

const SCHEMA_OF: { readonly [Name in HandlerName]: z.ZodType<Environment<Name>> } = SCHEMAS;

/** Environment variables as a process has them: an empty one counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables of a handler. Throws with all faults at once, each with the variable's name, what is allowed, and
 * what was found.
 */
export function environmentOf<Name extends HandlerName>(handler: Name, from: Variables): Environment<Name> {
  return read(SCHEMA_OF[handler], handler, from);
}

/** The names of the variables a handler must, and may, be given. */
export function variablesOf(handler: HandlerName): { readonly required: string[]; readonly optional: string[] } {
  const shape: Readonly<Record<string, z.ZodType>> = SCHEMAS[handler].shape;
  const named = Object.entries(ENV).filter(([property]) => property in shape);
  const mayMiss = (property: string): boolean => shape[property]?.safeParse(undefined).success ?? false;
  return {
    required: named.filter(([property]) => !mayMiss(property)).map(([, name]) => name),
    optional: named.filter(([property]) => mayMiss(property)).map(([, name]) => name),
  };
}

function text(error: string, pattern: RegExp) {
  return z.string({ error }).regex(pattern, { error });
}

function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.nullable(schema).default(null);
}

function read<Value>(schema: z.ZodType<Value>, handler: HandlerName, from: Variables): Value {
  const given = Object.fromEntries(
    Object.entries(ENV).flatMap(([property, name]) => (from[name] ? [[property, from[name]]] : [])),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path: [property], message }) => {
    const name = isVariable(property) ? ENV[property] : String(property);
    return `${name} ${message}, got ${from[name] ? JSON.stringify(from[name]) : 'nothing'}`;
  });
  throw new Error(`environment of ${handler}: ${faults.join('; ')}`);
}

function isVariable(property: unknown): property is Variable {
  return typeof property === 'string' && property in ENV;
}

/** As what findings are put on the bus. `detail` is the finding, as documented under `credlock.finding/1`. */
export const FINDING_EVENT = { source: 'credlock', detailType: 'credlock Finding' } as const;

/** What the schedules of `watch` give it: the first every 15 minutes, the second every hour. */
export const WATCH_TASKS = { canary: { task: 'canary' }, silence: { task: 'silence' } } as const;

/** What the schedules of `posture` give it: the first every day, the second once a week, where people want to be told. */
export const POSTURE_TASKS = { daily: { task: 'daily' }, summary: { task: 'summary' } } as const;

/** Session name of the roles that `watch` assumes as canaries: by it the rules know their events. */
export const CANARY_SESSION = 'credlock-canary';

/** Source of the events that `credlock simulate` puts on the hub's bus. */
export const SIMULATION_SOURCE = 'credlock.simulation';
