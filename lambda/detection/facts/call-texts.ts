import { callText, type CallWords } from './call-sample';
import { textOf } from '../model/json-field';
import { unpackedText } from './unpacked-text';
import { grown } from './word-pool';

/** A call without what it was about. */
export type CallKind = Omit<CallWords, 'resource'>;

/** What a call was about, by its record's `requestParameters` and `resources`, as JSON. */
export type ReadResource = (call: CallKind, request: string, resources: string) => string | null;

/**
 * Texts of calls (`EventRef.what`), as data that can be sent to another thread. A span: where its bytes begin, the index
 * of its call, two lengths (of its request and of its resources, or of what was read of them, and `READ`), the length of what
 * both are packed in, and the index of its template (see `unpackedText`), or -1 where they are not packed.
 */
export interface PackedTexts<Memory extends ArrayBufferLike = ArrayBufferLike> {
  readonly calls: readonly CallKind[];
  readonly spans: Int32Array<Memory>;
  /** As JSON, in which any text is well-formed. */
  readonly bytes: Uint8Array<Memory>;
}

const SPAN = 6;
/** The word of a span that is the template. */
const TEMPLATE = 5;
const READ = -1;
const NO_TEMPLATE = -1;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Bytes from which on what a call was about is read before it is kept: that takes an eighth less memory, and much more time. */
const MOST_UNREAD = 64_000_000;

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

function resourceIn({ call, bytes, request }: UnreadCall, read: ReadResource): string | null {
  return read(call, decoder.decode(bytes.subarray(0, request)), decoder.decode(bytes.subarray(request)));
}

/** Composes one of the texts. */
export function textAt(texts: PackedTexts, index: number, read: ReadResource): string {
  const call = texts.calls[texts.spans[index * SPAN + 1] ?? 0];
  if (!call) return '';
  const bytes = bytesAt(texts, index);
  const request = texts.spans[index * SPAN + 2] ?? 0;
  const isRead = texts.spans[index * SPAN + 3] === READ;
  const resource = isRead ? textOf(JSON.parse(decoder.decode(bytes))) : resourceIn({ call, bytes, request }, read);
  return callText({ ...call, resource });
}

interface Span {
  readonly first: number;
  readonly second: number;
  readonly template: number;
}

/** True where two texts are of the same call and bytes, so that neither need be read to compare them. */
export function isSameText(one: PackedTexts, at: number, other: PackedTexts, otherAt: number): boolean {
  const [begin, otherBegin] = [at * SPAN, otherAt * SPAN];
  if (one.calls[one.spans[begin + 1] ?? 0] !== other.calls[other.spans[otherBegin + 1] ?? 0]) return false;
  const isAsLong = [2, 3].every((word) => one.spans[begin + word] === other.spans[otherBegin + word]);
  const bytes = bytesAt(other, otherAt);
  return isAsLong && bytesAt(one, at).every((byte, place) => byte === bytes[place]);
}

function bytesAt(texts: PackedTexts, index: number): Uint8Array {
  const packed = packedAt(texts, index);
  const { first, second, template } = spanAt(texts, index);
  return template === NO_TEMPLATE ? packed : unpackedText(packed, bytesAt(texts, template), first + second);
}

function packedAt({ spans, bytes }: PackedTexts, index: number): Uint8Array {
  const { [index * SPAN]: at = 0, [index * SPAN + 4]: size = 0 } = spans;
  return bytes.subarray(at, at + size);
}

function spanAt({ spans }: PackedTexts, index: number): Span {
  const at = index * SPAN;
  const { [at + 2]: first = 0, [at + 3]: second = READ, [at + TEMPLATE]: template = NO_TEMPLATE } = spans;
  return { first, second, template };
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
    if (this.#size + bytes.length > MOST_UNREAD)
      return this.#addRead(call, JSON.stringify(resourceIn(unread, this.#read)));
    return this.#add(call, bytes, { first: request, second: bytes.length - request, template: NO_TEMPLATE });
  }

  /** `add` for one of other texts. */
  addOf(texts: PackedTexts, index: number): number {
    const call = texts.calls[texts.spans[index * SPAN + 1] ?? 0];
    const request = texts.spans[index * SPAN + 2] ?? 0;
    return call ? this.add({ call, bytes: bytesAt(texts, index), request }) : -1;
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
      const template = this.#spans[at + TEMPLATE] ?? NO_TEMPLATE;
      if (template !== NO_TEMPLATE) this.#spans[at + TEMPLATE] = template + first;
    }
    this.#append(bytes);
    this.#count += spans.length / SPAN;
    return first;
  }

  textAt(index: number): string {
    return textAt(this.packed(), index, this.#read);
  }

  /** A copy of those that `isKept` has a 1 for, and their templates, in their order, with the index that each has there. */
  kept(isKept: Uint8Array): { readonly texts: CallTexts; readonly places: Int32Array } {
    const all = this.packed();
    const wanted = this.#withTemplates(isKept);
    const texts = new CallTexts(this.#read);
    const places = new Int32Array(this.#count);
    for (let index = 0; index < this.#count; index += 1) {
      const call = all.calls[all.spans[index * SPAN + 1] ?? 0];
      if (wanted[index] !== 1 || !call) continue;
      const { first, second, template } = spanAt(all, index);
      const moved = template === NO_TEMPLATE ? template : (places[template] ?? NO_TEMPLATE);
      places[index] = texts.#add(call, packedAt(all, index), { first, second, template: moved });
    }
    return { texts, places };
  }

  #withTemplates(isKept: Uint8Array): Uint8Array {
    const wanted = isKept.slice();
    for (let index = 0; index < this.#count; index += 1) {
      const template = this.#spans[index * SPAN + TEMPLATE] ?? NO_TEMPLATE;
      if (isKept[index] === 1 && template !== NO_TEMPLATE) wanted[template] = 1;
    }
    return wanted;
  }

  /** Of those that there are now, without a copy. */
  packed(): PackedTexts<ArrayBuffer> {
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
    const index = this.#add(call, bytes, { first: bytes.length, second: READ, template: NO_TEMPLATE });
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

  #add(call: CallKind, bytes: Uint8Array, { first, second, template }: Span): number {
    const at = this.#count * SPAN;
    if (at === this.#spans.length) this.#spans = grown(this.#spans, SPAN);
    this.#spans.set([this.#size, this.#callOf(call), first, second, bytes.length, template], at);
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
