import { firstMember } from './value-borders';

/** How the records of a stream end and begin, such as `},{"eventVersion":`. */
export class RecordBorder {
  /** Empty while not known. */
  #text = '';

  /** Learns it from the end of a record. */
  learn(text: string, end: number): void {
    const next = firstMember(text, end);
    if (next !== null) this.#text = `}${next}`;
  }

  /** Where the record that begins at `at` most likely ends; 0 if unknown. */
  firstFrom(text: string, at: number): number {
    return this.#text === '' ? 0 : text.indexOf(this.#text, at) + 1;
  }
}
