// AssemblyScript. Finds what differs between the identities of one session and tells nothing of them: the access key, and the
// time the session began.

/** The value of the access key; empty where it is not cut. */
export let keyFrom: usize = 0;
export let keyTo: usize = 0;
/** The time the session began, behind it; empty where it is not cut. */
export let createdFrom: usize = 0;
export let createdTo: usize = 0;

/** Both cuts are empty, and there. */
export function cutNothing(at: usize): void {
  keyFrom = keyTo = createdFrom = createdTo = at;
}

/**
 * Finds the cuts of an identity, as JSON. Without escapes, a quoted name is a member's. The only key may be another object's:
 * the caller that is read shows. `isOther`: its principal, which tells nothing of what is no session, is cut instead.
 */
export function cutKey(from: usize, to: usize, isOther: bool): void {
  cutNothing(from);
  // `accessKeyId"`, `principalId"`
  const name: u64 = isOther ? 0x617069636e697270 : 0x654b737365636361;
  const rest: u32 = isOther ? 0x2264496c : 0x22644979;
  const behind = behindName(from, to, name, rest);
  // `:"`
  if (behind == 0 || load<u16>(behind) != 0x223a || behindName(behind, to, name, rest) != 0) return;
  const end = endOfKey(behind + 2);
  if (end == 0 || hasEscape(from, to)) return;
  keyFrom = behind + 2;
  keyTo = createdFrom = createdTo = end;
  // `creationDate`, `":`, `"`
  const created = behindName(end, to, 0x6e6f697461657263, 0x65746144);
  if (created == 0 || load<u16>(created) != 0x3a22 || load<u8>(created + 2) != 0x22) return;
  const endOfCreated = endOfTime(created + 3);
  if (endOfCreated == 0) return;
  createdFrom = created + 3;
  createdTo = endOfCreated;
}

/** Behind the first name that begins with those twelve bytes; 0 if there is none. */
function behindName(from: usize, to: usize, name: u64, rest: u32): usize {
  const quote = i8x16.splat(0x22);
  for (let at = from; at < to; at += 16) {
    for (let bits = i8x16.bitmask(i8x16.eq(v128.load(at), quote)); bits; bits &= bits - 1) {
      const begin = at + ctz(bits) + 1;
      if (load<u64>(begin) == name && load<u32>(begin + 8) == rest && begin < to) return begin + 12;
    }
  }
  return 0;
}

function hasEscape(from: usize, to: usize): bool {
  const backslash = i8x16.splat(0x5c);
  let at = from;
  for (; at + 16 < to; at += 16) if (v128.any_true(i8x16.eq(v128.load(at), backslash))) return true;
  for (; at < to; at++) if (load<u8>(at) == 0x5c) return true;
  return false;
}

/** The quotation mark behind capitals and digits; 0 if anything else stands there. */
function endOfKey(from: usize): usize {
  let at = from;
  for (let code = <u32>load<u8>(at); code - 48 < 10 || code - 65 < 26; code = <u32>load<u8>(at)) at++;
  return at > from && load<u8>(at) == 0x22 ? at : 0;
}

/** The quotation mark behind a time; 0 if anything else stands there. */
function endOfTime(from: usize): usize {
  let at = from;
  // Digits, `:`, `-`, `.`, `T` and `Z`
  for (
    let code = <u32>load<u8>(at);
    code - 48 < 11 || code - 45 < 2 || code == 84 || code == 90;
    code = <u32>load<u8>(at)
  )
    at++;
  return load<u8>(at) == 0x22 ? at : 0;
}
