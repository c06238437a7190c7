const NONE = -1;

/** Numbers by texts that are kept elsewhere, in a few bytes each. */
export class TextIndex {
  readonly #textOf: (number: number) => string | null | undefined;
  /** By slot: a number, or `NONE`, and the hash of its text. */
  #numbers = new Int32Array(64).fill(NONE);
  #hashes = new Int32Array(64);
  #size = 0;

  /** `textOf`: the text that a number was set with. */
  constructor(textOf: (number: number) => string | null | undefined) {
    this.#textOf = textOf;
  }

  get(text: string): number | undefined {
    const found = this.#numbers[this.#slotOf(text, hashOf(text))] ?? NONE;
    return found === NONE ? undefined : found;
  }

  /** The number is not negative. */
  set(text: string, number: number): void {
    const hash = hashOf(text);
    const slot = this.#slotOf(text, hash);
    if (this.#numbers[slot] === NONE) this.#size += 1;
    this.#numbers[slot] = number;
    this.#hashes[slot] = hash;
    if (2 * this.#size > this.#numbers.length) this.#grow();
  }

  /** Where the text is, or belongs. */
  #slotOf(text: string, hash: number): number {
    let slot = this.#firstSlot(hash);
    for (let number = this.#numbers[slot] ?? NONE; number !== NONE; number = this.#numbers[slot] ?? NONE) {
      if (this.#hashes[slot] === hash && this.#textOf(number) === text) return slot;
      slot = this.#after(slot);
    }
    return slot;
  }

  #grow(): void {
    const [numbers, hashes] = [this.#numbers, this.#hashes];
    this.#numbers = new Int32Array(2 * numbers.length).fill(NONE);
    this.#hashes = new Int32Array(2 * numbers.length);
    for (const [from, number] of numbers.entries()) {
      if (number === NONE) continue;
      let slot = this.#firstSlot(hashes[from] ?? 0);
      while (this.#numbers[slot] !== NONE) slot = this.#after(slot);
      this.#numbers[slot] = number;
      this.#hashes[slot] = hashes[from] ?? 0;
    }
  }

  #firstSlot(hash: number): number {
    return (hash >>> 0) % this.#numbers.length;
  }

  #after(slot: number): number {
    return slot + 1 === this.#numbers.length ? 0 : slot + 1;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash;
}
