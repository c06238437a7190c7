import { createHash } from 'node:crypto';

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Passes the chunks on, and their SHA-256 when they were read to the end. */
export async function* digested(
  chunks: AsyncIterable<Uint8Array>,
  onDigest: (sha256: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  onDigest(hash.digest('hex'));
}
