/**
 * Control and format characters (escapes, bidirectional and zero-width marks), lone surrogates and line separators. Names,
 * user agents and file names are chosen by others, and could forge or hide output with them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const EACH = new RegExp(UNPRINTABLE, 'gu');
const EACH_BUT_LINE_ENDS = new RegExp(`(?!\\n)${UNPRINTABLE.source}`, 'gu');
const RUNS = new RegExp(`${UNPRINTABLE.source}+`, 'gu');

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** Replaces unprintable characters, except line ends, by U+FFFD. */
export function visible(text: string): string {
  return text.replace(EACH_BUT_LINE_ENDS, '\u{FFFD}');
}

/** One printable line. */
export function printable(text: string): string {
  return text.replace(RUNS, ' ').trim();
}

/** JSON on one line with unprintable characters as escapes, so that nothing is lost. */
export function printableJson(value: unknown): string {
  return escaped(JSON.stringify(value));
}

/** Unprintable characters, line ends too, as `\u001b`. */
export function escaped(text: string): string {
  return text.replace(EACH, (one) =>
    [...Array(one.length).keys()].map((at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** JSON data with every text on one printable line. */
export function printableTexts(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(printableTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, printableTexts(inner)]));
}
