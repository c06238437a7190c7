import { randomBytes } from 'node:crypto';

/** Two 32-bit words. */
export type HashKey = readonly [number, number];

export function newHashKey(): HashKey {
  const bytes = randomBytes(8);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}

/**
 * HalfSipHash-2-4 of the text's UTF-16 (https://github.com/veorq/SipHash), a 32-bit number: which texts have the same hash is
 * not known without the key.
 */
export function halfSipHash(text: string, [key0, key1]: HashKey): number {
  let [v0, v1, v2, v3] = [key0 | 0, key1 | 0, key0 ^ 0x6c796765, key1 ^ 0x74656462];
  const words = text.length >> 1;
  for (let at = 0; at <= words + 1; at += 1) {
    const isEnd = at > words;
    const word = isEnd ? 0 : wordAt(text, at);
    if (isEnd) v2 ^= 0xff;
    v3 ^= word;
    for (let rounds = isEnd ? 4 : 2; rounds > 0; rounds -= 1) {
      v0 = (v0 + v1) | 0;
      v1 = rotated(v1, 5) ^ v0;
      v0 = rotated(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotated(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = rotated(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = rotated(v1, 13) ^ v2;
      v2 = rotated(v2, 16);
    }
    v0 ^= word;
  }
  return (v1 ^ v3) >>> 0;
}

/** Two characters; the last word has the rest, and the length in bytes. */
function wordAt(text: string, at: number): number {
  const { length } = text;
  const low = 2 * at < length ? text.charCodeAt(2 * at) : 0;
  return low | ((2 * at + 1 < length ? text.charCodeAt(2 * at + 1) : length << 9) << 16);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
