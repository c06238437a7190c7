import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { parseGuardrailSettings } from '../../guardrails/guardrail-settings';
import { TOPIC_FORMATS } from '../../lambda/detection/vocabulary';

const ACCOUNT = text('an account id of 12 digits', /^\d{12}$/);
const REGION = text('a Region like eu-west-1', /^[a-z]{2,4}(?:-[a-z]+)+-\d$/);
const EMAIL = text('a mail address', /^[^\s@]+@[^\s@]+\.[^\s@]+$/);
const BUCKET_ARN = /^arn:aws[\w-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;
const KEY_ARN = /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/;
/** The context keys of a deployment, besides those of the settings. */
const KEYS = z.object({
  mode: choice(['organization', 'single', 'trail']),
  organizationId: text('an organisation id like o-exampleorgid', /^o-[a-z0-9]{10,32}$/).exactOptional(),
  hubAccount: ACCOUNT.exactOptional(),
  hubRegion: REGION.exactOptional(),
  regions: list(REGION).exactOptional(),
  targetOus: list(
    text(
      'ids of organisational units like ou-abcd-12345678, or of the root like r-abcd',
      /^(?:ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/,
    ),
  ).exactOptional(),
  managementAccount: ACCOUNT.exactOptional(),
  stackSetCaller: choice(['management', 'delegated-admin']).default('management'),
  trailBucketArn: text('the ARN of a bucket like arn:aws:s3:::name', BUCKET_ARN).exactOptional(),
  trailBucketOwner: ACCOUNT.exactOptional(),
  trailPrefix: text('the key prefix before AWSLogs/, ending in a slash', /^\S+\/$/).exactOptional(),
  trailKeyArn: text('the ARN of a KMS key', KEY_ARN).exactOptional(),
  hunt: flag().default(false),
  huntWorkDays: whole(1, 3_650).exactOptional(),
  huntRemovalPolicy: choice(['retain', 'destroy']).exactOptional(),
  huntKeyArn: text('the ARN of a KMS key', KEY_ARN).exactOptional(),
  huntTags: tags().exactOptional(),
  huntMegabytes: whole(1_024, 10_240).exactOptional(),
  huntConcurrency: whole(1, 10_000).exactOptional(),
  huntPublish: flag().exactOptional(),
  huntStoreFacts: flag().exactOptional(),
  forwardAll: flag().default(false),
  verificationRole: flag().default(true),
  operatorRoles: list(
    text('names of roles with their paths and without their ARNs, * allowed', /^(?!arn:)(?!\*+$)[\w+=,.@*/-]+$/),
  ).default([]),
  canaryMinutes: minutes().exactOptional(),
  customerKey: flag().default(false),
  findingsEmail: EMAIL.exactOptional(),
  topicFormat: choice([...TOPIC_FORMATS]).exactOptional(),
  alarmsEmail: EMAIL.exactOptional(),
  findingsBusArn: text(
    'the ARN of an event bus',
    /^arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/\S+$/,
  ).exactOptional(),
  guardrails: guardrails().exactOptional(),
  metadataNoTokenAlarm: flag().default(false),
  postureSummary: flag().default(false),
  recoveryMails: flag().default(false),
  kubernetes: flag().default(false),
  kubernetesPattern: text('a filter pattern of CloudWatch Logs', /^[^\n]{1,1024}$/).exactOptional(),
  logRetentionDays: retention().default(RetentionDays.THREE_MONTHS),
});

type Keys = z.infer<typeof KEYS>;

/** The validated context. Keys that are not given have their default or are absent. */
export interface DeploymentContext extends Keys {
  /** The initial settings: those that were given, under their own names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Validation of the settings, passed in because `lib` does not import the core. */
export interface SettingsReader {
  /** Names of all settings. */
  readonly names: readonly string[];
  /** Faults of the settings, each beginning with the setting's name. */
  readonly faultsOf: (settings: Readonly<Record<string, unknown>>) => readonly string[];
}

/** Context keys of settings whose own names are keys of the deployment. */
const RENAMED: Readonly<Record<string, string>> = { mode: 'findingsMode', kubernetes: 'kubernetesSettings' };

function contextKeyOf(setting: string): string {
  return RENAMED[setting] ?? setting;
}

/** Reads the context. Throws with all faults at once, each with the key, the allowed and the given value. */
export function readContext(given: Readonly<Record<string, unknown>>, reader: SettingsReader): DeploymentContext {
  const relevant = withOrganization(
    Object.fromEntries(Object.entries(given).filter(([key, value]) => !isOfCdk(key) && value !== '')),
  );
  const settings = initialSettings(relevant, reader.names);
  const parsed = KEYS.safeParse(relevant);
  const faults = [
    ...unknownKeys(relevant, reader.names),
    ...(parsed.success ? missing(parsed.data) : parsed.error.issues.map((issue) => faultOf(issue, relevant))),
    ...reader.faultsOf(settings).map((fault) => `context key ${fault.replace(/^\w+/, contextKeyOf)}`),
  ];
  if (!parsed.success || faults.length > 0) throw new Error(faults.join('\n'));
  return { ...parsed.data, settings };
}

/** Name of the bucket with this ARN. */
export function bucketNameOf(arn: string): string {
  return BUCKET_ARN.exec(arn)?.[1] ?? arn;
}

/** Adds the organisation's ids to the guardrails, which need not repeat them. */
function withOrganization(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { organizationId, managementAccount } = given;
  const chosen = typeof given['guardrails'] === 'string' ? jsonOr(given['guardrails']) : given['guardrails'];
  if (typeof chosen !== 'object' || chosen === null) return given;
  const known = {
    ...(organizationId !== undefined && { organizationId }),
    ...(managementAccount !== undefined && { managementAccount }),
  };
  return { ...given, guardrails: { ...known, ...chosen } };
}

/** Keys each mode requires. */
const NEEDED: Readonly<Record<Keys['mode'], readonly (keyof Keys)[]>> = {
  organization: ['organizationId', 'hubAccount', 'hubRegion', 'targetOus'],
  single: [],
  trail: ['trailBucketArn'],
};

function missing(keys: Keys): string[] {
  const { mode, regions, hubRegion, hubAccount, trailBucketOwner } = keys;
  const needed = NEEDED[mode].filter((key) => keys[key] === undefined);
  return [
    ...needed.map((key) => `context key ${key} must be given in mode ${mode}: ${ALLOWED[key] ?? ''}, got nothing`),
    ...(keys.guardrails && mode !== 'organization'
      ? [`context key guardrails must not be given in mode ${mode}: policies belong to an organisation`]
      : []),
    ...(keys.metadataNoTokenAlarm && mode === 'trail'
      ? [`context key metadataNoTokenAlarm must not be given in mode trail: that mode deploys no stack to the accounts`]
      : []),
    ...kubernetesFaults(keys),
    ...(regions && hubRegion === undefined
      ? [`context key hubRegion must be given with regions: the Region of the hub, got nothing`]
      : []),
    ...missingOfHunt(keys),
    ...(trailBucketOwner !== undefined && hubAccount === undefined
      ? [`context key hubAccount must be given with trailBucketOwner: an account id of 12 digits, got nothing`]
      : []),
  ];
}

function missingOfHunt(keys: Keys): string[] {
  const { mode, hunt, trailBucketArn } = keys;
  const given = OF_HUNT.filter((key) => keys[key] !== undefined);
  if (!hunt) return given.map((key) => `context key ${key} must be given with hunt=true`);
  // Mode trail needs the bucket anyway.
  if (trailBucketArn !== undefined || mode === 'trail') return [];
  return [`context key trailBucketArn must be given with hunt: ${ALLOWED.trailBucketArn ?? ''}, got nothing`];
}

const OF_HUNT = [
  'huntWorkDays',
  'huntRemovalPolicy',
  'huntKeyArn',
  'huntTags',
  'huntMegabytes',
  'huntConcurrency',
  'huntPublish',
  'huntStoreFacts',
] as const satisfies readonly (keyof Keys)[];

function kubernetesFaults({ kubernetes, kubernetesPattern, mode }: Keys): string[] {
  return [
    ...(kubernetes && mode === 'trail'
      ? [`context key kubernetes must not be given in mode trail: that mode deploys no stack to the accounts`]
      : []),
    ...(kubernetesPattern !== undefined && !kubernetes
      ? [`context key kubernetesPattern must be given with kubernetes=true`]
      : []),
  ];
}

const ALLOWED: Partial<Record<keyof Keys, string>> = {
  organizationId: 'an organisation id like o-exampleorgid',
  hubAccount: 'an account id of 12 digits',
  hubRegion: 'a Region like eu-west-1',
  targetOus: 'ids of organisational units like ou-abcd-12345678, or of the root like r-abcd',
  trailBucketArn: 'the ARN of a bucket like arn:aws:s3:::name',
};

/** CDK's own keys contain a colon, a slash or an @, with one exception. */
function isOfCdk(key: string): boolean {
  return /[:@/]/.test(key) || key === 'acknowledged-issue-numbers';
}

function unknownKeys(given: Readonly<Record<string, unknown>>, settings: readonly string[]): string[] {
  const known = [...Object.keys(KEYS.shape), ...settings.map(contextKeyOf)];
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  return unknown.map(
    (key) => `context key ${key} is not known, got ${quoted(given[key])}: known keys are ${known.join(', ')}`,
  );
}

/** Settings are given as values, as JSON, or as comma-separated lists. */
function initialSettings(given: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const pairs = names.flatMap((name): [string, unknown][] => {
    const value = given[contextKeyOf(name)];
    return value === undefined ? [] : [[name, fromText(value, name)]];
  });
  return Object.fromEntries(pairs);
}

const LISTS = new Set(['organizationAccounts', 'privateNetworks', 'workloads']);

function fromText(value: unknown, name: string): unknown {
  if (typeof value !== 'string') return value;
  if (LISTS.has(name) && !value.trim().startsWith('[')) return value.split(',').map((item) => item.trim());
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}

function faultOf({ path: [key = ''], message }: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string {
  return `context key ${String(key)} must be ${message}, got ${quoted(given[String(key)])}`;
}

function quoted(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function text(error: string, pattern: RegExp) {
  return z.string({ error }).regex(pattern, { error });
}

function choice<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: words.join(' or ') });
}

/** `-c` gives strings, cdk.json may give booleans. */
function flag() {
  const error = 'true or false';
  return z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], { error });
}

