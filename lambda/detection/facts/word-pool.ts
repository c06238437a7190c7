/**
 * Many short lists of entries of some words each, in one growing array. A list is named by its first entry; the word behind
 * those of an entry is the place of the next one.
 */
export class WordPool {
  /** Names the empty list. */
  static readonly end = -1;

  /** An entry's words begin at its place. Replaced when it grows. */
  words: Int32Array<ArrayBuffer>;
  readonly #width: number;
  #used = 0;
  #free = WordPool.end;

  /** `width`: words of an entry, of which the last is the next one's place. */
  constructor(width: number) {
    this.#width = width;
    this.words = new Int32Array(1_024 * width);
  }

  /** A new entry in front of a list. */
  take(list: number): number {
    let place = this.#free;
    if (place === WordPool.end) place = this.#unused();
    else this.#free = this.after(place);
    this.words[place + this.#width - 1] = list;
    return place;
  }

  /** Takes back an entry that is in no list any more. */
  give(place: number): void {
    this.words[place + this.#width - 1] = this.#free;
    this.#free = place;
  }

  /** The next entry of a list. */
  after(place: number): number {
    return this.words[place + this.#width - 1] ?? WordPool.end;
  }

  chain(list: number): number[] {
    const places: number[] = [];
    for (let place = list; place !== WordPool.end; place = this.after(place)) places.push(place);
    return places;
  }

  /** Makes entries one list. */
  link(places: readonly number[]): number {
    let next = WordPool.end;
    for (let index = places.length - 1; index >= 0; index -= 1) {
      const place = places[index] ?? WordPool.end;
      this.words[place + this.#width - 1] = next;
      next = place;
    }
    return next;
  }

  /** The words of all entries, also of those taken back, without a copy. */
  used(): Int32Array<ArrayBuffer> {
    return this.words.subarray(0, this.#used);
  }

  #unused(): number {
    const place = this.#used;
    if (place === this.words.length) this.words = grown(this.words, this.#width);
    this.#used += this.#width;
    return place;
  }
}

/** An array that outgrows the first has room for so many words, as each copy is memory until it is collected. */
const ROOM = 4 * 1024 * 1024;

/** A copy with more room, for entries of so many words each. Memory that was not written to is not the process's yet. */
export function grown(words: Int32Array, width = 1): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil(Math.max(ROOM, 2 * words.length) / width) * width);
  larger.set(words);
  return larger;
}
