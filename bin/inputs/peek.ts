import { types } from 'node:util';

/** A stream whose first bytes are known. */
export interface Peeked {
  readonly head: Buffer;
  /** All of it, the head included. */
  readonly whole: AsyncIterable<Buffer>;
}

/** Reads the first `length` bytes, or fewer where the stream ends. A fault is thrown to the reader of `whole`. */
export async function peek(source: AsyncIterable<Buffer>, length: number): Promise<Peeked> {
  const chunks = source[Symbol.asyncIterator]();
  const heads: Buffer[] = [];
  let size = 0;
  let fault: Error | null = null;
  try {
    while (size < length) {
      const next = await chunks.next();
      if (next.done) break;
      heads.push(next.value);
      size += next.value.length;
    }
  } catch (error) {
    fault = types.isNativeError(error) ? error : new Error(String(error));
  }
  return { head: Buffer.concat(heads).subarray(0, length), whole: joined(heads, chunks, fault) };
}

async function* joined(
  heads: readonly Buffer[],
  chunks: AsyncIterator<Buffer>,
  fault: Error | null,
): AsyncGenerator<Buffer> {
  try {
    yield* heads;
    if (fault !== null) throw fault;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
