import * as z from 'zod';
import { TOPIC_FORMATS } from './detection/vocabulary';

export { METRIC_NAMESPACE, METRICS, type MetricName } from './metric-names';

/**
 * Environment variables, by the property a handler sees each as: `lib/` sets them, the handlers' entry points read them.
 */
export const ENV = {
  /** The DynamoDB table: partition key `pk` and sort key `sk`, both strings; TTL attribute `expires`. */
  lockTable: 'CREDLOCK_LOCK_TABLE',
  /** SQS queue of `confirm`; messages are delayed by up to 15 minutes. */
  delayedQueueUrl: 'CREDLOCK_DELAYED_QUEUE_URL',
  /** SQS queue of `publish`. Optional for `hunt`, and for `publish`: a refused finding is then retried with all sinks. */
  publishingQueueUrl: 'CREDLOCK_PUBLISHING_QUEUE_URL',
  /** SQS queue of unreadable messages, with the reason as an attribute. */
  quarantineQueueUrl: 'CREDLOCK_QUARANTINE_QUEUE_URL',
  /** S3 bucket, owned by `hubAccount`, of the settings and of ip-ranges.json. Versioned, so that an edit can be undone. */
  configBucket: 'CREDLOCK_CONFIG_BUCKET',
  /** Key of the settings: JSON like the CLI's config file. */
  settingsKey: 'CREDLOCK_SETTINGS_KEY',
  /** Key of AWS's ip-ranges.json. If the object does not exist, first uses are accepted unverified. */
  ipRangesKey: 'CREDLOCK_IP_RANGES_KEY',
  /** Key under which `rejudge` keeps the summary of accounts in `learn` mode. */
  learningKey: 'CREDLOCK_LEARNING_KEY',
  /** URL of ip-ranges.json. Optional: AWS's own. */
  ipRangesUrl: 'CREDLOCK_IP_RANGES_URL',
  /** S3 bucket of the CloudTrail log files. Optional: without it only events are read. */
  trailBucket: 'CREDLOCK_TRAIL_BUCKET',
  /** Account that owns the trail bucket; required with it. */
  trailBucketOwner: 'CREDLOCK_TRAIL_BUCKET_OWNER',
  /** Prefix before `AWSLogs/` in its keys. Optional: none. */
  trailPrefix: 'CREDLOCK_TRAIL_PREFIX',
  /** ARN of the customer managed KMS key that encrypts the detector's data. Optional: AWS owned keys. */
  detectorKey: 'CREDLOCK_KEY_ARN',
  /** SQS queue of `verify`, with workloads that have untrusted origins. Optional for `observe`: EC2 is not asked about them. */
  verifyQueueUrl: 'CREDLOCK_VERIFY_QUEUE_URL',
  /** SQS queue of `watch`, with calls that concern the detector, and parts of its rounds. Optional for `observe`: those in log files are not forwarded. */
  watchQueueUrl: 'CREDLOCK_WATCH_QUEUE_URL',
  /** Minutes between two canaries to one account and Region: 15, 30 or 60. Optional: 60. */
  canaryMinutes: 'CREDLOCK_CANARY_MINUTES',
  /** Names of the event rules on the default bus of every member, separated by commas. Optional: they are not checked. */
  rules: 'CREDLOCK_RULES',
  /** Fingerprints of the patterns of `rules`, in their order. Optional: patterns are not compared. */
  rulePatterns: 'CREDLOCK_RULE_PATTERNS',
  /** Event rules of the hub account in the hub's Region: `rule` on the default bus, or `bus/rule`. Optional, as above. */
  hubRules: 'CREDLOCK_HUB_RULES',
  /** `chained-sessions` where the rules forward no calls of sessions that workloads assumed. Optional: they arrive. */
  notForwarded: 'CREDLOCK_NOT_FORWARDED',
  /** The account that runs the detector and whose Security Hub gets the findings. */
  hubAccount: 'CREDLOCK_HUB_ACCOUNT',
  /** The hub's partition: `aws`, `aws-cn`, `aws-us-gov`, … */
  hubPartition: 'CREDLOCK_HUB_PARTITION',
  /** The Region of Security Hub and of the bus. Set by Lambda itself. */
  hubRegion: 'AWS_REGION',
  /** Name or ARN of the EventBridge bus for findings. */
  findingsBus: 'CREDLOCK_FINDINGS_BUS',
  /** SNS topic for notifications. Optional: none are sent. */
  findingsTopicArn: 'CREDLOCK_FINDINGS_TOPIC_ARN',
  /** What is written to the topic: one of `TOPIC_FORMATS`. Optional: text. */
  findingsTopicFormat: 'CREDLOCK_FINDINGS_TOPIC_FORMAT',
  /** S3 bucket, owned by `hubAccount`, of the work of hunts. */
  huntBucket: 'CREDLOCK_HUNT_BUCKET',
  /** Memory of the function in megabytes. Set by Lambda itself. */
  functionMemory: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  /**
   * Name of the read-only role in every member account. Optional, but for `verify`: without it canaries are sent in the hub
   * account alone, and findings do not say why EC2 gave no answer.
   */
  verificationRole: 'CREDLOCK_VERIFICATION_ROLE',
  /** Name of the role in the hub account, without permissions, that is assumed as a canary. Optional: none is sent there. */
  canaryRole: 'CREDLOCK_CANARY_ROLE',
  /** Name of the role in every account with which `watch` subscribes audit logs of clusters. Optional: none are subscribed. */
  subscribeRole: 'CREDLOCK_SUBSCRIBE_ROLE',
  /** CloudWatch Logs filter pattern of the audit records that clusters send. Optional: all of them. */
  auditPattern: 'CREDLOCK_AUDIT_PATTERN',
  /** S3 bucket, owned by `hubAccount`, of the audit records that clusters sent. */
  auditBucket: 'CREDLOCK_AUDIT_BUCKET',
  /** Regions in which members forward, separated by commas. Optional: canaries are sent where events came from. */
  regions: 'CREDLOCK_REGIONS',
} as const;

