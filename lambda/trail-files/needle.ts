const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Finds a word by a piece of it: V8 searches up to six characters with memchr on the first, which for a rare letter is
 * several times faster than its search for longer words.
 */
export class Needle {
  readonly #text: string;
  readonly #word: string;
  readonly #piece: string;
  readonly #offset: number;
  #next = -1;

  constructor(text: string, word: string, piece: string) {
    this.#text = text;
    this.#word = word;
    this.#piece = piece;
    this.#offset = word.indexOf(piece);
  }

  /** Where the word stands first at or after `from`, which never goes back; beyond every text when it does not. */
  firstFrom(from: number): number {
    if (this.#next < from) this.#next = this.#find(from);
    return this.#next;
  }

  #find(from: number): number {
    const text = this.#text;
    let at = text.indexOf(this.#piece, from + this.#offset);
    while (at >= 0) {
      if (text.startsWith(this.#word, at - this.#offset)) return at - this.#offset;
      at = text.indexOf(this.#piece, at + 1);
    }
    return NEVER;
  }
}
