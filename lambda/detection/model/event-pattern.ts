import { compareText } from './compare-text';
/** A condition on one field of an event, as EventBridge writes it. A list of conditions holds where one of them does. */
export type Condition =
  | string
  | boolean
  | { readonly exists: boolean }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly wildcard: string }
  | { readonly 'anything-but': { readonly wildcard: readonly string[] } };

/**
 * An EventBridge pattern for an object of an event: for each field named, one of its conditions must hold; of `$or`, one
 * entry. No pattern names a partition or a Region.
 */
export interface Fields {
  readonly [field: string]: readonly Condition[] | readonly Fields[] | Fields;
}

/**
 * A short text for a pattern as JSON, whatever the order of its fields. An `account` that is only `own` counts like any
 * other account's own, as a rule in each account has the same pattern but for that.
 */
export function patternFingerprint(pattern: unknown, own: string): string {
  const text = canonical(pattern, own);
  return [0x811c9dc5, 0x9747b28c].map((seed) => fnv1a(text, seed).toString(16).padStart(8, '0')).join('');
}

function canonical(value: unknown, own: string): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, own)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).toSorted(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, one]) => `${key}:${isOwn(key, one, own) ? 'own' : canonical(one, own)}`).join()}}`;
}

function isOwn(key: string, value: unknown, own: string): boolean {
  return key === 'account' && Array.isArray(value) && value.length === 1 && value[0] === own;
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
