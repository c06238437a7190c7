import { types } from 'node:util';
import { inflated } from './inflate';
import type { OtherReaders } from './other-readers';
import { RecordScanner } from './record-scanner';
import type { TrailReading } from './trail-reading';

/**
 * Reads one file, object or stream of CloudTrail, however wrapped or compressed, and passes on, parsed and in
 * their order, the records that may matter (`mayMatter`); the others are counted. Memory does not grow with the length
 * of the stream. Faults of the data or of `source` are described in `problem`, with what was read before them passed on;
 * throws nothing but what `onRecord` and the other readers throw.
 */
export async function readTrailObject(
  source: AsyncIterable<Uint8Array>,
  onRecord: (record: unknown) => void,
  readers: OtherReaders = {},
): Promise<TrailReading> {
  return readTrailText(inflated(source), onRecord, readers);
}

/** `readTrailObject` for text that is not compressed. */
export async function readTrailText(
  source: AsyncIterable<Buffer>,
  onRecord: (record: unknown) => void,
  readers: OtherReaders = {},
): Promise<TrailReading> {
  const scanner = new RecordScanner(onRecord, readers);
  const chunks = source[Symbol.asyncIterator]();
  let fault: string | null = null;
  const next = async (): Promise<Buffer | null> => {
    try {
      const chunk = await chunks.next();
      return chunk.done ? null : chunk.value;
    } catch (error) {
      fault = faultOf(error);
      return null;
    }
  };
  try {
    while (!scanner.closed) {
      const chunk = await next();
      if (!chunk) break;
      scanner.push(chunk);
      await readers.parts?.readOn(scanner, next);
    }
  } finally {
    await chunks.return?.();
  }
  return scanner.finish(fault);
}

/** Why data could not be read, for people. */
export function faultOf(error: unknown): string {
  // Not `instanceof`: zlib's errors may be of another realm.
  if (!types.isNativeError(error)) return `it cannot be read (${String(error)})`;
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return 'the gzip data breaks off';
  return code.startsWith('Z_') ? `the gzip data is corrupt (${error.message})` : `it cannot be read (${error.message})`;
}