/** The lock table's own names: partition key, sort key, and the attribute DynamoDB's TTL reads. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', expires: 'expires' } as const;

export type Variable = keyof typeof ENV;

/** Calls that deployed rules may not forward. */
export const CHAINED_SESSIONS = 'chained-sessions';

/** How many minutes apart canaries to one place may be. */
export const CANARY_MINUTES = ['15', '30', '60'] as const;

const filled = text('must not be empty', /\S/);
const queueUrl = text('must be the URL of an SQS queue', /^https?:\/\/\S+\/\d{12}\/[\w-]{1,80}$/);
const account = text('must be an account id of 12 digits', /^\d{12}$/);
const bucket = text('must be the name of an S3 bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);

const CONFIG = { configBucket: bucket, settingsKey: filled, ipRangesKey: filled, hubAccount: account };
const TABLE = { lockTable: text('must be the name of a DynamoDB table', /^[\w.-]{3,255}$/) };
const partition = text('must be a partition like aws', /^aws[a-z-]*$/);
const roleName = text('must be the name of a role, without its ARN', /^[\w+=,.@-]{1,64}$/);
const regions = text(
  'must be Regions separated by commas',
  /^[a-z]{2,}(?:-[a-z]+)+-\d+(?:,[a-z]{2,}(?:-[a-z]+)+-\d+)*$/,
);
const keyArn = text('must be the ARN of a KMS key', /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/);
const ruleNames = text(
  'must be names of rules separated by commas, each with or without `bus/` before it',
  /^(?:[\w.-]{1,256}\/)?[\w.-]{1,64}(?:,(?:[\w.-]{1,256}\/)?[\w.-]{1,64})*$/,
)
  .transform((list) => list.split(','))
  .default([]);
const fingerprints = text(
  'must be fingerprints of 16 hex digits separated by commas',
  /^[0-9a-f]{16}(?:,[0-9a-f]{16})*$/,
)
  .transform((list) => list.split(','))
  .default([]);
const topicArn = text('must be the ARN of an SNS topic', /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:\S+$/);
const TRAIL = { trailBucket: optional(bucket), trailBucketOwner: optional(account), trailPrefix: filled.default('') };
const TOPIC = {
  findingsTopicArn: optional(topicArn),
  findingsTopicFormat: z.enum(TOPIC_FORMATS, { error: `must be ${TOPIC_FORMATS.join(' or ')}` }).default('text'),
};
const HTTPS = text('must be a URL that begins with https://', /^https:\/\/\S+$/);
const PUBLISHED_RANGES = 'https://ip-ranges.amazonaws.com/ip-ranges.json';

const SCHEMAS = {
  observe: z
    .object({
      ...TABLE,
      ...CONFIG,
      delayedQueueUrl: queueUrl,
      quarantineQueueUrl: queueUrl,
      ...TRAIL,
      verifyQueueUrl: optional(queueUrl),
      watchQueueUrl: optional(queueUrl),
      detectorKey: optional(keyArn),
    })
    .refine(({ trailBucket, trailBucketOwner }) => !trailBucket || Boolean(trailBucketOwner), {
      path: ['trailBucketOwner'],
      error: `must be set where ${ENV.trailBucket} is`,
      when: () => true,
    }),
  observeKubernetes: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    publishingQueueUrl: queueUrl,
    quarantineQueueUrl: queueUrl,
    verifyQueueUrl: optional(queueUrl),
    auditBucket: bucket,
    hubPartition: partition,
  }),
  confirm: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    publishingQueueUrl: queueUrl,
    quarantineQueueUrl: queueUrl,
    notForwarded: optional(z.literal(CHAINED_SESSIONS, { error: `must be ${CHAINED_SESSIONS}` })),
    verificationRole: optional(roleName),
  }),
  verify: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    hubPartition: partition,
    hubRegion: filled,
    verificationRole: roleName,
  }),
  publish: z.object({
    hubAccount: account,
    hubPartition: partition,
    hubRegion: filled,
    findingsBus: filled,
    publishingQueueUrl: optional(queueUrl),
    ...TOPIC,
  }),
  rejudge: z.object({
    ...TABLE,
    ...CONFIG,
    delayedQueueUrl: queueUrl,
    learningKey: filled,
    ...TOPIC,
  }),
  refreshIpRanges: z.object({
    configBucket: bucket,
    ipRangesKey: filled,
    hubAccount: account,
    ipRangesUrl: HTTPS.default(PUBLISHED_RANGES),
    ...TOPIC,
  }),
  watch: z.object({
    ...TABLE,
    ...CONFIG,
    publishingQueueUrl: queueUrl,
    quarantineQueueUrl: queueUrl,
    trailBucket: optional(bucket),
    trailPrefix: filled.default(''),
    detectorKey: optional(keyArn),
    watchQueueUrl: queueUrl,
    canaryMinutes: z.enum(CANARY_MINUTES, { error: `must be ${CANARY_MINUTES.join(', ')}` }).default('60'),
    rules: ruleNames,
    rulePatterns: fingerprints,
    hubRules: ruleNames,
    hubPartition: partition,
    hubRegion: filled,
    verificationRole: optional(roleName),
    canaryRole: optional(roleName),
    regions: regions.transform((list) => list.split(',')).default([]),
    subscribeRole: optional(roleName),
    auditPattern: filled.default(''),
  }),
  hunt: z.object({
    lockTable: optional(TABLE.lockTable),
    publishingQueueUrl: optional(queueUrl),
    configBucket: optional(bucket),
    settingsKey: optional(filled),
    ipRangesKey: optional(filled),
    huntBucket: bucket,
    functionMemory: z.coerce.number().int().positive(),
    hubAccount: account,
    ...TRAIL,
  }),
  posture: z.object({
    ...TABLE,
    ...CONFIG,
    hubPartition: partition,
    hubRegion: filled,
    ...TOPIC,
  }),
} as const;

