import { mergedFact, type TokenFact } from './token-fact';

/** Facts by key, of which only the earliest are kept: in which order and how often they come makes no difference. */
export class EarliestKept<F extends TokenFact> {
  readonly #byKey = new Map<string, F>();
  #highest: string | null = null;
  #inOrder: readonly F[] | null = null;

  constructor(private readonly most: number) {}

  /** More may have come than are kept. */
  get isFull(): boolean {
    return this.#byKey.size >= this.most;
  }

  /** By time and key. */
  facts(): readonly F[] {
    this.#inOrder ??= [...this.#byKey]
      .sort(([a, one], [b, other]) => (isBehind(a, one, b, other) ? 1 : -1))
      .map(([, fact]) => fact);
    return this.#inOrder;
  }

  add(key: string, fact: F): void {
    const known = this.#byKey.get(key);
    if (known) {
      if (mergedFact(known, fact) !== fact) return;
      this.#set(key, fact);
      if (key === this.#highest) this.#highest = null;
      return;
    }
    if (this.isFull && this.#isBehindAll(key, fact)) return;
    this.#set(key, fact);
    if (this.#byKey.size > this.most) this.#dropHighest();
    else this.#highest = null;
  }

  #set(key: string, fact: F): void {
    this.#byKey.set(key, fact);
    this.#inOrder = null;
  }

  #isBehindAll(key: string, fact: F): boolean {
    const highest = this.#highestKey();
    const last = highest === null ? undefined : this.#byKey.get(highest);
    return highest !== null && last !== undefined && isBehind(key, fact, highest, last);
  }

  #dropHighest(): void {
    this.#highest = null;
    const highest = this.#highestKey();
    if (highest !== null) this.#byKey.delete(highest);
    this.#highest = null;
  }

  #highestKey(): string | null {
    if (this.#highest !== null) return this.#highest;
    let found: [string, F] | null = null;
    for (const [key, fact] of this.#byKey) if (!found || isBehind(key, fact, ...found)) found = [key, fact];
    return (this.#highest = found?.[0] ?? null);
  }
}

function isBehind(key: string, fact: TokenFact, otherKey: string, other: TokenFact): boolean {
  return fact.time === other.time ? key > otherKey : fact.time > other.time;
}