function list<T extends z.ZodType>(item: T) {
  return z.preprocess(
    split,
    z.array(item, { error: 'a comma-separated list' }).min(1, { error: 'a comma-separated list' }),
  );
}

function split(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}

/** An object or its JSON. The issue lists all faults. */
function guardrails() {
  return z.unknown().transform((given, context) => {
    const read = parseGuardrailSettings(typeof given === 'string' ? jsonOr(given) : given);
    if ('value' in read) return read.value;
    context.addIssue({ code: 'custom', message: `valid: ${read.faults.join('; ')}` });
    return z.NEVER;
  });
}

function jsonOr(given: string): unknown {
  try {
    const parsed: unknown = JSON.parse(given);
    return parsed;
  } catch {
    return given;
  }
}

/** An object or its JSON. */
function tags() {
  const error = 'tags as JSON, like {"cost-center": "security"}';
  const name = z.string().regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u);
  return z.preprocess(
    (given) => (typeof given === 'string' ? jsonOr(given) : given),
    z.record(name, z.string({ error }).max(256, { error }), { error }),
  );
}

function whole(least: number, most: number) {
  const error = `a whole number from ${least} to ${most}`;
  return z.preprocess(Number, z.int({ error }).min(least, { error }).max(most, { error }));
}

function minutes() {
  return z.preprocess(Number, z.union([z.literal(15), z.literal(30), z.literal(60)], { error: '15, 30 or 60' }));
}

function retention() {
  const error = `one of these numbers of days: ${Object.values(RetentionDays)
    .filter((days) => typeof days === 'number')
    .join(', ')}`;
  return z.preprocess(Number, z.enum(RetentionDays, { error }));
}
