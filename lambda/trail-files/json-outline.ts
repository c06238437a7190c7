/** The outer structure of trail files, found without parsing: where lists of records open, where tokens end. */

/** The wrappers' members that hold records, or wrapped records. */
const OPENS_WITH_LIST = /\{\s*"(?:Records|Events|logEvents)"\s*:\s*\[/y;
const LIST_MEMBER = /"(?:Records|Events|logEvents)"\s*:\s*\[/y;
const LITERAL = /(?:-?\d[\d.eE+-]*|true|false|null)(?!\w)/y;

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/** The index after the white space, commas, record separators and byte order marks (as Latin-1) that begin at `from`. */
export function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSeparator(text.charCodeAt(at))) at += 1;
  return at;
}

function isSeparator(code: number): boolean {
  if (code === COMMA || code === 32 || (code >= 9 && code <= 13) || code === 30) return true;
  return code === 0xef || code === 0xbb || code === 0xbf;
}

/** The index after the `[` when the object at `at` begins with a list of records; -1 when not. */
export function firstMemberList(text: string, at: number): number {
  OPENS_WITH_LIST.lastIndex = at;
  return OPENS_WITH_LIST.test(text) ? OPENS_WITH_LIST.lastIndex : -1;
}

/** The index after the `[` when the member at `at` is a list of records; -1 when not. */
export function memberList(text: string, at: number): number {
  LIST_MEMBER.lastIndex = at;
  return LIST_MEMBER.test(text) ? LIST_MEMBER.lastIndex : -1;
}

/** `memberList` of the first such member of the object that begins at `from`; -1 when there is none in the text. */
export function anyMemberList(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') {
      const list = depth === 1 ? memberList(text, at) : -1;
      if (list > 0) return list;
      const end = stringEnd(text, at);
      if (end < 0) return -1;
      at = end;
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    if (depth === 0) return -1;
    at += 1;
  }
  return -1;
}

/** The index after the string or literal that begins at `at`; -1 when there is none, or not all of it. */
export function scalarEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === QUOTE) return stringEnd(text, at);
  LITERAL.lastIndex = at;
  return LITERAL.test(text) ? LITERAL.lastIndex : -1;
}

function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? -1 : at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
