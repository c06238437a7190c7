import { Unzip, UnzipInflate, UnzipPassThrough, type UnzipDecoderConstructor, type UnzipFile } from 'fflate';
import type { Member } from '../container';

/** Pushed at once, so that one slice's output bounds the memory (deflate grows at most 1032-fold). */
const SLICE = 16 * 1024;

/** bzip2, Zstandard and xz begin with marks of their own, by which a reader of the file opens them. */
const SELF_DESCRIBED: readonly UnzipDecoderConstructor[] = [12, 93, 95].map(
  (method) =>
    class extends UnzipPassThrough {
      static override readonly compression = method;
    },
);
const DECODERS = [UnzipPassThrough, UnzipInflate, ...SELF_DESCRIBED];

type ZipEvent = { readonly begins: string } | { readonly data: Uint8Array } | { readonly ends: Error | null };

/** The files in a zip archive, also in one that is cut off. */
export async function* zipMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  const zip = new ZipEvents(source);
  for (let event = await zip.next(); event; event = await zip.next()) {
    // What a reader left of a file is passed over.
    if ('begins' in event) yield { name: event.begins, content: contentOf(zip) };
  }
}

async function* contentOf(zip: ZipEvents): AsyncGenerator<Uint8Array> {
  for (let event = await zip.next(); event; event = await zip.next()) {
    if ('data' in event) yield event.data;
    if ('ends' in event) {
      if (event.ends) throw event.ends;
      return;
    }
  }
  throw new Error('the zip archive breaks off');
}

/** What a zip archive holds, in the order in which it stands there. */
class ZipEvents {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #unzip = new Unzip((file) => this.#begin(file));
  #events: ZipEvent[] = [];
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
    for (const decoder of DECODERS) this.#unzip.register(decoder);
  }

  /** Null at the end. */
  async next(): Promise<ZipEvent | null> {
    while (this.#events.length === 0 && !this.#ended) await this.#readOn();
    return this.#events.shift() ?? null;
  }

  async #readOn(): Promise<void> {
    const next = await this.#source.next();
    if (next.done) {
      this.#ended = true;
      return;
    }
    for (let at = 0; at < next.value.length; at += SLICE) this.#unzip.push(next.value.subarray(at, at + SLICE));
  }

  #begin(file: UnzipFile): void {
    this.#events.push({ begins: file.name });
    if (!DECODERS.some(({ compression }) => compression === file.compression)) {
      this.#events.push({ ends: new Error(`method ${file.compression} of compressing is not known: unpack it first`) });
      return;
    }
    let failed = false;
    file.ondata = (error, data, final) => {
      if (failed) return;
      failed = error !== null;
      if (data?.length > 0) this.#events.push({ data });
      if (error || final) this.#events.push({ ends: error });
    };
    file.start();
  }
}