/** Names of the deployed handlers. */
export type HandlerName = keyof typeof SCHEMAS;

/** A handler's variables. Optional ones that are not set are null or have their default. */
export type Environment<Name extends HandlerName> = z.infer<(typeof SCHEMAS)[Name]>;

const SCHEMA_OF: { readonly [Name in HandlerName]: z.ZodType<Environment<Name>> } = SCHEMAS;

/** Environment variables of a process: an empty one counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the variables of a handler. Throws one error with all faults: variable, what is allowed, what was found. */
export function environmentOf<Name extends HandlerName>(handler: Name, from: Variables): Environment<Name> {
  return read(SCHEMA_OF[handler], handler, from);
}

/** Names of the variables a handler requires, and of those it may be given. */
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

/** Source and detail type of findings on the bus. `detail` is the finding, as documented under `credlock.finding/1`. */
export const FINDING_EVENT = { source: 'credlock', detailType: 'credlock Finding' } as const;

/** Input of the schedules of `watch`: the first runs every 15 minutes, the others every hour, the last with a role for it. */
export const WATCH_TASKS = {
  canary: { task: 'canary' },
  check: { task: 'check' },
  subscribe: { task: 'subscribe' },
} as const;

/** Input of the schedules of `posture`: the first runs every day, the second once a week if there is a topic. */
export const POSTURE_TASKS = { daily: { task: 'daily' }, summary: { task: 'summary' } } as const;
