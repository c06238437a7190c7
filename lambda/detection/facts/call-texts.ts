import type { CallWords } from './call-sample';

/** A call without what it was about, which is read from its request when its text is needed. */
export type CallKind = Omit<CallWords, 'resource'>;

/** Composes a call's text (`EventRef.what`) from its record's `requestParameters` and `resources`, as JSON. */
export type ComposeText = (call: CallKind, request: string, resources: string) => string;

/** Texts of calls, as data that can be sent to another thread. A span: index of the call, where its bytes begin, two lengths. */
export interface PackedTexts {
  readonly calls: readonly CallKind[];
  readonly spans: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SPAN = 4;

/** Collects what the texts of calls are composed of. */
export class CallTexts {
  #spans = new Int32Array(64 * SPAN);
  #bytes = new Uint8Array(4_096);
  #count = 0;
  #size = 0;

  /** Returns the index of the text of a call with this request and these resources. */
  add(call: number, request: Uint8Array, resources: Uint8Array): number {
    const at = this.#size;
    this.#size += request.length + resources.length;
    if (this.#size > this.#bytes.length) this.#bytes = copied(this.#bytes, new Uint8Array(this.#size * 2));
    this.#bytes.set(request, at);
    this.#bytes.set(resources, at + request.length);
    const span = this.#count * SPAN;
    if (span === this.#spans.length) this.#spans = copied(this.#spans, new Int32Array(span * 2));
    this.#spans.set([call, at, request.length, resources.length], span);
    this.#count += 1;
    return this.#count - 1;
  }

  packed(calls: readonly CallKind[]): PackedTexts {
    return { calls, spans: this.#spans.slice(0, this.#count * SPAN), bytes: this.#bytes.slice(0, this.#size) };
  }
}

/** Composes one of the texts. */
export function composedAt({ calls, spans, bytes }: PackedTexts, index: number, compose: ComposeText): string {
  const [call = 0, at = 0, request = 0, resources = 0] = spans.subarray(index * SPAN, index * SPAN + SPAN);
  const kind = calls[call];
  const middle = at + request;
  return kind ? compose(kind, decoded(bytes, at, middle), decoded(bytes, middle, middle + resources)) : '';
}

const decoder = new TextDecoder();

function decoded(bytes: Uint8Array, from: number, to: number): string {
  return from === to ? '' : decoder.decode(bytes.subarray(from, to));
}

function copied<Words extends Int32Array | Uint8Array>(from: Words, to: Words): Words {
  to.set(from);
  return to;
}
