// AssemblyScript. Packs texts of which many are alike: a text is coded by what it repeats of another one, its template, and of
// itself (LZ77, in the form of LZ4). `unpackedText` is the other side.

/** Bytes of a template and a text together. */
export const LONGEST: i32 = 65535;
const SHORTEST_MATCH: i32 = 4;
const INDEX_SHIFT: u32 = 22;
const INDEX_SIZE: usize = 1 << (32 - INDEX_SHIFT);
/** Bytes of a template's index: by the hash of four bytes, where they stand, plus 1. */
export const TEMPLATE_INDEX: usize = INDEX_SIZE << 1;

/** Template and text are put here, one behind the other. */
export const packing: usize = memory.data(LONGEST + 65);
/** As a template's index, of the text itself; entries of another generation are of earlier texts. */
const own: usize = memory.data(4096);
let generation: u32 = 0;

function slotOf(at: usize): u32 {
  return (load<u32>(at) * 0x9e3779b1) >> INDEX_SHIFT;
}

/** Fills the index of a template, whose memory is 0. */
export function indexTemplate(template: usize, length: i32, index: usize): void {
  for (let at = 0; at <= length - SHORTEST_MATCH; at++) store<u16>(index + (slotOf(template + at) << 1), <u16>(at + 1));
}

/** Packs the text of `length` bytes that stands behind its template's; returns the number of bytes written to `to`. */
export function pack(template: i32, length: i32, index: usize, to: usize): i32 {
  if (++generation > 0xffff) {
    memory.fill(own, 0, INDEX_SIZE << 2);
    generation = 1;
  }
  const end = template + length;
  let out = to;
  let literals = template;
  for (let at = template; at <= end - SHORTEST_MATCH;) {
    const slot = slotOf(packing + at);
    const inText = load<u32>(own + (slot << 2));
    store<u32>(own + (slot << 2), (generation << 16) | at);
    const inTemplate = <i32>load<u16>(index + (slot << 1)) - 1;
    let from = inText >> 16 == generation ? <i32>(inText & 0xffff) : -1;
    let matched = from < 0 ? 0 : matchAt(from, at, end);
    const other = inTemplate < 0 ? 0 : matchAt(inTemplate, at, end);
    if (other > matched) {
      matched = other;
      from = inTemplate;
    }
    if (matched < SHORTEST_MATCH) {
      at++;
      continue;
    }
    out = writeLiterals(out, literals, at - literals, min(matched - SHORTEST_MATCH, 15));
    store<u16>(out, <u16>(at - from));
    out = writeMore(out + 2, matched - SHORTEST_MATCH);
    at += matched;
    literals = at;
  }
  if (literals < end) out = writeLiterals(out, literals, end - literals, 0);
  return <i32>(out - to);
}

/** Bytes that are the same from two places on. */
function matchAt(one: i32, other: i32, end: i32): i32 {
  let at = 0;
  const most = end - other;
  while (at < most) {
    const differing = load<u64>(packing + one + at) ^ load<u64>(packing + other + at);
    if (differing != 0) return min(at + <i32>(ctz(differing) >> 3), most);
    at += 8;
  }
  return most;
}

function writeLiterals(to: usize, from: i32, count: i32, match: i32): usize {
  store<u8>(to, <u8>((min(count, 15) << 4) | match));
  const out = writeMore(to + 1, count);
  for (let at = 0; at < count; at += 16) v128.store(out + at, v128.load(packing + from + at));
  return out + count;
}

/** Writes how much a number exceeds the four bits it has in a token. */
function writeMore(to: usize, count: i32): usize {
  if (count < 15) return to;
  let out = to;
  let rest = count - 15;
  for (; rest >= 255; rest -= 255) store<u8>(out++, 255);
  store<u8>(out++, <u8>rest);
  return out;
}
