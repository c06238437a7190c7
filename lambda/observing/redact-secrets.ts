import { parsedJson } from '../detection/model/json-field';

/** Names of fields that hold a secret, in the spellings of JSON, XML, query strings and headers. */
const NAME = [
  'session[-_]?token',
  'secret[-_]?access[-_]?key',
  '(?:x-amz-)?security[-_]?token',
  'sign[-_]?in[-_]?token',
  'web[-_]?identity[-_]?token',
  'saml[-_]?(?:assertion|response)',
  '(?:access|id|refresh|auth|bearer)[-_]?token',
  'client[-_]?secret',
  'x-amz-signature',
  '(?:proxy-)?authorization',
  'password',
].join('|');
/** A name may have a prefix (`aws_session_token`, `awsSessionToken`, `ns:SessionToken`). */
const SECRET = `(?:[\\w.:-]{0,40}[-_.:]|aws)?(?:${NAME})`;
const SECRET_NAME = new RegExp(`^${SECRET}$`, 'i');

/** `":"`, `=`, `: `, also with escaped quotes. */
const SEPARATOR = '[\\\\"\'\\s]*[:=][\\\\"\'\\s]*';
/** Up to what ends a value: a quote, a space, `&`, a tag. */
const VALUE = '(?:[^"\'\\\\\\s,;&}<]|\\\\+\\/)*';

const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // <SessionToken>…</SessionToken>, also with escaped brackets, and cut off.
  [new RegExp(`((?:<|&lt;)${SECRET}(?:\\s[^<>]{0,200})?(?:>|&gt;))[\\s\\S]*?(?=(?:<|&lt;)\\/|$)`, 'gi'), '$1'],
  // {"key": "sessionToken", "value": "…"}, <key>sessionToken</key><value>…</value>
  [new RegExp(`(${SECRET}(?:\\W|key|name){1,60}?value(?:${SEPARATOR}|>|&gt;))${VALUE}`, 'gi'), '$1'],
  // Authorization: the rest of the line, whatever its scheme.
  [/(\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?)[^"'\\\r\n]*/gi, '$1'],
  // Not inside a longer word, such as the name of the action GetSigninToken.
  [new RegExp(`((?<![A-Za-z0-9])${SECRET}${SEPARATOR})${VALUE}`, 'gi'), '$1'],
  [/\b(bearer)[\s+]+[\w.~+/=-]+/gi, '$1'],
  // Whatever their name: JSON web tokens, SAML assertions, AWS session tokens.
  [/\beyJ[\w-]{8,}\.[\w-]*(?:\.[\w-]*)?/g, ''],
  [/\b(?:PHNhbWx|PD94bWwg)[\w+/=%-]{16,}/g, ''],
  [/\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)[\w+/=%-]*/g, ''],
];

/**
 * The text without credentials: session tokens, secret keys, sign-in, web identity and SAML tokens, bearer headers. At any
 * depth, in JSON inside JSON, XML, query strings and pairs of key and value. Other text is unchanged.
 */
export function withoutSecrets(text: string): string {
  return without(text, MOST_LAYERS);
}

/** Percent-encodings inside one another; JSON inside JSON grows so fast that it needs no bound. */
const MOST_LAYERS = 5;

function without(text: string, layers: number): string {
  const json = parsed(text);
  if (json === undefined) return redacted(text, layers);
  try {
    return JSON.stringify(cleaned(json, layers));
  } catch (error) {
    // Nested deeper than the stack is.
    if (error instanceof RangeError) return redacted(text, layers);
    throw error;
  }
}

/** Percent-encoded text is decoded only where it has a secret. */
function redacted(text: string, layers: number): string {
  const decoded = text.replace(/(?:%[0-9a-f]{2})+/gi, decodedOrSame);
  if (decoded !== text && layers > 0) {
    const inner = without(decoded, layers - 1);
    if (inner !== decoded) return inner;
  }
  return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cleaned(value: unknown, layers: number): unknown {
  if (typeof value === 'string') return without(value, layers);
  if (Array.isArray(value)) return value.map((inner) => cleaned(inner, layers));
  if (typeof value !== 'object' || value === null) return value;
  const isPair = Object.entries(value).some(([key, inner]) => PAIR_KEY.test(key) && isSecretName(inner));
  const kept = Object.entries(value).filter(([key]) => !SECRET_NAME.test(key) && !(isPair && PAIR_VALUE.test(key)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, cleaned(inner, layers)]));
}

const PAIR_KEY = /^(?:key|name|header|field)$/i;
const PAIR_VALUE = /^values?$/i;

function isSecretName(value: unknown): boolean {
  return typeof value === 'string' && SECRET_NAME.test(value);
}

function parsed(text: string): unknown {
  const value = parsedJson(text);
  // A number or word alone is treated as text.
  return typeof value === 'object' && value !== null ? value : undefined;
}
