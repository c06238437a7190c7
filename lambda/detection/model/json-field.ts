export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON value of `source`; undefined where it is no JSON. */
export function parsedJson(source: string): unknown {
  try {
    const value: unknown = JSON.parse(source);
    return value;
  } catch {
    return undefined;
  }
}

/** The value under `key`; undefined when `value` is no object. */
export function field(value: unknown, key: string): unknown {
  return isJsonObject(value) ? value[key] : undefined;
}

/** The object under `key`; null when there is none. Lists are no objects. */
export function record(value: unknown, key: string): JsonObject | null {
  const found = field(value, key);
  return isJsonObject(found) ? found : null;
}

/** The text under `key`, numbers as their decimal text; null when it is missing, empty or something else. */
export function text(value: unknown, key: string): string | null {
  return textOf(field(value, key));
}

/** A text or number as text; null when it is empty or something else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

const ACCOUNT_ID = /^\d{12}$/;

/** The 12 digits of an account id, or null. Numbers get their leading zeros back: XML-shaped parameters lose them. */
export function accountIdOf(value: unknown): string | null {
  if (typeof value === 'string') return ACCOUNT_ID.test(value) ? value : null;
  if (typeof value !== 'number') return null;
  const digits = String(value).padStart(12, '0');
  return ACCOUNT_ID.test(digits) ? digits : null;
}
