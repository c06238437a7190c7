const MOST_IN_TOKEN = 15;
const SHORTEST_MATCH = 4;

/**
 * The text of `length` bytes that `wasm/pack-text.ts` packed with a template: literals, and repetitions of what stands in front,
 * of which the template is the first, in the form of LZ4.
 */
export function unpackedText(packed: Uint8Array, template: Uint8Array, length: number): Uint8Array {
  const all = new Uint8Array(template.length + length);
  all.set(template);
  let to = template.length;
  let at = 0;
  const numberOf = (bits: number): number => {
    let number = bits;
    for (let more = bits === MOST_IN_TOKEN ? 255 : 0; more === 255; number += more) more = packed[at++] ?? 0;
    return number;
  };
  while (at < packed.length) {
    const token = packed[at++] ?? 0;
    const literals = numberOf(token >> 4);
    all.set(packed.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= packed.length) break;
    const distance = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8);
    at += 2;
    // What is repeated may reach into the repetition.
    for (const end = to + numberOf(token & MOST_IN_TOKEN) + SHORTEST_MATCH; to < end; to += 1)
      all[to] = all[to - distance] ?? 0;
  }
  return all.subarray(template.length);
}
