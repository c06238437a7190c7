import { parsedJson } from '../detection/model/json-field';

/** Names of secret fields, in any case and at any depth. */
const SECRET = /^(?:session[-_]?token|secret[-_]?access[-_]?key|x-amz-security-token)$/i;

/** The same in a text that is no JSON, or has JSON in its strings: up to the closing quote, or the end. */
const SECRET_IN_TEXT =
  /((?:session[-_]?token|secret[-_]?access[-_]?key|x-amz-security-token)\\*["']?\s*[:=]\s*\\*["']?)(?:[^"'\\\s,;&}]|\\+\/)*/gi;

/** The text without credentials, at any depth, in JSON inside JSON too. Text that is no JSON is otherwise unchanged. */
export function withoutSecrets(text: string): string {
  const json = parsed(text);
  return json === undefined ? text.replace(SECRET_IN_TEXT, '$1') : JSON.stringify(cleaned(json));
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return withSecretsIn(value) ? withoutSecrets(value) : value;
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !SECRET.test(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, cleaned(inner)]));
}

/** Cheap, and true of every text that has one; an escaped name (`\u0053ession…`) only has meaning in JSON. */
function withSecretsIn(text: string): boolean {
  return /token|secret|\\u00/i.test(text);
}

function parsed(text: string): unknown {
  const value = parsedJson(text);
  // A number or word alone is treated as text.
  return typeof value === 'object' && value !== null ? value : undefined;
}
