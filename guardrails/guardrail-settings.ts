import * as z from 'zod';
import {
  DEPLOYERS,
  GUARDRAILS,
  type CheckedGuardrails,
  type GuardrailName,
} from '../lambda/detection/guardrails/guardrail';
import { type Result } from '../lambda/detection/model/result';

/** The settings of one enabled guardrail. */
export interface GuardrailChoice {
  /** Roots, organisational units or accounts it is attached to. @default to none: the policy exists and denies nothing */
  readonly attachTo: readonly string[];
  /** Role names, whatever their path (`*` and `?` are wildcards), or ARN patterns of roles. @default none */
  readonly exemptRoles: readonly string[];
  /** Services by their prefix in IAM actions; only for `own-vpc-only` and `own-address-only`. @default none */
  readonly exemptServices: readonly string[];
}

/** Settings of the guardrails: the CLI's `--guardrails` file, or the CDK context key `guardrails`. */
export interface GuardrailSettings {
  /** The enabled ones. */
  readonly guardrails: ReadonlyMap<GuardrailName, GuardrailChoice>;
  /** 12 digits; policies do not apply to it. @default null: unknown */
  readonly managementAccount: string | null;
  /** `o-…`: needed by the resource control policy of `protect-credlock`. @default null: no resource control policy */
  readonly organizationId: string | null;
  /** Hop limit of metadata tokens in the account's default; containers need 2. @default 2 */
  readonly hopLimit: number;
}

const NETWORK: readonly GuardrailName[] = ['own-vpc-only', 'own-address-only'];
const NO_EXEMPTIONS: GuardrailChoice = { attachTo: [], exemptRoles: [], exemptServices: [] };

const target = text(
  'must be a root (r-…), an organisational unit (ou-…) or an account id of 12 digits',
  /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|\d{12})$/,
);
const role = text(
  'must be a role name, or an ARN of roles like arn:aws:iam::*:role/ops/* (* and ? are wildcards)',
  /^(?:arn:aws[a-z-]*:iam::[\d*?]{1,12}:role\/[\w+=,.@*?/-]+|(?!arn:)[\w+=,.@*?-]{1,64})$/,
);
const service = text('must be a service’s prefix in IAM actions, like "ssm"', /^[a-z][a-z0-9-]*$/);
const CHOICE = {
  attachTo: list(target).exactOptional(),
  exemptRoles: list(role).exactOptional(),
};
const SWITCH = z.boolean({ error: 'must be true, false or an object' });
const choice = z.union([SWITCH, z.strictObject(CHOICE, { error: keysOf(Object.keys(CHOICE)) })]);
const NETWORK_CHOICE = { ...CHOICE, exemptServices: list(service).exactOptional() };
const networkChoice = z.union([SWITCH, z.strictObject(NETWORK_CHOICE, { error: keysOf(Object.keys(NETWORK_CHOICE)) })]);

const SHAPE = {
  'protect-credlock': choice.exactOptional(),
  'imds-defaults': choice.exactOptional(),
  'launch-requires-imdsv2': choice.exactOptional(),
  'modify-requires-imdsv2': choice.exactOptional(),
  'deny-imdsv1-keys': choice.exactOptional(),
  'own-vpc-only': networkChoice.exactOptional(),
  'own-address-only': networkChoice.exactOptional(),
  managementAccount: text('must be an account id of 12 digits', /^\d{12}$/).exactOptional(),
  organizationId: text('must be the id of an organisation, like o-a1b2c3d4e5', /^o-[a-z0-9]{10,32}$/).exactOptional(),
  hopLimit: z
    .number({ error: 'must be a whole number from 1 to 64' })
    .refine((given) => Number.isSafeInteger(given) && given >= 1 && given <= 64, {
      error: 'must be a whole number from 1 to 64',
    })
    .exactOptional(),
} satisfies Record<GuardrailName, z.ZodType> & Record<string, z.ZodType>;

const SETTINGS = z.strictObject(SHAPE, { error: keysOf(Object.keys(SHAPE)) });

/** All guardrails, without exemptions or attachments: the default of a check. */
export const ALL_GUARDRAILS: GuardrailSettings = {
  guardrails: new Map(GUARDRAILS.map((name) => [name, withDeployers(name, NO_EXEMPTIONS)])),
  managementAccount: null,
  organizationId: null,
  hopLimit: 2,
};

/** The settings, or all faults, each with its path, the values allowed and the value found. */
export function parseGuardrailSettings(value: unknown): Result<GuardrailSettings> {
  const parsed = SETTINGS.safeParse(value);
  if (!parsed.success) return { faults: parsed.error.issues.flatMap((issue) => faultsIn(issue, value, [])) };
  const { data } = parsed;
  const on = GUARDRAILS.flatMap((name) => {
    const given = data[name];
    if (given === undefined || given === false) return [];
    return [[name, withDeployers(name, given === true ? NO_EXEMPTIONS : { ...NO_EXEMPTIONS, ...given })] as const];
  });
  return {
    value: {
      guardrails: new Map(on),
      managementAccount: data.managementAccount ?? null,
      organizationId: data.organizationId ?? null,
      hopLimit: data.hopLimit ?? ALL_GUARDRAILS.hopLimit,
    },
  };
}

/** The guardrails to check: the enabled ones, or those in `only`, enabled or not. */
export function checkedGuardrails(settings: GuardrailSettings, only: readonly GuardrailName[] = []): CheckedGuardrails {
  const { guardrails, managementAccount } = settings;
  if (only.length === 0) return { guardrails, managementAccount };
  const asked = GUARDRAILS.filter((name) => only.includes(name));
  const choices = asked.map((name) => [name, guardrails.get(name) ?? withDeployers(name, NO_EXEMPTIONS)] as const);
  return { guardrails: new Map(choices), managementAccount };
}

/** Deployers must be able to change credlock’s resources. */
function withDeployers(name: GuardrailName, given: GuardrailChoice): GuardrailChoice {
  if (name !== 'protect-credlock') return given;
  return { ...given, exemptRoles: [...new Set([...DEPLOYERS, ...given.exemptRoles])] };
}

function text(error: string, pattern: RegExp) {
  return z.string({ error }).regex(pattern, { error });
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: 'must be a list' });
}

function keysOf(known: readonly string[]) {
  return (issue: { readonly code?: string | undefined; readonly keys?: unknown }): string =>
    issue.code === 'unrecognized_keys'
      ? `has no ${(Array.isArray(issue.keys) ? issue.keys : []).map((key) => `"${String(key)}"`).join(', ')}: known are ${known.join(', ')}`
      : 'must be true, false or an object';
}

type Path = readonly PropertyKey[];

/** For a union, only the faults of the alternative that was meant: an object, if an object was given. */
function faultsIn(issue: z.core.$ZodIssue, settings: unknown, around: Path): string[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((alternative) =>
      alternative.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    );
    if (meant) return meant.flatMap((inner) => faultsIn(inner, settings, path));
    return [`${path.join('.')} must be true, false or an object, got ${shown(valueAt(settings, path))}`];
  }
  const where = path.length === 0 ? 'guardrails' : `guardrails.${path.join('.')}`;
  if (issue.code === 'unrecognized_keys') return [`${where} ${issue.message}`];
  return [`${where} ${issue.message}, got ${shown(valueAt(settings, path))}`];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function shown(value: unknown): string {
  const json = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}

/** True for guardrails on the network of an instance, which alone have `exemptServices`. */
export function isNetworkGuardrail(name: GuardrailName): boolean {
  return NETWORK.includes(name);
}
