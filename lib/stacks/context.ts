import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { parseGuardrailSettings } from '../../guardrails/guardrail-settings';

const ACCOUNT = text('an account id of 12 digits', /^\d{12}$/);
const REGION = text('a Region like eu-west-1', /^[a-z]{2,4}(?:-[a-z]+)+-\d$/);
const EMAIL = text('a mail address', /^[^\s@]+@[^\s@]+\.[^\s@]+$/);
const BUCKET_ARN = /^arn:aws[\w-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;
/** The keys of a deployment; those of the settings are beside them. */
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
  trailPrefix: text('what stands before AWSLogs/ in its keys, ending in a slash', /^\S+\/$/).exactOptional(),
  trailKeyArn: text('the ARN of a KMS key', /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/).exactOptional(),
  forwardAll: yesOrNo().default(false),
  verificationRole: yesOrNo().default(true),
  operatorRoles: list(
    text('names of roles with their paths and without their ARNs, * allowed', /^(?!arn:)(?!\*+$)[\w+=,.@*/-]+$/),
  ).default([]),
  customerKey: yesOrNo().default(false),
  findingsEmail: EMAIL.exactOptional(),
  alarmsEmail: EMAIL.exactOptional(),
  findingsBusArn: text(
    'the ARN of an event bus',
    /^arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/\S+$/,
  ).exactOptional(),
  guardrails: guardrails().exactOptional(),
  metadataNoTokenAlarm: yesOrNo().default(false),
  postureSummary: yesOrNo().default(false),
  logRetentionDays: retention().default(RetentionDays.THREE_MONTHS),
});

type Keys = z.infer<typeof KEYS>;

/** What the context says, checked; what is not given has its default or is absent. */
export interface DeploymentContext extends Keys {
  /** The first settings: those that were given, under their own names. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Who knows the settings, which are no business of the stacks. */
export interface SettingsReader {
  /** Their names. */
  readonly names: readonly string[];
  /** The faults in them, each beginning with the setting's name. */
  readonly faultsOf: (settings: Readonly<Record<string, unknown>>) => readonly string[];
}

/** As what the setting `mode` is given: the context key of that name says how records come. */
const FINDINGS_MODE = 'findingsMode';

/** Reads the context; throws with all its faults at once, each with the key, what is allowed and what was given. */
export function readContext(given: Readonly<Record<string, unknown>>, reader: SettingsReader): DeploymentContext {
  const ours = withOrganization(
    Object.fromEntries(Object.entries(given).filter(([key, value]) => !isOfCdk(key) && value !== '')),
  );
  const settings = firstSettings(ours, reader.names);
  const parsed = KEYS.safeParse(ours);
  const faults = [
    ...unknownKeys(ours, reader.names),
    ...(parsed.success ? missing(parsed.data) : parsed.error.issues.map((issue) => faultOf(issue, ours))),
    ...reader.faultsOf(settings).map((fault) => `context key ${fault.replace(/^mode\b/, FINDINGS_MODE)}`),
  ];
  if (!parsed.success || faults.length > 0) throw new Error(faults.join('\n'));
  return { ...parsed.data, settings };
}

/** Name of the bucket with this ARN. */
export function bucketNameOf(arn: string): string {
  return BUCKET_ARN.exec(arn)?.[1] ?? arn;
}

/** The guardrails need not say again which organisation it is. */
function withOrganization(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { organizationId, managementAccount } = given;
  const said = typeof given['guardrails'] === 'string' ? jsonOr(given['guardrails']) : given['guardrails'];
  if (typeof said !== 'object' || said === null) return given;
  const known = {
    ...(organizationId !== undefined && { organizationId }),
    ...(managementAccount !== undefined && { managementAccount }),
  };
  return { ...given, guardrails: { ...known, ...said } };
}

/** What each mode cannot do without. */
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
      ? [`context key metadataNoTokenAlarm must not be given in mode trail: there is no stack in the accounts`]
      : []),
    ...(regions && hubRegion === undefined
      ? [`context key hubRegion must be given with regions: the Region of the hub, got nothing`]
      : []),
    ...(trailBucketOwner !== undefined && hubAccount === undefined
      ? [`context key hubAccount must be given with trailBucketOwner: an account id of 12 digits, got nothing`]
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

/** CDK's own keys have a colon, a slash or an @ in them, but for one. */
function isOfCdk(key: string): boolean {
  return /[:@/]/.test(key) || key === 'acknowledged-issue-numbers';
}

function unknownKeys(given: Readonly<Record<string, unknown>>, settings: readonly string[]): string[] {
  const known = [...Object.keys(KEYS.shape), ...settings.filter((name) => name !== 'mode'), FINDINGS_MODE];
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  return unknown.map(
    (key) => `context key ${key} is not known, got ${shown(given[key])}: there is ${known.join(', ')}`,
  );
}

/** Settings come as JSON, or as lists with commas, or as they are. */
function firstSettings(given: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const pairs = names.flatMap((name): [string, unknown][] => {
    const value = given[name === 'mode' ? FINDINGS_MODE : name];
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
  return `context key ${String(key)} must be ${message}, got ${shown(given[String(key)])}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function text(error: string, pattern: RegExp) {
  return z.string({ error }).regex(pattern, { error });
}

function choice<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: words.join(' or ') });
}

/** `-c` gives strings, cdk.json may have the real thing. */
function yesOrNo() {
  const error = 'true or false';
  return z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], { error });
}

function list<T extends z.ZodType>(item: T) {
  return z.preprocess(split, z.array(item, { error: 'a list, with commas' }).min(1, { error: 'a list, with commas' }));
}

function split(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}

/** An object, or its JSON; with every fault there is in it. */
function guardrails() {
  return z.unknown().transform((given, context) => {
    const read = parseGuardrailSettings(typeof given === 'string' ? jsonOr(given) : given);
    if ('settings' in read) return read.settings;
    context.addIssue({ code: 'custom', message: `right: ${read.faults.join('; ')}` });
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

function retention() {
  const error = `a number of days out of ${Object.values(RetentionDays)
    .filter((days) => typeof days === 'number')
    .join(', ')}`;
  return z.preprocess(Number, z.enum(RetentionDays, { error }));
}
