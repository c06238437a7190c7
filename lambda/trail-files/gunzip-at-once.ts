import { gunzipSync } from 'node:zlib';

const MAGIC_BEHIND_PADDING = Buffer.from([0, 0x1f, 0x8b, 8]);

/** Without a stream, several times faster; null for faulty data, which a stream describes, and for more than `most` bytes. */
export function gunzippedAtOnce(bytes: Buffer, most: number): Buffer | null {
  if (isMemberBehindPadding(bytes)) return null;
  try {
    // One buffer, where the trailer is true and the file has one member; zlib proves it.
    const chunkSize = Math.min(most, Math.max(LEAST_CHUNK, declaredSize(bytes) + LEAST_CHUNK));
    return gunzipSync(bytes, { maxOutputLength: most, chunkSize });
  } catch {
    return null;
  }
}

/** Padding ends the data for zlib, though members may follow it. */
export function isMemberBehindPadding(bytes: Buffer): boolean {
  return bytes.includes(MAGIC_BEHIND_PADDING);
}

const LEAST_CHUNK = 64;
/** Deflate grows at most so many times. */
const MOST_GROWTH = 1032;

function declaredSize(bytes: Uint8Array): number {
  if (bytes.length < 18) return 0;
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  return Math.min(declared, bytes.length * MOST_GROWTH);
}
