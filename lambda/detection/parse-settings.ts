import * as z from 'zod';
import { canonicalCidr, cidrFault } from './model/address';
import { FINDING_TYPES, RUNTIME_FINDING_TYPES } from './model/finding';
import { DEFAULT_WORKLOADS, WORKLOADS } from './kinds/all-kinds';
import { isImagePattern } from './model/image-name';
import { DEFAULT_KUBERNETES } from './model/kubernetes-settings';
import type { Settings } from './model/settings';
import { type Result } from './model/result';
import { KUBERNETES } from './vocabulary';

/** Values of settings that are not given. */
export const DEFAULT_SETTINGS: Settings = {
  // Empty means unknown: no account is then taken for foreign.
  organizationAccounts: [],
  trustedNetworks: [],
  privateNetworks: [],
  relays: [],
  suppressions: [],
  sharedEgress: { minimumWorkloads: 3, share: 0.1 },
  doorHours: 24,
  maxOriginsPerWorkload: 20,
  retentionDays: 90,
  holdMinutes: 5,
  workloads: [...DEFAULT_WORKLOADS, KUBERNETES],
  kubernetes: DEFAULT_KUBERNETES,
  serviceCallerFindings: false,
  mode: { default: 'live' },
  learnDays: 7,
  noEventsHours: 24,
  postureQuietDays: 30,
  runbookUrl: 'https://github.com/credlock/credlock/blob/main/docs/runbook.md',
};

/**
 * Reads settings as a config file or the CDK context gives them; what is not given has its default, networks come back
 * canonical. Otherwise every fault there is, each with its path, what is allowed there and what was found.
 */
export function parseSettings(value: unknown): Result<Settings> {
  const parsed = SETTINGS.safeParse(value);
  if (!parsed.success) return { faults: parsed.error.issues.flatMap((issue) => faultsIn(issue, value, [])) };
  const sharedEgress = { ...DEFAULT_SETTINGS.sharedEgress, ...parsed.data.sharedEgress };
  const runtimeRules = { ...DEFAULT_KUBERNETES.runtimeRules, ...parsed.data.kubernetes?.runtimeRules };
  const kubernetes = { ...DEFAULT_KUBERNETES, ...parsed.data.kubernetes, runtimeRules };
  return { value: { ...DEFAULT_SETTINGS, ...parsed.data, sharedEgress, kubernetes } };
}

const NARROWING = ['account', 'role', 'workload', 'cidr', 'cluster', 'namespace', 'image', 'types'] as const;
const EXEC_NARROWING = ['user', 'group', 'namespace', 'pod', 'command'] as const;
const ACCOUNT = /^\d{12}$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;
const ROLE_NAME = /^(?!arn:)[\w+=,.@:-]+$/;
const DATE_OR_TIME = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const HTTPS_URL = z.url({ protocol: /^https$/ });

const anyText = text('must be a string', () => true);
const notBlank = text('must be a string that is not blank', (given) => given.trim() !== '');
const account = text('must be an account id, a string of 12 digits (a number would lose leading zeros)', (given) =>
  ACCOUNT.test(given),
);
const role = text(
  'must be a role name, or a role ARN like arn:aws:iam::111122223333:role/name',
  (given) => ROLE_ARN.test(given) || ROLE_NAME.test(given),
);
const expires = text(
  'must be a date like 2027-01-31, or a time with its zone like 2027-01-31T12:00:00Z',
  (given) => DATE_OR_TIME.safeParse(given).success,
);
const httpsUrl = text('must be a URL that begins with https://', (given) => HTTPS_URL.safeParse(given).success);
const network = z.string({ error: 'must be a network, a string like "10.0.0.0/8"' }).transform((given, context) => {
  const canonical = canonicalCidr(given);
  if (canonical !== null) return canonical;
  context.addIssue({ code: 'custom', message: 'must be a network', params: { which: cidrFault(given) } });
  return z.NEVER;
});

