/** Facts in an order that does not change as long as there is no other. An array is one. */
export interface FactList<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

/** Facts in few bytes, in their order. Each is read anew. */
export interface PackedRows<T> extends Pick<FactList<T>, 'length' | 'at'> {
  get(id: string): T | undefined;
  add(fact: T): void;
  /** False where there is no row with the fact's id. */
  replace(fact: T): boolean;
}

const MOST_OBJECTS = 10_000;

/** Facts by their ids, of which the latest only are objects where they can be packed. */
export class PackedFacts<T extends { readonly id: string }> implements FactList<T> {
  readonly #newRows: (() => PackedRows<T>) | null;
  readonly #most: number;
  #rows: PackedRows<T> | null = null;
  #objects = new Map<string, T>();
  /** Of the objects; null where there is another since. */
  #list: readonly T[] | null = null;

  /** `newRows`: called once there are more than `most` objects; null where facts are never packed. */
  constructor(newRows: (() => PackedRows<T>) | null, most = MOST_OBJECTS) {
    this.#newRows = newRows;
    this.#most = most;
  }

  get length(): number {
    return (this.#rows?.length ?? 0) + this.#objects.size;
  }

  get(id: string): T | undefined {
    return this.#objects.get(id) ?? this.#rows?.get(id);
  }

  /** Adds a fact, or replaces the one with its id. */
  set(fact: T): void {
    if (this.#rows?.replace(fact)) return;
    this.#list = null;
    this.#objects.set(fact.id, fact);
    if (this.#newRows && this.#objects.size > this.#most) this.#pack(this.#newRows);
  }

  at(index: number): T | undefined {
    const packed = this.#rows?.length ?? 0;
    if (index < packed) return this.#rows?.at(index);
    this.#list ??= [...this.#objects.values()];
    return this.#list[index - packed];
  }

  values(): Generator<T> {
    return allOf(this);
  }

  [Symbol.iterator](): Generator<T> {
    return this.values();
  }

  #pack(newRows: () => PackedRows<T>): void {
    this.#rows ??= newRows();
    for (const fact of this.#objects.values()) this.#rows.add(fact);
    this.#objects = new Map();
  }
}

/** Some facts of a list, by their indices in it. */
export class SomeFacts<T> implements FactList<T> {
  readonly #of: FactList<T>;
  readonly #indices: readonly number[];

  constructor(of: FactList<T>, indices: readonly number[]) {
    this.#of = of;
    this.#indices = indices;
  }

  get length(): number {
    return this.#indices.length;
  }

  at(index: number): T | undefined {
    const of = this.#indices[index];
    return of === undefined ? undefined : this.#of.at(of);
  }

  [Symbol.iterator](): Generator<T> {
    return allOf(this);
  }
}

/** The facts of two lists. */
export class JoinedFacts<T> implements FactList<T> {
  readonly #first: FactList<T>;
  readonly #second: FactList<T>;
  readonly length: number;

  constructor(first: FactList<T>, second: FactList<T>) {
    this.#first = first;
    this.#second = second;
    this.length = first.length + second.length;
  }

  at(index: number): T | undefined {
    return index < this.#first.length ? this.#first.at(index) : this.#second.at(index - this.#first.length);
  }

  [Symbol.iterator](): Generator<T> {
    return allOf(this);
  }
}

function* allOf<T>(list: Pick<FactList<T>, 'length' | 'at'>): Generator<T> {
  for (let index = 0; index < list.length; index += 1) {
    const fact = list.at(index);
    if (fact !== undefined) yield fact;
  }
}
