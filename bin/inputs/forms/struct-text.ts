import { isJsonObject, parsedJson, type JsonObject } from '../../../lambda/detection/model/json-field';

/** Rows nest a session's attributes three deep. */
const DEEPEST = 8;
const KEY = /\s*([\w@.-]{1,100})=/y;
/** Values have no separator of their own: role session and user names have no blanks. */
const VALUE_END = /,\s+[\w@.-]{1,100}=|\}/g;

/** The object in a text that is JSON or as Athena and CloudTrail Lake print rows: `{type=Role, arn=…}`. Null for any other. */
export function objectInText(text: string): JsonObject | null {
  const begin = text.trimStart();
  if (!begin.startsWith('{')) return null;
  const json = parsedJson(text);
  if (isJsonObject(json)) return json;
  return new StructText(begin).read();
}

/** A reader of one row that was printed as a text. */
class StructText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(depth = 0): JsonObject | null {
    if (depth > DEEPEST || this.#text[this.#at] !== '{') return null;
    this.#at += 1;
    const members: Record<string, unknown> = {};
    while (this.#text[this.#at] !== '}') {
      KEY.lastIndex = this.#at;
      const key = KEY.exec(this.#text)?.[1];
      if (key === undefined) return null;
      this.#at = KEY.lastIndex;
      const value = this.#text[this.#at] === '{' ? this.read(depth + 1) : this.#scalar();
      if (value === undefined) return null;
      members[key] = value;
      if (this.#text[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
    return members;
  }

  /** Undefined where the text ends in it. Empty values and `null` are null. */
  #scalar(): string | null | undefined {
    VALUE_END.lastIndex = this.#at;
    const end = VALUE_END.exec(this.#text)?.index;
    if (end === undefined) return undefined;
    const value = this.#text.slice(this.#at, end).trim();
    this.#at = end;
    return value === '' || value === 'null' ? null : value;
  }
}
