import { pipeline, Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { Decompress } from 'fzstd';
import unbzip2 from 'unbzip2-stream';
import { XzReadableStream } from 'xz-decompress';
import type { Member } from '../container';

/** Pushed at once to a decoder that gives all the output it can. */
const SLICE = 64 * 1024;

export async function* zstdMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  yield { name: null, content: unzstd(source) };
}

export async function* bzip2Members(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  yield { name: null, content: unbzipped(source) };
}

export async function* xzMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  yield { name: null, content: unxz(source) };
}

export async function* zlibMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  // Errors are thrown to the reader of the content.
  yield { name: null, content: pipeline(Readable.from(source), createInflate(), () => undefined) };
}

async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output = new Output();
  const decoder = new Decompress((chunk) => output.add(chunk));
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += SLICE) {
      decoder.push(chunk.subarray(at, at + SLICE));
      yield* output.taken();
    }
  }
  decoder.push(new Uint8Array(0), true);
  yield* output.taken();
}

async function* unbzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const output = new Output();
  // Decodes while it is written to.
  const decoder = unbzip2();
  decoder.on('data', (chunk: Uint8Array) => output.add(chunk));
  decoder.on('error', (error: Error) => output.fail(error));
  for await (const chunk of source) {
    decoder.write(Buffer.from(chunk));
    yield* output.taken();
  }
  decoder.end();
  yield* output.taken();
}

/** What a decoder gave since it was last asked. */
class Output {
  #chunks: Uint8Array[] = [];
  #fault: Error | null = null;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  fail(fault: Error): void {
    this.#fault ??= fault;
  }

  *taken(): Generator<Uint8Array> {
    yield* this.#chunks;
    this.#chunks = [];
    if (this.#fault) throw this.#fault;
  }
}

async function* unxz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new XzReadableStream(Readable.toWeb(Readable.from(source))).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
