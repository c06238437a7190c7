import { RowReader, RowWriter } from './fact-row';
import type { PackedRows } from './packed-facts';
import { TextIndex } from './text-index';

/** How facts of a kind are written as rows. What many of them have is kept beside the rows, once. */
export interface RowFormat<T> {
  write(fact: T, row: RowWriter): void;
  read(row: RowReader): T;
}

/** Rows are kept in parts of this length, but for longer rows, so that nothing is copied when there are more. */
const PART_BITS = 20;
const PART = 1 << PART_BITS;

/** Facts as rows of bytes. The bytes of a row that is replaced are not used again. */
export class FactRows<T extends { readonly id: string }> implements PackedRows<T> {
  readonly #format: RowFormat<T>;
  readonly #writer = new RowWriter();
  readonly #parts: Uint8Array[] = [];
  #used = PART;
  /** By row: its part, and where it begins in it. */
  #places = new Int32Array(1_024);
  readonly #byId = new TextIndex((row) => this.at(row)?.id);
  length = 0;

  constructor(format: RowFormat<T>) {
    this.#format = format;
  }

  get(id: string): T | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : this.at(row);
  }

  at(row: number): T | undefined {
    const place = this.#places[row] ?? 0;
    const part = this.#parts[place >>> PART_BITS];
    return part && this.#format.read(new RowReader(part, place & (PART - 1)));
  }

  add(fact: T): void {
    if (this.length === this.#places.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#places);
      this.#places = larger;
    }
    const row = this.length++;
    this.#write(row, fact);
    this.#byId.set(fact.id, row);
  }

  replace(fact: T): boolean {
    const row = this.#byId.get(fact.id);
    if (row !== undefined) this.#write(row, fact);
    return row !== undefined;
  }

  #write(row: number, fact: T): void {
    this.#format.write(fact, this.#writer);
    const bytes = this.#writer.take();
    if (this.#used + bytes.length > PART) {
      this.#parts.push(new Uint8Array(Math.max(PART, bytes.length)));
      this.#used = 0;
    }
    this.#parts.at(-1)?.set(bytes, this.#used);
    this.#places[row] = ((this.#parts.length - 1) << PART_BITS) | this.#used;
    this.#used += bytes.length;
  }
}
