import { isPrintable } from './printable';

/** Needs no quotes in a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** One quoted word of a POSIX shell; null where the text has invisible characters, which are unsafe to paste. */
export function shellWord(text: string): string | null {
  if (text === '' || !isPrintable(text)) return null;
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
