/** Needs no quotes in a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/** Names come from records: a pasted line end or escape would run what follows it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** One quoted word of a POSIX shell; null where the text has invisible characters, which are unsafe to paste. */
export function shellWord(text: string): string | null {
  if (text === '' || UNPRINTABLE.test(text)) return null;
  return PLAIN.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A template tag for a command line: each value becomes one shell word. Null where a value is null or unsafe to paste. */
export function command(parts: TemplateStringsArray, ...values: readonly (string | null)[]): string | null {
  let line = parts[0] ?? '';
  for (const [at, value] of values.entries()) {
    const word = value === null ? null : shellWord(value);
    if (word === null) return null;
    line += `${word}${parts[at + 1] ?? ''}`;
  }
  return line;
}
