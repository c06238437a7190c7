import { types } from 'node:util';
import { createGunzip } from 'node:zlib';
import { gunzippedAtOnce } from './gunzip-at-once';

/** Output is yielded in chunks of this size. */
const CHUNK = 1024 * 1024;
/** Input is given to zlib in slices, so that one slice's output bounds the memory (deflate grows at most 1032-fold). */
const SLICE = 128 * 1024;
/** Compressed bytes of a file that is inflated at once, and the most it may grow to. */
const SMALL = 64 * 1024;
const MOST_AT_ONCE = 16 * 1024 * 1024;
/** Slice size when salvaging the data before a fault, in compressed bytes. */
const SALVAGE = 16;
const NOTHING: Buffer = Buffer.alloc(0);
/** Firehose may compress what CloudWatch Logs has compressed. */
const LAYERS = 2;

/**
 * The bytes of `source` without their compression, which is recognised by content: gzip, also several members after
 * each other or one inside another, UTF-16, or anything else as it is. Inflating goes on beside
 * the consumer, on libuv's pool. What comes before a fault in the data is yielded before the fault is thrown.
 */
export async function* inflated(source: AsyncIterable<Uint8Array>, layers = LAYERS): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const head = await firstBytes(chunks);
    const whole = joined(head.length === 0 ? [] : [head], chunks);
    if (layers > 0 && head[0] === 0x1f && head[1] === 0x8b) yield* inflated(gunzipped(whole), layers - 1);
    else {
      const encoding = utf16Of(head);
      yield* encoding === null ? whole : recoded(whole, encoding);
    }
  } finally {
    await chunks.return?.();
  }
}

const LITTLE_ENDIAN = /^(?:\xff\xfe|[\t-~]\0[\t-~]\0)/;
const BIG_ENDIAN = /^(?:\xfe\xff|\0[\t-~]\0[\t-~])/;

/** The encoding that a byte order mark, or ASCII in the first two characters, shows; null for UTF-8 and anything else. */
function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const text = head.toString('latin1', 0, 4);
  if (LITTLE_ENDIAN.test(text)) return 'utf-16le';
  return BIG_ENDIAN.test(text) ? 'utf-16be' : null;
}

