/** Control characters, lone surrogates and bidirectional marks; names and user agents are chosen by callers. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Replaces unprintable characters, except line ends, by U+FFFD. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, '\u{FFFD}');
}
