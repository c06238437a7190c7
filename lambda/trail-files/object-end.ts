const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** Returned by `endByBraces` when it cannot decide. */
export const UNSURE = -2;

/**
 * Where the object that begins at `from` ends: the index after its last brace, or -1 when the text ends before. Exact
 * for valid JSON. `text` has one character for every byte of `bytes`.
 */
export function objectEnd(bytes: Uint8Array, text: string, from: number): number {
  const end = endByBraces(text, from);
  return end === UNSURE ? endByBytes(bytes, from) : end;
}

/** Where the list that begins at `from` ends, as `objectEnd`. */
export function listEnd(bytes: Uint8Array, from: number): number {
  return endByBytes(bytes, from, OPEN_LIST, CLOSE_LIST);
}

/** `objectEnd`, for any content of strings. */
export function endByBytes(bytes: Uint8Array, from: number, opens = OPEN, closes = CLOSE): number {
  const to = bytes.length;
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at += 1;
      // Every index is compared with `to` first: one read beyond the array costs the loop a third of its speed.
      while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === opens) {
      depth += 1;
    } else if (byte === closes) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/**
 * `objectEnd` from brace to brace, several times faster, as long as the characters beside each brace prove whether it
 * belongs to the structure or to a string; `UNSURE` from the first that they do not.
 */
export function endByBraces(text: string, from: number): number {
  let depth = 0;
  let open = from;
  let close = text.indexOf('}', from);
  let structural = -1;
  let textual = -1;
  while (close >= 0) {
    if (open >= 0 && open < close) {
      const opens = opening(text, open);
      if (opens === UNSURE) return UNSURE;
      if (opens === KEY) depth += 1;
      if (opens === EMPTY) {
        structural = close;
        close = text.indexOf('}', close + 1);
      }
      open = text.indexOf('{', open + 1);
      continue;
    }
    if (isStructural(text, close, structural)) {
      structural = close;
      depth -= 1;
      if (depth === 0) return close + 1;
    } else if (isTextual(text, close, textual)) {
      textual = close;
    } else {
      return UNSURE;
    }
    close = text.indexOf('}', close + 1);
  }
  return -1;
}

const TEXTUAL = 0;
const KEY = 1;
const EMPTY = 2;

/** The kind of thing that opens at `{`: nothing, as it belongs to a string; an object with a key; `{}`. */
function opening(text: string, open: number): typeof TEXTUAL | typeof KEY | typeof EMPTY | typeof UNSURE {
  const next = text.charCodeAt(open + 1);
  if (next === QUOTE) return beginsKey(text, open + 1) ? KEY : UNSURE;
  if (next === CLOSE) return endsKey(text, open) ? EMPTY : UNSURE;
  return isSpace(next) ? UNSURE : TEXTUAL;
}

/** Were it the end of a string that ends with a brace, a comma, colon, bracket or space would follow. */
function beginsKey(text: string, quote: number): boolean {
  const next = text.charCodeAt(quote + 1);
  return next !== COMMA && next !== COLON && next !== CLOSE && next !== CLOSE_LIST && !isSpace(next);
}

/** `known`: the last brace that was found to be structural; only brackets stand between. */
function isStructural(text: string, close: number, known: number): boolean {
  const before = text.charCodeAt(close - 1);
  if (before === QUOTE) return endsString(text, close - 1);
  if (before === CLOSE) return known === close - 1;
  if (before !== CLOSE_LIST) return endsKey(text, startOfLiteral(text, close));
  if (text.charCodeAt(close - 2) === QUOTE) return endsString(text, close - 2);
  return text.charCodeAt(close - 2) === CLOSE && known === close - 2;
}

/** A brace of the structure is followed by a comma, a bracket, a space or nothing, and never by an escaped quote. */
function isTextual(text: string, close: number, known: number): boolean {
  const next = text.charCodeAt(close + 1);
  if (next === QUOTE || next === BACKSLASH) return true;
  const before = text.charCodeAt(close - 1);
  if (before === CLOSE) return known === close - 1;
  if (before === QUOTE) return isEscapedOnce(text, close - 1);
  if (before !== CLOSE_LIST) return false;
  if (text.charCodeAt(close - 2) === QUOTE) return isEscapedOnce(text, close - 2);
  return text.charCodeAt(close - 2) === CLOSE && known === close - 2;
}

/** A quote that begins a string follows a bracket, comma, colon or space; one inside a string follows a backslash. */
function endsString(text: string, quote: number): boolean {
  const before = text.charCodeAt(quote - 1);
  if (before === COMMA || before === COLON || before === OPEN || before === OPEN_LIST) return false;
  return before !== BACKSLASH && !isSpace(before);
}

/** True if `at` follows a key: a value begins there, outside every string. */
function endsKey(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === COLON && text.charCodeAt(at - 2) === QUOTE && endsString(text, at - 2);
}

/** Of the number, `true`, `false` or `null` that ends before `end`; `end` itself when there is none. */
function startOfLiteral(text: string, end: number): number {
  let at = end;
  while (at > 0 && isLiteral(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

/** Letters, digits, `+`, `-`, `.` */
function isLiteral(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}

function isEscapedOnce(text: string, quote: number): boolean {
  return text.charCodeAt(quote - 1) === BACKSLASH && text.charCodeAt(quote - 2) !== BACKSLASH;
}

function isSpace(code: number): boolean {
  return code <= 32;
}