/** At least four bytes, unless there are fewer. */
async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? asBuffer(next.value) : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* joined(heads: readonly Buffer[], chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  yield* heads;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield asBuffer(next.value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function* recoded(source: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* gunzipped(source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  const heads = await heldBack(source);
  const [small] = heads.chunks;
  const whole = small && heads.ended && heads.chunks.length === 1 ? gunzippedAtOnce(small, MOST_AT_ONCE) : null;
  if (whole) yield whole;
  else yield* gunzippedInSlices(joined(heads.chunks, source), SLICE);
}

/** The first chunk; after a small one also the next, if there is one. */
async function heldBack(source: AsyncIterator<Buffer>): Promise<{ chunks: Buffer[]; ended: boolean }> {
  const chunks: Buffer[] = [];
  do {
    const next = await source.next();
    if (next.done) return { chunks, ended: true };
    chunks.push(next.value);
  } while (chunks.length < 2 && (chunks[0]?.length ?? 0) <= SMALL);
  return { chunks, ended: false };
}

/** Inflates every member that begins in `source`, behind padding or a damaged one too, and throws the first fault at the end. */
async function* gunzippedInSlices(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  const members = new Members(size);
  try {
    for await (const slice of slices(source, size)) {
      for (let rest = slice; rest.length > 0;) {
        const writing = members.write(rest);
        yield* members.take();
        const next = await writing;
        const damaged = members.damagedSlice();
        if (damaged) {
          yield* salvaged(damaged, members);
          break;
        }
        rest = next;
      }
    }
    await members.end();
    yield* members.take();
  } finally {
    members.destroy();
  }
  if (members.fault) throw members.fault;
}

/** A write that meets a fault gives nothing, so the slice is written again in small ones. Its fault is known. */
async function* salvaged(slice: Buffer, members: Members): AsyncGenerator<Buffer> {
  try {
    yield* gunzippedInSlices(only(slice), SALVAGE);
  } catch (error) {
    members.note(error);
  }
}

const MAGIC = Buffer.from([0x1f, 0x8b, 8]);

/** The members of a gzip stream, one after the other. */
class Members {
  readonly #salvages: boolean;
  #inflater: Inflater | null = null;
  /** The stream was taken for gzip, so its first member begins it. */
  #began = false;
  #fault: Error | null = null;
  #output: Buffer[] = [];
  #damaged: Buffer | null = null;
  /** The end of what was searched, in which a member may begin. */
  #carry = NOTHING;

  constructor(size: number) {
    this.#salvages = size > SALVAGE;
  }

  get fault(): Error | null {
    return this.#fault;
  }

  note(error: unknown): void {
    if (error instanceof Error || types.isNativeError(error)) this.#fault ??= error;
  }

  take(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** A slice in which a member began and was found damaged; asked for once. */
  damagedSlice(): Buffer | null {
    const damaged = this.#damaged;
    this.#damaged = null;
    return damaged;
  }

  /** Inflates `slice`; resolves with what follows the end or the damage of a member in it. */
  async write(slice: Buffer): Promise<Buffer> {
    const begins = this.#inflater === null;
    const bytes = begins ? this.#fromMember(slice) : slice;
    const inflater = this.#inflater;
    if (inflater === null) return NOTHING;
    const before = inflater.consumed;
    await inflater.write(bytes);
    const output = inflater.take();
    this.#output.push(...output);
    const { fault } = inflater;
    if (fault === null && !inflater.hasEnded) return NOTHING;
    this.destroy();
    if (fault === null) return bytes.subarray(inflater.consumed - before);
    this.note(fault);
    if (begins && this.#salvages && output.length === 0) this.#damaged = bytes;
    return bytes.subarray(1);
  }

  async end(): Promise<void> {
    const inflater = this.#inflater;
    if (inflater === null) return;
    await inflater.end();
    this.#output.push(...inflater.take());
    if (inflater.fault) this.note(inflater.fault);
  }

  destroy(): void {
    this.#inflater?.destroy();
    this.#inflater = null;
  }

  /** From where a member begins in the slice, or in what was searched before it. */
  #fromMember(slice: Buffer): Buffer {
    const searched = this.#carry.length > 0 ? Buffer.concat([this.#carry, slice]) : slice;
    const at = this.#began ? searched.indexOf(MAGIC) : 0;
    this.#began = true;
    this.#carry = at < 0 ? searched.subarray(-2) : NOTHING;
    if (at >= 0) this.#inflater = new Inflater();
    return at < 0 ? NOTHING : searched.subarray(at);
  }
}

async function* slices(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += size) yield chunk.subarray(from, from + size);
  }
}

async function* only(slice: Buffer): AsyncGenerator<Buffer> {
  yield slice;
}

/** A gunzip stream that is driven by hand: a stream in a pipe drops what it had put out when a fault follows it. */
class Inflater {
  readonly #gunzip = createGunzip({ chunkSize: CHUNK });
  #output: Buffer[] = [];
  #fault: Error | null = null;
  #hasEnded = false;
  #settle: () => void = () => undefined;

  constructor() {
    this.#gunzip.on('data', (chunk: Buffer) => this.#output.push(chunk));
    // With a zero behind the data zlib ends by itself, and calls nothing back from then on.
    this.#gunzip.on('end', () => {
      this.#hasEnded = true;
      this.#settle();
    });
    // After a fault, zlib never calls the callback of the write that met it.
    this.#gunzip.on('error', (fault) => {
      this.#fault = fault;
      this.#settle();
    });
  }

  get fault(): Error | null {
    return this.#fault;
  }

  /** True when the data came to an end, with or without something behind it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Bytes of the input that were inflated. */
  get consumed(): number {
    return this.#gunzip.bytesWritten;
  }

  /** Resolves when the slice is inflated, or has met a fault. */
  write(slice: Buffer): Promise<void> {
    return this.#settled((settle) => this.#gunzip.write(slice, settle));
  }

  end(): Promise<void> {
    return this.#settled(() => this.#gunzip.end());
  }

  take(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  destroy(): void {
    this.#gunzip.destroy();
  }

  #settled(start: (settle: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#fault || this.#hasEnded) resolve();
      else start(resolve);
    });
  }
}
