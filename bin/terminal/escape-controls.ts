/** Control characters, halves of characters and marks that turn the writing direction: names and user agents are chosen by whoever calls. */
const UNPRINTABLE = /(?!\n)[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What is printed of others' text: line ends stay, what cannot be seen is shown as such. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, '\u{FFFD}');
}
