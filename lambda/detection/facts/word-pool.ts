/** Many short lists of entries of some words each, in one growing array. A list is named by its first entry. */
export class WordPool {
  /** Names the empty list. */
  static readonly end = -1;

  /** An entry's words begin at its place. Replaced when it grows. */
  words: Int32Array<ArrayBuffer>;
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
    let next = WordPool.end;
    for (let index = places.length - 1; index >= 0; index -= 1) {
      const place = places[index] ?? WordPool.end;
      this.#next[place / this.#width] = next;
      next = place;
    }
    return next;
  }

  /** The words of some lists, one after the other. Ends the pool, as its entries are moved and not copied. */
  joined(lists: readonly number[]): Int32Array<ArrayBuffer> {
    const places = new Int32Array(this.#used / this.#width).fill(WordPool.end);
    let count = 0;
    for (const list of lists)
      for (let place = list; place !== WordPool.end; place = this.after(place)) places[place / this.#width] = count++;
    const end = count * this.#width;
    for (let entry = 0; entry < places.length; entry += 1) if (places[entry] === WordPool.end) places[entry] = count++;
    this.#arrange(places);
    return this.words.subarray(0, end);
  }

  /** Moves each entry to its place, a number of entries. */
  #arrange(places: Int32Array): void {
    for (let entry = 0; entry < places.length; entry += 1)
      for (let place = places[entry] ?? entry; place !== entry; place = places[entry] ?? entry) {
        this.#swap(entry * this.#width, place * this.#width);
        places[entry] = places[place] ?? place;
        places[place] = place;
      }
  }

  #swap(one: number, other: number): void {
    const { words } = this;
    for (let word = 0; word < this.#width; word += 1) {
      const kept = words[one + word] ?? 0;
      words[one + word] = words[other + word] ?? 0;
      words[other + word] = kept;
    }
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

/** An array that outgrows the first has room for so many words, as each copy is memory until it is collected. */
const ROOM = 4 * 1024 * 1024;

/** A copy with more room, for entries of so many words each. Memory that was not written to is not the process's yet. */
export function grown(words: Int32Array, width = 1): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil(Math.max(ROOM, 2 * words.length) / width) * width);
  larger.set(words);
  return larger;
}
