import { isJsonObject, textOf, type JsonObject } from '../../model/json-field';

/** The texts under each key of a request or response, at any depth. Keys are in lower case. */
export type Parameters = ReadonlyMap<string, readonly string[]>;

/** Keys that only wrap a list or a text: in EC2's JSON, in its XML, and in the JSON made of that XML. */
const WRAPPERS = new Set(['items', 'item', 'content']);

/** Bounds the recursion; EC2 nests no deeper than 11 levels (RunInstances). */
const DEEPEST = 16;

/**
 * The parameters in requests, responses or parts of them. EC2 writes them flat or inside `<Action>Request`, in camel or
 * Pascal case, and lists as `items`, `item`, an array or a single object.
 */
export function parametersOf(parts: readonly unknown[]): Parameters {
  const found = new Map<string, string[]>();
  for (const part of parts) collect(part, '', found, 0);
  return found;
}

function collect(value: unknown, key: string, found: Map<string, string[]>, depth: number): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, key, found, depth + 1);
    return;
  }
  if (isJsonObject(value)) collectFields(value, key, found, depth);
  else add(value, key, found);
}

function collectFields(value: JsonObject, key: string, found: Map<string, string[]>, depth: number): void {
  for (const name of Object.keys(value)) {
    const inside = value[name];
    const inner = name.toLowerCase();
    collect(inside, WRAPPERS.has(inner) ? key : inner, found, depth + 1);
    // `sourceDestCheck: { value: false }` is a wrapper too, `{ attribute: 'sourceDestCheck', value: 'false' }` is none.
    if (inner === 'value') add(inside, key, found);
  }
}

function add(value: unknown, key: string, found: Map<string, string[]>): void {
  const text = typeof value === 'boolean' ? String(value) : textOf(value);
  if (text === null) return;
  const texts = found.get(key);
  if (texts === undefined) found.set(key, [text]);
  else if (!texts.includes(text)) texts.push(text);
}

/** The text under a key where all parts agree on one; null where none or several are named. */
export function onlyText(parameters: Parameters, key: string): string | null {
  const texts = parameters.get(key) ?? [];
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

/** The outermost objects that have a text under `key` (given in lower case), by that text. */
export function objectsBy(key: string, parts: readonly unknown[]): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const part of parts) collectObjects(part, key, found, 0);
  return found;
}

function collectObjects(value: unknown, key: string, found: Map<string, JsonObject[]>, depth: number): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const each of value) collectObjects(each, key, found, depth + 1);
    return;
  }
  if (!isJsonObject(value)) return;
  const name = textUnder(value, key);
  if (name === null) {
    for (const inside of Object.values(value)) collectObjects(inside, key, found, depth + 1);
    return;
  }
  const named = found.get(name);
  if (named) named.push(value);
  else found.set(name, [value]);
}

function textUnder(value: JsonObject, key: string): string | null {
  for (const name of Object.keys(value))
    if (name.length === key.length && name.toLowerCase() === key) return textOf(value[name]);
  return null;
}
