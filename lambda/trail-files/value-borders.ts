/** Where records and other JSON values begin in text of any kind. */

const BEHIND_BROKEN = /\{\s*"eventVersion"\s*:/y;
/** In front of a record on a line of its own. */
const LONGEST_TIME_STAMP = 200;
/** `{}` and `[x]` are words of other text, and `{""` is a cell of a CSV file. JSON may also be the text of a string. */
const NEXT_VALUE = /\{\s*"(?!")|\[\s*(?:[[{"]|$)|"(?:\\+")*\s*[[{]\s*\\/g;
const OPENS_VALUE = /\{\s*(?:"(?!")|\})|\[\s*(?:[[{"\]\d-]|(?:null|true|false)\b)|"(?:\\+")*\s*[[{]\s*\\/y;
const MAY_OPEN_VALUE = /(?:\{\s*"?|\[\s*[a-z]{0,5}|"(?:\\+")*\\*\s*[[{]?\s*)$/y;
const BEGINS_RECORD = /\{\s*"eventVersion"/y;
const FIRST_MEMBER = /[\s,]*\{\s*"[^"\\]{1,40}"\s*:/y;
const MEMBER = /"\w{1,40}"\s*:/;
const EVENT_NAME = /event_?name/i;
const TRAIL_WORD = /"(?:eventVersion|eventName|Records|CloudTrailEvent|logEvents)"/;

/** An object that is longer is no record (CloudTrail's stay below 1 MB), or one that lost its end. */
const LONGEST_OBJECT = 4 * 1024 * 1024;
/** Longer objects of another form are entered, and their members read one by one. */
const LONGEST_WRAPPER = 1024 * 1024;

/** Literals and the beginnings of records are shorter. */
export const CUT_TOKEN = 64;

/** Where a record begins at or after `from`, behind a broken one; -1 when none does. */
export function nextRecord(text: string, from: number): number {
  let at = text.indexOf('{', from);
  while (at >= 0 && !matchesAt(BEHIND_BROKEN, text, at) && !beginsLine(text, at)) at = text.indexOf('{', at + 1);
  return at;
}

/** True behind the beginning of a line, perhaps after a time stamp. */
function beginsLine(text: string, brace: number): boolean {
  for (let at = brace - 1; at >= Math.max(0, brace - LONGEST_TIME_STAMP - 1); at -= 1) {
    const character = text[at];
    if (character === '\n') return true;
    if (character === '{' || character === '"') return false;
  }
  return false;
}

/** Where a JSON value begins at or after `from` in other text; -1 when none does. */
export function nextValue(text: string, from: number): number {
  NEXT_VALUE.lastIndex = from;
  return NEXT_VALUE.exec(text)?.index ?? -1;
}

/** From `at` to behind the first name in the object that begins there; null if none does. */
export function firstMember(text: string, at: number): string | null {
  FIRST_MEMBER.lastIndex = at;
  return FIRST_MEMBER.exec(text)?.[0] ?? null;
}

/** True if an object, a list or a string of JSON begins at `at`, and not a word in braces or brackets. */
export function opensValue(text: string, at: number): boolean {
  return matchesAt(OPENS_VALUE, text, at);
}

/** True if that cannot be told before more of the text is there. */
export function mayOpenValue(text: string, at: number): boolean {
  return matchesAt(MAY_OPEN_VALUE, text, at);
}

/** By its first field: a long wrapper of records has that further inside. */
export function isLikeRecord(text: string, at: number): boolean {
  return matchesAt(BEGINS_RECORD, text, at);
}

/** How long the object that begins at `at` may be. */
export function longestObject(text: string, at: number): number {
  return isLikeRecord(text, at) ? LONGEST_OBJECT : LONGEST_WRAPPER;
}

/** True if the string or literal that begins at `at`, and does not end in the text, may end behind it. */
export function mayContinue(text: string, at: number): boolean {
  return text.length - at <= (text[at] === '"' ? LONGEST_OBJECT : CUT_TOKEN);
}

/** True if the text has a member of an object, and may be a piece of a record. */
export function hasMember(text: string): boolean {
  return MEMBER.test(text);
}

/** True if a text may be a record, whatever writes it. */
export function mayHoldRecord(text: string): boolean {
  return EVENT_NAME.test(text);
}

/** True if the text has a name that CloudTrail or one of its wrappers uses. */
export function hasTrailWord(text: string): boolean {
  return TRAIL_WORD.test(text);
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}