const image = text(
  'must be an image without a tag like "quay.io/cilium/cilium", of which the end may be left open ("quay.io/cilium/*")',
  isImagePattern,
);
const anonymousPath = text('must be a path that begins with /', (given) => given.startsWith('/'));
const sensitivePath = text('must be a path that begins with /, or with !/ for an exception', (given) =>
  /^!?\//.test(given),
);

const libraryPath = text('must be a path that begins with /', (given) => given.startsWith('/'));

const trustedNetwork = table({
  cidr: network,
  accounts: list(account).exactOptional(),
  roles: list(role).exactOptional(),
  why: anyText.exactOptional(),
});

const relay = table({ action: oneOf(['sts:GetCallerIdentity']), cidr: network, why: anyText.exactOptional() });

const suppression = table({
  account: account.exactOptional(),
  role: role.exactOptional(),
  workload: notBlank.exactOptional(),
  cidr: network.exactOptional(),
  cluster: notBlank.exactOptional(),
  namespace: notBlank.exactOptional(),
  image: image.exactOptional(),
  types: atLeastOne(oneOf(FINDING_TYPES)).exactOptional(),
  reason: notBlank,
  owner: notBlank,
  expires,
}).refine((given) => NARROWING.some((key) => given[key] !== undefined), {
  error: `must say what it is about: at least one of ${NARROWING.join(', ')}`,
  when: evenWithOtherFaults,
});

const allowedExec = table({
  user: notBlank.exactOptional(),
  group: notBlank.exactOptional(),
  namespace: notBlank.exactOptional(),
  pod: notBlank.exactOptional(),
  command: notBlank.exactOptional(),
  why: anyText.exactOptional(),
}).refine((given) => EXEC_NARROWING.some((key) => given[key] !== undefined), {
  error: `must say what it is about: at least one of ${EXEC_NARROWING.join(', ')}`,
  when: evenWithOtherFaults,
});

const kubernetes = table({
  systemNamespaces: list(notBlank).exactOptional(),
  execAllowed: list(allowedExec).exactOptional(),
  anonymousPaths: list(anonymousPath).exactOptional(),
  privilegedImages: list(image).exactOptional(),
  mountImages: list(image).exactOptional(),
  sensitivePaths: list(sensitivePath).exactOptional(),
  runtimeImages: list(image).exactOptional(),
  libraryPaths: list(libraryPath).exactOptional(),
  runtimeRules: z
    .record(
      notBlank,
      z.union([z.enum(RUNTIME_FINDING_TYPES), z.null()], { error: `${allowed(RUNTIME_FINDING_TYPES)}, or null` }),
      {
        error: 'must be an object',
      },
    )
    .exactOptional(),
  unboundTokens: z.boolean({ error: 'must be true or false' }).exactOptional(),
});

const mode = oneOf(['learn', 'report', 'live']);
const modeKey = text(
  'must have an account id of 12 digits or "default" as its key',
  (given) => given === 'default' || ACCOUNT.test(given),
);
const modes = z.record(modeKey, mode, { error: 'must be an object' }).refine((given) => 'default' in given, {
  error: 'must have an entry "default", for the accounts it does not name',
  when: evenWithOtherFaults,
});

