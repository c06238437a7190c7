import { callText, type CallWords } from './call-sample';
import { textOf } from '../model/json-field';
import { grown } from './word-pool';

/** A call without what it was about. */
export type CallKind = Omit<CallWords, 'resource'>;

/** What a call was about, by its record's `requestParameters` and `resources`, as JSON. */
export type ReadResource = (call: CallKind, request: string, resources: string) => string | null;

/**
 * Texts of calls (`EventRef.what`), as data that can be sent to another thread. A span: where its bytes begin, the index
 * of its call, and two lengths: of its request and of its resources, or of what was read of them, and `READ`.
 */
export interface PackedTexts {
  readonly calls: readonly CallKind[];
  readonly spans: Int32Array<ArrayBuffer>;
  /** As JSON, in which any text is well-formed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SPAN = 4;
const READ = -1;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Bytes from which on what a call was about is read before it is kept, which takes less memory and more time. */
const MOST_UNREAD = 24_000_000;

/** Of an array that outgrows the first: see `grown`. */
const ROOM = 64 * 1024 * 1024;
/** Read texts that are known again. */
const MOST_KNOWN = 20_000;

/** A call with the bytes of its request, which is so long, and of its resources. */
export interface UnreadCall {
  readonly call: CallKind;
  readonly bytes: Uint8Array;
  readonly request: number;
}

export function textOfCall({ call, ...unread }: UnreadCall, read: ReadResource): string {
  return callText({ ...call, resource: resourceIn({ call, ...unread }, read) });
}

function resourceIn({ call, bytes, request }: UnreadCall, read: ReadResource): string | null {
  return read(call, decoder.decode(bytes.subarray(0, request)), decoder.decode(bytes.subarray(request)));
}

/** Composes one of the texts. */
export function textAt({ calls, spans, bytes }: PackedTexts, index: number, read: ReadResource): string {
  const [at = 0, name = 0, first = 0, second = READ] = spans.subarray(index * SPAN, index * SPAN + SPAN);
  const call = calls[name];
  if (!call) return '';
  const part = bytes.subarray(at, at + first + Math.max(0, second));
  if (second !== READ) return textOfCall({ call, bytes: part, request: first }, read);
  return callText({ ...call, resource: textOf(JSON.parse(decoder.decode(part))) });
}

/** Texts of calls in few bytes. */
export class CallTexts {
  readonly #read: ReadResource;
  readonly #calls: CallKind[] = [];
  readonly #indices = new Map<CallKind, number>();
  /** Texts that were read, of which many are the same: calls differ in more than what is kept of them. */
  readonly #known = new Map<string, number>();
  #spans = new Int32Array(1_024 * SPAN);
  #bytes = new Uint8Array(16_384);
  #size = 0;
  #count = 0;

  constructor(read: ReadResource) {
    this.#read = read;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns the text's index. Calls that are alike should be the same object. */
  add(unread: UnreadCall): number {
    const { call, bytes, request } = unread;
    if (this.#size + bytes.length <= MOST_UNREAD) return this.#add(call, bytes, request, bytes.length - request);
    return this.#addRead(call, JSON.stringify(resourceIn(unread, this.#read)));
  }

  /** Adds them one behind the other; returns the first one's index, or null if they take too much memory unread. */
  addAll({ calls, spans, bytes }: PackedTexts): number | null {
    if (this.#size + bytes.length > MOST_UNREAD) return null;
    const first = this.#count;
    const indices: number[] = [];
    while (this.#spans.length < first * SPAN + spans.length) this.#spans = grown(this.#spans, SPAN);
    this.#spans.set(spans, first * SPAN);
    for (let at = first * SPAN; at < first * SPAN + spans.length; at += SPAN) {
      const name = this.#spans[at + 1] ?? 0;
      this.#spans[at] = (this.#spans[at] ?? 0) + this.#size;
      this.#spans[at + 1] = indices[name] ??= this.#callOf(calls[name]);
    }
    this.#append(bytes);
    this.#count += spans.length / SPAN;
    return first;
  }

  textAt(index: number): string {
    return textAt({ calls: this.#calls, spans: this.#spans, bytes: this.#bytes }, index, this.#read);
  }

  /** A copy of those that `isKept` has a 1 for, in their order. */
  kept(isKept: Uint8Array): CallTexts {
    const copy = new CallTexts(this.#read);
    for (let index = 0; index < this.#count; index += 1) {
      if (isKept[index] !== 1) continue;
      const [at = 0, name = 0, first = 0, second = READ] = this.#spans.subarray(index * SPAN, index * SPAN + SPAN);
      const call = this.#calls[name];
      if (call) copy.#add(call, this.#bytes.subarray(at, at + first + Math.max(0, second)), first, second);
    }
    return copy;
  }

  /** Of those that there are now, without a copy. */
  packed(): PackedTexts {
    return {
      calls: this.#calls,
      spans: this.#spans.subarray(0, this.#count * SPAN),
      bytes: this.#bytes.subarray(0, this.#size),
    };
  }

  #addRead(call: CallKind, resource: string): number {
    const key = `${this.#callOf(call)} ${resource}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const bytes = encoder.encode(resource);
    const index = this.#add(call, bytes, bytes.length, READ);
    this.#known.set(key, index);
    return index;
  }

  #callOf(call: CallKind | undefined): number {
    if (!call) return -1;
    const known = this.#indices.get(call);
    if (known !== undefined) return known;
    this.#indices.set(call, this.#calls.length);
    return this.#calls.push(call) - 1;
  }

  #add(call: CallKind, bytes: Uint8Array, first: number, second: number): number {
    const at = this.#count * SPAN;
    if (at === this.#spans.length) this.#spans = grown(this.#spans, SPAN);
    this.#spans.set([this.#size, this.#callOf(call), first, second], at);
    this.#append(bytes);
    return this.#count++;
  }

  #append(bytes: Uint8Array): void {
    if (this.#size + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(ROOM, 2 * (this.#size + bytes.length)));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }
}
