import { callText, type CallWords } from './call-sample';
import { textOf } from '../model/json-field';
import { grown } from './word-pool';

/** A call without what it was about. */
export type CallKind = Omit<CallWords, 'resource'>;

/** Texts of calls (`EventRef.what`), as data that can be sent to another thread. A span: index of the call, where its resource begins, and its length. */
export interface PackedTexts {
  readonly calls: readonly CallKind[];
  readonly spans: Int32Array<ArrayBuffer>;
  /** The resources as JSON, in which any text is well-formed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SPAN = 3;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Composes one of the texts. */
export function textAt({ calls, spans, bytes }: PackedTexts, index: number): string {
  const [call = 0, at = 0, length = 0] = spans.subarray(index * SPAN, index * SPAN + SPAN);
  const kind = calls[call];
  const resource: unknown = JSON.parse(decoder.decode(bytes.subarray(at, at + length)));
  return kind ? callText({ ...kind, resource: textOf(resource) }) : '';
}

/** Texts of calls in few bytes. */
export class CallTexts {
  readonly #calls: CallKind[] = [];
  readonly #indices = new Map<CallKind, number>();
  #spans = new Int32Array(1_024 * SPAN);
  #bytes = new Uint8Array(16_384);
  #size = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Returns the text's index. Calls that are alike should be the same object. */
  add(call: CallKind, resource: string | null): number {
    return this.#add(call, encoder.encode(JSON.stringify(resource)));
  }

  textAt(index: number): string {
    return textAt({ calls: this.#calls, spans: this.#spans, bytes: this.#bytes }, index);
  }

  /** A copy of those that `isKept` has a 1 for, in their order. */
  kept(isKept: Uint8Array): CallTexts {
    const copy = new CallTexts();
    for (let index = 0; index < this.#count; index += 1) {
      const [call = 0, at = 0, length = 0] = this.#spans.subarray(index * SPAN, index * SPAN + SPAN);
      const kind = this.#calls[call];
      if (kind && isKept[index] === 1) copy.#add(kind, this.#bytes.subarray(at, at + length));
    }
    return copy;
  }

  packed(): PackedTexts {
    return {
      calls: this.#calls,
      spans: this.#spans.slice(0, this.#count * SPAN),
      bytes: this.#bytes.slice(0, this.#size),
    };
  }

  #callOf(call: CallKind): number {
    const known = this.#indices.get(call);
    if (known !== undefined) return known;
    this.#indices.set(call, this.#calls.length);
    return this.#calls.push(call) - 1;
  }

  #add(call: CallKind, resource: Uint8Array): number {
    const at = this.#count * SPAN;
    if (at === this.#spans.length) this.#spans = grown(this.#spans);
    this.#spans.set([this.#callOf(call), this.#size, resource.length], at);
    if (this.#size + resource.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#size + resource.length));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(resource, this.#size);
    this.#size += resource.length;
    return this.#count++;
  }
}
