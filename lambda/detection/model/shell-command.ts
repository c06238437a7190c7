/** Letters a shell takes as they are. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/** Whatever a record says a name is: a line end or an escape in a command somebody pastes runs what follows it. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** One word of a POSIX shell, whatever is in it; null where it holds what cannot be seen and so must not be pasted. */
export function shellWord(text: string): string | null {
  if (text === '' || UNPRINTABLE.test(text)) return null;
  return PLAIN.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command: `$NAME` in capitals is the reader's to set and stays; every other value becomes one word. Null where a value must not be pasted. */
export function command(parts: TemplateStringsArray, ...values: readonly (string | null)[]): string | null {
  let line = parts[0] ?? '';
  for (const [at, value] of values.entries()) {
    const word = value === null ? null : shellWord(value);
    if (word === null) return null;
    line += `${word}${parts[at + 1] ?? ''}`;
  }
  return line;
}
