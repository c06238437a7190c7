import { parsedJson, type JsonObject } from '../detection/model/json-field';

const KEY = /[\s,]*"([^"\\]{1,64})"\s*:\s*/y;
const LITERAL = /(?:true|false|null|-?\d[\d.eE+-]*)(?=[\s,}\]])/y;

/** The members of the JSON object at the beginning of `text`, as far as they are complete. */
export function cutMembers(text: string): JsonObject {
  const members = new Map<string, unknown>();
  for (let at = text.indexOf('{') + 1; at > 0;) {
    KEY.lastIndex = at;
    const key = KEY.exec(text)?.[1];
    const begin = KEY.lastIndex;
    const end = key === undefined ? -1 : valueEnd(text, begin);
    const value = end < 0 ? undefined : parsedJson(text.slice(begin, end));
    if (key === undefined || value === undefined) break;
    members.set(key, value);
    at = end;
  }
  return Object.fromEntries(members);
}

/** The index behind the value that begins at `from`; -1 if it does not end in the text. */
function valueEnd(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return stringEnd(text, from);
  if (first === '{' || first === '[') return nestedEnd(text, from);
  LITERAL.lastIndex = from;
  return LITERAL.test(text) ? LITERAL.lastIndex : -1;
}

function nestedEnd(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at >= 0 && at < text.length) {
    const char = text[at];
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at = char === '"' ? stringEnd(text, at) : at + 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** `from`: the opening quote. */
function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at < text.length ? at + 1 : -1;
}