const SETTINGS = table({
  organizationAccounts: list(account).exactOptional(),
  trustedNetworks: list(trustedNetwork).exactOptional(),
  privateNetworks: list(network).exactOptional(),
  relays: list(relay).exactOptional(),
  suppressions: list(suppression).exactOptional(),
  sharedEgress: table({
    minimumWorkloads: whole('of at least 2', (given) => given >= 2).exactOptional(),
    share: number('from 0 to 1', (given) => given >= 0 && given <= 1).exactOptional(),
  }).exactOptional(),
  doorHours: number('above 0 and at most 168', (given) => given > 0 && given <= 168).exactOptional(),
  maxOriginsPerWorkload: whole('from 1 to 1000', (given) => given >= 1 && given <= 1000).exactOptional(),
  retentionDays: whole('from 1 to 3650', (given) => given >= 1 && given <= 3650).exactOptional(),
  // A message cannot be delayed for more than 15 minutes in SQS.
  holdMinutes: number('from 0 to 15', (given) => given >= 0 && given <= 15).exactOptional(),
  workloads: atLeastOne(oneOf([...WORKLOADS, KUBERNETES])).exactOptional(),
  kubernetes: kubernetes.exactOptional(),
  serviceCallerFindings: z.boolean({ error: 'must be true or false' }).exactOptional(),
  mode: z
    .union([mode, modes], { error: `${allowed(mode.options)}, or an object of these by account id, with "default"` })
    .exactOptional(),
  learnDays: number('from 0 to 90', (given) => given >= 0 && given <= 90).exactOptional(),
  noEventsHours: number('from 0 to 168', (given) => given >= 0 && given <= 168).exactOptional(),
  postureQuietDays: whole('from 1 to 90', (given) => given >= 1 && given <= 90).exactOptional(),
  runbookUrl: httpsUrl.exactOptional(),
});

function text(error: string, isAllowed: (given: string) => boolean) {
  return z.string({ error }).refine(isAllowed, { error });
}

/** By default zod runs refinements only where there is no other fault. */
function evenWithOtherFaults({ value }: { readonly value: unknown }): boolean {
  return isRecord(value);
}

function number(range: string, isAllowed: (given: number) => boolean) {
  const error = `must be a number ${range}`;
  return z.number({ error }).refine(isAllowed, { error });
}

function whole(range: string, isAllowed: (given: number) => boolean) {
  const error = `must be a whole number ${range}`;
  return z.number({ error }).refine((given) => Number.isSafeInteger(given) && isAllowed(given), { error });
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: 'must be a list' });
}

function atLeastOne<T extends z.ZodType>(item: T) {
  return list(item).min(1, { error: 'must be a list with at least one entry' });
}

function oneOf<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: allowed(words) });
}

function allowed(words: readonly string[]): string {
  return `must be ${words.map((word) => `"${word}"`).join(' or ')}`;
}

function table<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, Object.keys(shape)) : 'must be an object',
  });
}

function unknownKeys(unknown: readonly string[], known: readonly string[]): string {
  const named = unknown.map((key) => {
    const near = known.find((candidate) => isNear(key.toLowerCase(), candidate.toLowerCase()));
    return near === undefined ? `"${key}"` : `"${key}" (did you mean "${near}"?)`;
  });
  return `has no setting ${named.join(' or ')}: there is ${known.join(', ')}`;
}

/** True when at most two letters were added, left out or changed, or swapped. */
function isNear(a: string, b: string): boolean {
  let before = Array.from({ length: b.length + 1 }, (_, length) => length);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return (before[b.length] ?? 0) <= 2;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function faultsIn(issue: Issue, settings: unknown, around: Path): string[] {
  const path = [...around, ...issue.path];
  const inside = issuesInside(issue);
  if (inside.length > 0) return inside.flatMap((inner) => faultsIn(inner, settings, path));
  if (issue.code === 'unrecognized_keys') return [`${pathText(path)} ${issue.message}`];
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message;
  return [`${pathText(path)} ${message}, got ${shown(valueAt(settings, path))}${whichClause(issue)}`];
}

/** The faults of the alternative that was meant, which is the one of the right type. */
function issuesInside(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.find((alternative) => alternative.every(isInside)) ?? [];
}

function isInside({ code, path }: Issue): boolean {
  return path.length > 0 || code === 'custom';
}

function whichClause(issue: Issue): string {
  const which: unknown = issue.code === 'custom' ? issue.params?.['which'] : undefined;
  return typeof which === 'string' ? `, which ${which}` : '';
}

function pathText(path: Path): string {
  if (path.length === 0) return 'settings';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const json = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
