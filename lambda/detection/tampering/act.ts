import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { field, textOf } from '../model/json-field';

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
  'log group of an agent',
  'delivery stream',
  'destination',
  'subscription',
  'trail',
  'key',
  'service',
  'account',
  'policy',
  'Region',
] as const;

export type Part = (typeof PARTS)[number];

/**
 * - `harm`: something is off, gone or emptied; always reported.
 * - `change`: an ordinary part of deployments, where it is only listed.
 * - `administration`: ordinary work of people, which can also blind the detector.
 */
export const ACT_KINDS = ['harm', 'change', 'administration'] as const;

export type ActKind = (typeof ACT_KINDS)[number];

/** What an action does; `was` follows the word "was". */
export interface Effect {
  readonly kind: ActKind;
  readonly was: string;
}

/** An action on a part of the detector or on something that it depends on. */
export interface Act extends Effect {
  readonly part: Part;
  readonly name: string;
}

/** Parts of a deployment that are not recognised by name; each is null where there is none or it is unknown. */
export interface Deployed {
  /** Where log files are read from. `prefix`: before `AWSLogs/`, empty or ending in a slash. */
  readonly trail: { readonly bucket: string; readonly prefix: string } | null;
  /** ARN of the customer's key that encrypts what the detector keeps. */
  readonly detectorKey: string | null;
  /** Where findings are imported into Security Hub; `region` is null for any. */
  readonly hub: { readonly account: string; readonly region: string | null } | null;
}

/** Recognises parts by name only. */
export const BY_NAME_ALONE: Deployed = { trail: null, detectorKey: null, hub: null };

/** An effect, or a function that finds it in the call; null: none. */
export type EffectOf = Effect | ((request: unknown, deployed: Deployed) => Effect | null);

/** Calls of one service that concern one sort of resource. */
export interface WatchedCalls {
  readonly part: Part;
  /** The event source without its domain: `events`. */
  readonly service: string;
  /** The name of the resource if the call concerns the detector, else null. */
  readonly nameIn: (call: CloudTrailRecord, deployed: Deployed) => string | null;
  readonly actions: Readonly<Record<string, EffectOf>>;
  /** Actions that change the resource too, and why they are not reported. */
  readonly harmless: Readonly<Record<string, string>>;
}

/** The act in a call of the service, whose action has no version; null where there is none. */
export function actIn(
  { part, nameIn, actions }: WatchedCalls,
  action: string,
  { call, deployed }: { readonly call: CloudTrailRecord; readonly deployed: Deployed },
): Act | null {
  // Names come from records, so inherited properties are ignored.
  const known = Object.hasOwn(actions, action) ? actions[action] : undefined;
  const effect = typeof known === 'function' ? known(call.request, deployed) : known;
  const name = effect ? nameIn(call, deployed) : null;
  return effect && name !== null ? { part, name, ...effect } : null;
}

export const harm = (was: string): Effect => ({ kind: 'harm', was });
export const change = (was: string): Effect => ({ kind: 'change', was });
export const administration = (was: string): Effect => ({ kind: 'administration', was });

export const DELETED = harm('deleted');
export const DISABLED = harm('disabled');
export const CHANGED = change('changed');

/** The prefix of the names of all parts. */
const OURS = 'credlock';

/** Finds a name of the detector's own in request parameters, given as a dotted path each. */
export function named(...parameters: readonly string[]): WatchedCalls['nameIn'] {
  return ({ request }) => ourNameIn(request, parameters);
}

export function ourNameIn(parameters: unknown, paths: readonly string[]): string | null {
  const values = paths.flatMap((path) => path.split('.').reduce<unknown>(field, parameters));
  return values.flatMap((value) => ourNameOf(textOf(value) ?? '') ?? [])[0] ?? null;
}

/** The name in an ARN, a URL or by itself, as far as its kind goes: `credlock-hub` of `…:stack/credlock-hub/2f0…`. */
function ourNameOf(text: string): string | null {
  return text.split(/[:/]/).find((piece) => piece.startsWith(OURS)) ?? null;
}
