/** Many short lists of entries of some words each, in one growing array. A list is named by its first entry. */
export class WordPool {
  /** Names the empty list. */
  static readonly end = -1;

  /** An entry's words begin at its place. Replaced when it grows. */
  words: Int32Array;
  readonly #width: number;
  /** Of each entry. */
  #next: Int32Array;
  #used = 0;
  #free = WordPool.end;

  /** `width`: words of an entry. */
  constructor(width: number) {
    this.#width = width;
    this.words = new Int32Array(1_024 * width);
    this.#next = new Int32Array(1_024);
  }

  /** A new entry in front of a list. */
  take(list: number): number {
    let place = this.#free;
    if (place === WordPool.end) place = this.#unused();
    else this.#free = this.after(place);
    this.#next[place / this.#width] = list;
    return place;
  }

  /** Takes back an entry that is in no list any more. */
  give(place: number): void {
    this.#next[place / this.#width] = this.#free;
    this.#free = place;
  }

  /** The next entry of a list. */
  after(place: number): number {
    return this.#next[place / this.#width] ?? WordPool.end;
  }

  chain(list: number): number[] {
    const places: number[] = [];
    for (let place = list; place !== WordPool.end; place = this.after(place)) places.push(place);
    return places;
  }

  /** Makes entries one list. */
  link(places: readonly number[]): number {
    for (const [index, place] of places.entries()) this.#next[place / this.#width] = places[index + 1] ?? WordPool.end;
    return places[0] ?? WordPool.end;
  }

  /** The words of some lists, one after the other. */
  joined(lists: readonly number[]): Int32Array<ArrayBuffer> {
    let count = 0;
    for (const list of lists) for (let place = list; place !== WordPool.end; place = this.after(place)) count += 1;
    const whole = new Int32Array(count * this.#width);
    let at = 0;
    for (const list of lists)
      for (let place = list; place !== WordPool.end; place = this.after(place))
        for (let word = 0; word < this.#width; word += 1) whole[at++] = this.words[place + word] ?? 0;
    return whole;
  }

  #unused(): number {
    const place = this.#used;
    if (place === this.words.length) {
      this.words = grown(this.words, this.#width);
      this.#next = grown(this.#next);
    }
    this.#used += this.#width;
    return place;
  }
}

/** A copy with room for half as many entries again, of so many words each. */
export function grown(words: Int32Array, width = 1): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil((1.5 * words.length) / width) * width);
  larger.set(words);
  return larger;
}
