// AssemblyScript. Finds the records of a CloudTrail log file and, in each, the byte ranges of the fields that matter, in
// one pass of SIMD instructions, and interns callers and calls by their bytes. `LogFileScanner` is the other side.

import { createdFrom, createdTo, cutKey, cutNothing, keyFrom, keyTo } from './identity-cuts';
import { indexTemplate, LONGEST, pack, packing, TEMPLATE_INDEX } from './pack-text';

/** Results of `scan`. */
const PLAIN: i32 = 1;
const NOT_PLAIN: i32 = 2;

/** Fields by slot; `LogFileScanner` registers their names. */
const USER_IDENTITY: i32 = 0;
const EVENT_VERSION: i32 = 4;
const EVENT_CATEGORY: i32 = 8;
const EVENT_TYPE: i32 = 7;
const EVENT_SOURCE: i32 = 10;
const EVENT_NAME: i32 = 11;
const EVENT_TIME: i32 = 14;
const EVENT_ID: i32 = 15;
const ADDITIONAL: i32 = 16;
/** Texts instead of objects are another form of record. */
const REQUEST: i32 = 17;
const RESOURCES: i32 = 18;
const RESPONSE: i32 = 21;
const READ_ONLY: i32 = 22;
/** A field that makes the record be read by the ordinary path. */
const ODD: i32 = 19;
/** A field that may hold a list of records. */
const WRAPPER: i32 = 20;
const SHARED_ID: i32 = 23;
const SERVICE_DETAILS: i32 = 24;
const SLOTS: i32 = 25;

/** The fields that identify an identity, a caller (with the identity's id) and a call. */
const IDENTITIES: i32 = 0;
const CALLERS: i32 = 1;
const CALLS: i32 = 2;
const keySlots: usize = memory.data<u8>([
  0, 4, 5, 6, 7, 8, 255, 255, 1, 2, 3, 255, 255, 255, 255, 255, 7, 8, 9, 10, 11, 12, 13, 255,
]);
const KEY_WIDTH: i32 = 8;
/** Number of fields that identify an identity. */
const IDENTITY_FIELDS: i32 = 6;
/** Added to a list: the table also finds the first of its entries that is the same but for what is cut from it. */
const ALIKE: i32 = 4;
/** Of an entry: the id of the first one alike, then begin and end of both cuts. */
const FIRST_SIZE: usize = 20;

/** Classes of calls, given by the host when it has seen the first one. */
const IRRELEVANT: u8 = 1;
const ORDINARY: u8 = 2;
/** Makes a record relevant whatever its caller, and states nothing but the call. */
const RELEVANT: u8 = 3;
/** Both relevant and ordinary. */
const STATING: u8 = 4;

/** Flags of a row. */
/** `additionalEventData` may say that the request was signed in its URL. */
const MAY_BE_PRESIGNED: i32 = 1;
const NO_SESSION: i32 = 2;
const IS_RELEVANT: i32 = 4;
/** The caller may be a person. */
const MAY_BE_PERSON: i32 = 8;
const IS_READ_ONLY: i32 = 16;
/** `readOnly` is a text with an escape. */
const MAY_HIDE_READ_ONLY: i32 = 32;
/** The call states more than that it was made; the row tells where its parts stand. */
const IS_STATING: i32 = 64;

/** Kind of an identity. */
const PERSON: i32 = 3;

/** Instead of a caller in a row: read by the ordinary path; irrelevant unless the call, which is new, matters. */
const ORDINARY_RECORD: i32 = -1;
const NO_CALLER: i32 = -2;

const ROW: i32 = 64;
/** Bytes around an input, of which half stand in front of it. */
const MARGIN: i32 = 256;
const FIELD: i32 = 40;
const LONGEST_NAME: i32 = 31;
/** Entries of a table, at most half of which are used. Requests have a table and an arena of their own. */
const TABLE_MASK: i32 = (1 << 19) - 1;
const REQUEST_MASK: i32 = (1 << 17) - 1;
const ARENA_SIZE: usize = 32 << 20;
const REQUEST_ARENA_SIZE: usize = 16 << 20;
/** A request: where its bytes begin, its call, lengths of its parameters and resources, of what they are packed in, and its template. */
const REQUEST_SPAN: usize = 24;
/** The first request of so many calls is the template of the others, unless it is longer. */
const MOST_TEMPLATES: i32 = 1024;
const LONGEST_TEMPLATE: i32 = 8192;
const NO_TEMPLATE: i32 = -1;
const MOST_CALLS: i32 = 1 << 18;
const DAY: i32 = 86400;

const slots: usize = memory.data(256);
const fieldTable: usize = memory.data(1600);
const byLength: usize = memory.data(256);
let fields: i32 = 0;

/** The places for files, one behind the other, and each one's rows. */
let inputs: usize = 0;
let inputCapacity: i32 = 0;
let allRows: usize = 0;
let rowCapacity: i32 = 0;
/** Of the place selected. */
let input: usize = 0;
let rows: usize = 0;
let table: usize = 0;
let tableUsed: i32 = 0;
let arena: usize = 0;
let arenaAt: usize = 0;
let requestTable: usize = 0;
let requestArena: usize = 0;
let requestArenaAt: usize = 0;
let classes: usize = 0;

export let rowCount: i32 = 0;
/** Irrelevant records, which have no row. */
export let irrelevant: i32 = 0;
/** Further calls of people on days that are known of them, which have no row. */
export let repeated: i32 = 0;
/** True when no more callers and calls can be interned: `reset` then. */
export let full: bool = false;
let identities: i32 = 0;
let callers: i32 = 0;
let calls: i32 = 0;
/** Number of those that are kept. */
export let requests: i32 = 0;
let requestSpans: usize = 0;
/** By call: the id of its template, plus 1. */
let templates: usize = 0;
let templateIndices: usize = 0;
/** Where each caller and identity is kept. */
let callerPlaces: usize = 0;
let identityPlaces: usize = 0;
/** Of each caller and identity, `FIRST_SIZE` bytes. Callers are alike if they call from one origin. */
let callerFirsts: usize = 0;
let identityFirsts: usize = 0;
/** By caller: a second of the latest day on which it is known to be a person; 0 for others. */
let personTimes: usize = 0;

/**
 * Allocates everything once; `capacity`: bytes of the longest input, of which there are `places`. A further instance on the
 * same memory finds the same addresses. One of them scans, and forgets callers and calls; one other keeps requests, and
 * classifies. What a row names is then kept by the scanning instance, and is in the memory before the row is.
 */
export function init(capacity: i32, mostRows: i32, places: i32): void {
  inputs = heap.alloc(places * (capacity + MARGIN)) + (MARGIN >> 1);
  allRows = heap.alloc(places * mostRows * ROW);
  inputCapacity = capacity;
  rowCapacity = mostRows;
  table = heap.alloc((TABLE_MASK + 1) << 4);
  arena = heap.alloc(ARENA_SIZE);
  classes = heap.alloc(MOST_CALLS);
  requestTable = heap.alloc((REQUEST_MASK + 1) << 3);
  requestArena = heap.alloc(REQUEST_ARENA_SIZE);
  requestSpans = heap.alloc(((<usize>REQUEST_MASK) >> 1) * REQUEST_SPAN);
  templates = heap.alloc(MOST_TEMPLATES << 2);
  templateIndices = heap.alloc(<usize>MOST_TEMPLATES * TEMPLATE_INDEX);
  callerPlaces = heap.alloc(TABLE_MASK << 1);
  identityPlaces = heap.alloc(TABLE_MASK << 1);
  callerFirsts = heap.alloc(((<usize>TABLE_MASK) >> 1) * FIRST_SIZE);
  identityFirsts = heap.alloc(((<usize>TABLE_MASK) >> 1) * FIRST_SIZE);
  personTimes = heap.alloc(TABLE_MASK << 1);
  arenaAt = arena;
  requestArenaAt = requestArena;
  select(0);
}

/** Selects a place for a file. */
export function select(place: i32): void {
  input = inputs + <usize>place * (inputCapacity + MARGIN);
  rows = allRows + <usize>place * rowCapacity * ROW;
}

/** Forgets every id of identities, callers and calls. */
export function reset(): void {
  if (tableUsed > 0) memory.fill(table, 0, (<usize>TABLE_MASK + 1) << 4);
  memory.fill(classes, 0, calls);
  memory.fill(personTimes, 0, (<usize>callers) << 2);
  tableUsed = identities = callers = calls = 0;
  arenaAt = arena;
  full = false;
}

/** Forgets the ids of requests. */
export function resetRequests(): void {
  if (requests > 0) memory.fill(requestTable, 0, (<usize>REQUEST_MASK + 1) << 3);
  for (let call = 0; call < MOST_TEMPLATES; call++) {
    if (load<i32>(templates + (call << 2)) == 0) continue;
    store<i32>(templates + (call << 2), 0);
    memory.fill(indexOf(call), 0, TEMPLATE_INDEX);
  }
  requests = 0;
  requestArenaAt = requestArena;
}

export function inputAddress(): usize {
  return input;
}

/** Of the rows of all places. */
export function rowsAddress(): usize {
  return allRows;
}

/**
 * Of 32-bit addresses by id, of identities (0) and callers (1). At each: the id of the caller's identity, the length of each
 * field of the list (-1: absent), then their bytes.
 */
export function placesAddress(list: i32): usize {
  return list == IDENTITIES ? identityPlaces : callerPlaces;
}

/** Of the entries of callers and identities, by id: see `FIRST_SIZE`. */
export function firstsAddress(list: i32): usize {
  return list == IDENTITIES ? identityFirsts : callerFirsts;
}

/** Of the spans of requests, whose bytes begin in the request arena. */
export function requestSpansAddress(): usize {
  return requestSpans;
}

export function requestArenaAddress(): usize {
  return requestArena;
}

export function classify(call: i32, kind: i32): void {
  store<u8>(classes + call, <u8>kind);
}

/** Registers the name that stands at the beginning of the first input, 7 to 31 bytes and a quotation mark, in order of length. */
export function addField(length: i32, slot: i32): void {
  // An instance before it on the same memory has registered them too.
  if (fields == 0) memory.fill(byLength, 0, 256);
  const entry = fieldTable + fields * FIELD;
  store<i32>(entry, slot);
  store<u64>(entry + 8, load<u64>(input));
  store<u64>(entry + 16, load<u64>(input + length - 7));
  store<u64>(entry + 24, length > 15 ? load<u64>(input + 8) : 0);
  store<u64>(entry + 32, length > 23 ? load<u64>(input + 16) : 0);
  const index = byLength + (length << 2);
  const known = load<i32>(index);
  store<i32>(index, known == 0 ? (fields << 8) | 1 : known + 1);
  fields++;
}

function slotOf(key: usize, length: i32): i32 {
  if (length == 6) return isEvents(key) ? WRAPPER : -1;
  if (length < 7 || length > LONGEST_NAME) return -1;
  const index = load<i32>(byLength + (length << 2));
  let at = index >> 8;
  const first = load<u64>(key);
  const last = load<u64>(key + length - 7);
  for (let left = index & 255; left > 0; left--, at++) {
    const entry = fieldTable + at * FIELD;
    if (load<u64>(entry + 8) != first || load<u64>(entry + 16) != last) continue;
    if (length > 15 && load<u64>(key + 8) != load<u64>(entry + 24)) continue;
    if (length > 23 && load<u64>(key + 16) != load<u64>(entry + 32)) continue;
    return load<i32>(entry);
  }
  return -1;
}

function isEvents(key: usize): bool {
  return load<u32>(key) == 0x6e657645 && load<u16>(key + 4) == 0x7374;
}

function beginOf(slot: i32): i32 {
  return load<i32>(slots + (slot << 3));
}

function endOf(slot: i32): i32 {
  return load<i32>(slots + (slot << 3) + 4);
}

function has(slot: i32): bool {
  return beginOf(slot) >= 0;
}

function isSpace(code: u8): bool {
  return code == 32 || code == 10 || code == 13 || code == 9;
}

// ---- Interning

const K1: u64 = 0x9e3779b97f4a7c15;
const K2: u64 = 0xc2b2ae3d27d4eb4f;

/** To be `mixed` in the end. */
function hashOf(from: usize, length: i32, seed: u64): u64 {
  if (length == 0) return seed + K1;
  let a = seed ^ (<u64>length * K1);
  let b = seed + K2;
  const end = from + length;
  if (length < 8) {
    a ^= length < 4 ? fewBytes(from, length) : (<u64>load<u32>(from)) | ((<u64>load<u32>(end - 4)) << 32);
    return (a * K2) ^ b;
  }
  for (let at = from; at + 16 < end; at += 16) {
    a = rotl<u64>((a ^ load<u64>(at)) * K1, 29);
    b = rotl<u64>((b ^ load<u64>(at + 8)) * K2, 31);
  }
  a = rotl<u64>((a ^ load<u64>(length < 16 ? from : end - 16)) * K1, 29);
  b = rotl<u64>((b ^ load<u64>(end - 8)) * K2, 31);
  return (a * K2) ^ b;
}

/** Of one to three bytes. */
function fewBytes(from: usize, length: i32): u64 {
  return (
    (<u64>load<u8>(from)) | ((<u64>load<u8>(from + (length >> 1))) << 8) | ((<u64>load<u8>(from + length - 1)) << 16)
  );
}

function mixed(hash: u64): u64 {
  let a = hash ^ (hash >> 32);
  a *= K1;
  return a ^ (a >> 29);
}

function isSame(one: usize, other: usize, length: i32): bool {
  const tail = length - 16;
  if (tail < 0) return isSameShort(one, other, length);
  for (let at = 0; at < tail; at += 16)
    if (v128.any_true(v128.xor(v128.load(one + at), v128.load(other + at)))) return false;
  return !v128.any_true(v128.xor(v128.load(one + tail), v128.load(other + tail)));
}

/** Of fewer than 16 bytes. */
function isSameShort(one: usize, other: usize, length: i32): bool {
  if (length >= 8) {
    const tail = length - 8;
    return load<u64>(one) == load<u64>(other) && load<u64>(one + tail) == load<u64>(other + tail);
  }
  if (length < 4) return length == 0 || fewBytes(one, length) == fewBytes(other, length);
  const tail = length - 4;
  return load<u32>(one) == load<u32>(other) && load<u32>(one + tail) == load<u32>(other + tail);
}

/** The id of the bytes of a list's fields together with `seed`; -1 when there is no room for a new one. */
function idOf(list: i32, seed: i32): i32 {
  const names = keySlots + list * KEY_WIDTH;
  let hash: u64 = K2 + list + <u64>seed * K1;
  let total = 0;
  for (let at = 0; at < KEY_WIDTH; at++) {
    const slot = <i32>load<u8>(names + at);
    if (slot == 255) break;
    const begin = beginOf(slot);
    const length = begin < 0 ? 0 : endOf(slot) - begin;
    hash = hashOf(input + max(begin, 0), length, hash);
    total += length;
  }
  hash = mixed(hash);
  const tag = (<u32>(hash >> 32)) | 1;
  let place = (<i32>hash) & TABLE_MASK;
  for (; ; place = (place + 1) & TABLE_MASK) {
    const entry = table + ((<usize>place) << 4);
    const known = load<u32>(entry);
    if (known == 0) break;
    if (known == tag && load<i32>(entry + 12) == ((total << 3) | list) && isKept(load<u32>(entry + 8), names, seed)) {
      return load<i32>(entry + 4);
    }
  }
  return keep(table + ((<usize>place) << 4), tag, list, seed, total);
}

function isKept(kept: usize, names: usize, seed: i32): bool {
  if (load<i32>(kept) != seed) return false;
  let count = 0;
  for (; count < KEY_WIDTH; count++) {
    const slot = <i32>load<u8>(names + count);
    if (slot == 255) break;
    if (load<i32>(kept + 4 + (count << 2)) != lengthOf(slot)) return false;
  }
  let at = kept + 4 + (count << 2);
  for (let index = 0; index < count; index++) {
    const slot = <i32>load<u8>(names + index);
    const length = lengthOf(slot);
    if (length <= 0) continue;
    if (!isSame(at, input + beginOf(slot), length)) return false;
    at += length;
  }
  return true;
}

/** -1: absent. */
function lengthOf(slot: i32): i32 {
  const begin = beginOf(slot);
  return begin < 0 ? -1 : endOf(slot) - begin;
}

function hasRoom(total: i32): bool {
  return tableUsed < TABLE_MASK >> 1 && calls < MOST_CALLS && arenaAt + total + 64 <= arena + ARENA_SIZE;
}

function keep(entry: usize, tag: u32, list: i32, seed: i32, total: i32): i32 {
  if (!hasRoom(total)) {
    full = true;
    return -1;
  }
  const id = list == IDENTITIES ? identities++ : list == CALLERS ? callers++ : calls++;
  const kept = arenaAt;
  if (list != CALLS) store<u32>(placesAddress(list) + (id << 2), <u32>kept);
  store<u32>(entry, tag);
  store<i32>(entry + 4, list == IDENTITIES ? (id << 2) | kindOfIdentity() : id);
  store<u32>(entry + 8, <u32>kept);
  store<i32>(entry + 12, (total << 3) | list);
  store<i32>(kept, seed);
  const names = keySlots + list * KEY_WIDTH;
  let at = kept + 4;
  for (let index = 0; index < KEY_WIDTH; index++, at += 4) {
    const slot = <i32>load<u8>(names + index);
    if (slot == 255) break;
    store<i32>(at, lengthOf(slot));
  }
  for (let index = 0; index < KEY_WIDTH; index++) {
    const slot = <i32>load<u8>(names + index);
    if (slot == 255) break;
    const length = lengthOf(slot);
    if (length <= 0) continue;
    memory.copy(at, input + beginOf(slot), length);
    at += length;
  }
  arenaAt = (at + 7) & ~7;
  tableUsed++;
  const mark = load<i32>(entry + 4);
  if (list == IDENTITIES) noteIdentity(id, mark & 3, kept, at);
  else if (list == CALLERS) noteOrigin(id, kept, at);
  return mark;
}

/** Identities are alike if they differ in their key and the time their session began alone. */
function noteIdentity(id: i32, kind: i32, kept: usize, end: usize): void {
  const from = kept + 4 + (IDENTITY_FIELDS << 2);
  cutKey(from, from + load<i32>(kept + 4), kind == 0);
  // Without the length of the whole, of which a part is cut.
  noteFirst(IDENTITIES, id, kept + 8, end);
}

function noteOrigin(id: i32, kept: usize, end: usize): void {
  cutNothing(kept + 4);
  noteFirst(CALLERS, id, kept + 4, end);
}

/** Notes the first entry of a list that is the same from `begin` to `end`, but for the cuts. */
function noteFirst(list: i32, id: i32, begin: usize, end: usize): void {
  const first = firstsAddress(list) + <usize>id * FIRST_SIZE;
  store<i32>(first + 4, <i32>(keyFrom - begin));
  store<i32>(first + 8, <i32>(keyTo - begin));
  store<i32>(first + 12, <i32>(createdFrom - begin));
  store<i32>(first + 16, <i32>(createdTo - begin));
  let hash = hashOf(begin, <i32>(keyFrom - begin), K2 + list + ALIKE);
  hash = hashOf(keyTo, <i32>(createdFrom - keyTo), hash);
  hash = mixed(hashOf(createdTo, <i32>(end - createdTo), hash));
  const tag = (<u32>(hash >> 32)) | 1;
  const total = ((<i32>(end - begin - (keyTo - keyFrom) - (createdTo - createdFrom))) << 3) | (list + ALIKE);
  let place = (<i32>hash) & TABLE_MASK;
  for (; ; place = (place + 1) & TABLE_MASK) {
    const entry = table + ((<usize>place) << 4);
    const known = load<u32>(entry);
    if (known == 0) break;
    const other = load<i32>(entry + 4);
    if (known == tag && load<i32>(entry + 12) == total && isAlike(list, id, other, begin, load<u32>(entry + 8), end)) {
      store<i32>(first, other);
      return;
    }
  }
  const entry = table + ((<usize>place) << 4);
  store<u32>(entry, tag);
  store<i32>(entry + 4, id);
  store<u32>(entry + 8, <u32>begin);
  store<i32>(entry + 12, total);
  store<i32>(first, id);
  tableUsed++;
}

/** Of entries that are equally long without their cuts; `end`: of the first one. */
function isAlike(list: i32, id: i32, otherId: i32, begin: usize, otherBegin: usize, end: usize): bool {
  const first = firstsAddress(list) + <usize>id * FIRST_SIZE;
  const other = firstsAddress(list) + <usize>otherId * FIRST_SIZE;
  const head = load<i32>(first + 4);
  const middle = load<i32>(first + 12) - load<i32>(first + 8);
  if (head != load<i32>(other + 4) || middle != load<i32>(other + 12) - load<i32>(other + 8)) return false;
  const tail = begin + load<i32>(first + 16);
  return (
    isSame(begin, otherBegin, head) &&
    isSame(begin + load<i32>(first + 8), otherBegin + load<i32>(other + 8), middle) &&
    isSame(tail, otherBegin + load<i32>(other + 16), <i32>(end - tail))
  );
}

/** As `mentions`, and 3 for what may be a person's. */
function kindOfIdentity(): i32 {
  const found = mentions(beginOf(USER_IDENTITY), endOf(USER_IDENTITY));
  return found == 0 && mayBePerson(beginOf(USER_IDENTITY), endOf(USER_IDENTITY)) ? PERSON : found;
}

/** Whether an identity may be a user's: `IAMUser"` or `"Root` stands in it. */
function mayBePerson(from: i32, to: i32): bool {
  const end = input + to - 5;
  for (let at = input + from; at <= end; at++) {
    const text = load<u64>(at);
    if (text == 0x22726573554d4149 || (text & 0xffffffffff) == 0x746f6f5222) return true;
  }
  return false;
}

/** 1: `:assumed-role/` stands there, or an escape that may hide it; 2: `nScopeOf` does; 0: neither. */
function mentions(from: i32, to: i32): i32 {
  const dash = i8x16.splat(0x2d);
  const letterR = i8x16.splat(0x72);
  const backslash = i8x16.splat(0x5c);
  const letterN = i8x16.splat(0x6e);
  const letterS = i8x16.splat(0x53);
  let found = 0;
  const end = input + to;
  for (let at = input + from; at < end; at += 16) {
    const here = v128.load(at);
    const next = v128.load(at, 1);
    let bits = i8x16.bitmask(
      v128.or(
        v128.or(
          v128.and(i8x16.eq(here, dash), i8x16.eq(next, letterR)),
          v128.and(i8x16.eq(here, letterN), i8x16.eq(next, letterS)),
        ),
        i8x16.eq(here, backslash),
      ),
    );
    for (; bits; bits &= bits - 1) {
      const place = at + ctz(bits);
      if (place >= end) return found;
      const code = load<u8>(place);
      if (code == 0x5c) {
        if (isHiding(place)) return 1;
      } else if (code == 0x2d) {
        // ":assumed" and "role/"
        if (
          load<u64>(place - 8) == 0x64656d757373613a &&
          load<u32>(place + 1) == 0x656c6f72 &&
          load<u8>(place + 5) == 0x2f
        )
          return 1;
      } else if (load<u64>(place) == 0x664f65706f63536e) {
        found = 2;
      }
    }
  }
  return found;
}

/** `\u00` or `\/` */
function isHiding(backslash: usize): bool {
  const next = load<u8>(backslash + 1);
  return next == 0x2f || (next == 0x75 && load<u16>(backslash + 2) == 0x3030);
}

// ---- Values

function digitsAt(at: usize): i32 {
  const tens = <i32>load<u8>(at) - 48;
  const ones = <i32>load<u8>(at + 1) - 48;
  return <u32>tens > 9 || <u32>ones > 9 ? -100000 : tens * 10 + ones;
}

let dayText: u64 = 0;
let dayTail: u16 = 0;
let daySeconds: i32 = 0;

/** Epoch seconds of the event time; -1 unless it is written as CloudTrail does. */
function timeOf(begin: i32, end: i32): i32 {
  if (end - begin != 22) return -1;
  const at = input + begin + 1;
  const isUsual =
    load<u8>(at - 1) == 34 &&
    load<u8>(at + 20) == 34 &&
    load<u8>(at + 19) == 90 &&
    load<u8>(at + 10) == 84 &&
    load<u8>(at + 13) == 58 &&
    load<u8>(at + 16) == 58;
  if (!isUsual) return -1;
  if (load<u64>(at) != dayText || load<u16>(at + 8) != dayTail) {
    const seconds = secondsOfDay(at);
    if (seconds < 0) return -1;
    daySeconds = seconds;
    dayText = load<u64>(at);
    dayTail = load<u16>(at + 8);
  }
  const hours = digitsAt(at + 11);
  const minutes = digitsAt(at + 14);
  const seconds = digitsAt(at + 17);
  if (<u32>hours > 23 || <u32>minutes > 59 || <u32>seconds > 59) return -1;
  return daySeconds + hours * 3600 + minutes * 60 + seconds;
}

/** Of `YYYY-MM-DD`; -1 for a date outside 1970 to 2037, or none. */
function secondsOfDay(at: usize): i32 {
  if (load<u8>(at + 4) != 45 || load<u8>(at + 7) != 45) return -1;
  const year = digitsAt(at) * 100 + digitsAt(at + 2);
  const month = digitsAt(at + 5);
  const day = digitsAt(at + 8);
  if (year < 1970 || year > 2037 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return -1;
  const shifted = month <= 2 ? year - 1 : year;
  const ofEra = shifted % 400;
  const ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const days = (shifted / 400) * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468;
  return days * 86400;
}

function daysOf(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

let isHex: bool = true;

/** The number that eight lower-case hexadecimal digits make; clears `isHex` for any other text. */
function hexOf(text: u64): i32 {
  let value: u32 = 0;
  for (let shift: u64 = 0; shift < 64; shift += 8) {
    const code = (<u32>(text >> shift)) & 255;
    const digit = code - 48;
    const letter = code - 97;
    if (digit <= 9) value = (value << 4) | digit;
    else if (letter <= 5) value = (value << 4) | (letter + 10);
    else isHex = false;
  }
  return <i32>value;
}

/** Writes the event id into a row as four numbers; false unless it is a UUID in lower case. */
function writeId(begin: i32, end: i32, row: usize): bool {
  if (end - begin != 38) return false;
  const at = input + begin + 1;
  const isUuid =
    load<u8>(at - 1) == 34 &&
    load<u8>(at + 36) == 34 &&
    load<u8>(at + 8) == 45 &&
    load<u8>(at + 13) == 45 &&
    load<u8>(at + 18) == 45 &&
    load<u8>(at + 23) == 45;
  if (!isUuid) return false;
  isHex = true;
  store<i32>(row + 12, hexOf(load<u64>(at)));
  store<i32>(row + 16, hexOf((<u64>load<u32>(at + 9)) | ((<u64>load<u32>(at + 14)) << 32)));
  store<i32>(row + 20, hexOf((<u64>load<u32>(at + 19)) | ((<u64>load<u32>(at + 24)) << 32)));
  store<i32>(row + 24, hexOf(load<u64>(at + 28)));
  return isHex;
}

// ---- Records

function endRecord(begin: i32, end: i32): void {
  if (
    isOdd ||
    !has(EVENT_NAME) ||
    !has(EVENT_SOURCE) ||
    !has(USER_IDENTITY) ||
    has(ODD) ||
    load<u8>(input + beginOf(USER_IDENTITY)) != 0x7b
  )
    return writeRow(begin, end, ORDINARY_RECORD, 0);
  const call = idOf(CALLS, 0);
  const kind = call < 0 ? ORDINARY : load<u8>(classes + call);
  leaveOutUsual();
  if (kind == STATING) return endStating(begin, end, call);
  const marked = kind == ORDINARY ? -1 : idOf(IDENTITIES, 0);
  if (marked < 0) return writeRow(begin, end, ORDINARY_RECORD, 0);
  const inIdentity = marked & 3;
  if (inIdentity == 0) return endOther(begin, end, call, kind, marked >> 2);
  if (inIdentity == PERSON) return endPerson(begin, end, call, kind, marked >> 2);
  const caller = idOf(CALLERS, marked >> 2);
  const flags = inIdentity == 1 || kind == RELEVANT ? IS_RELEVANT : 0;
  writeRow(begin, end, caller >= 0 && writeCall(call) ? caller : ORDINARY_RECORD, flags);
}

/** Of a record whose call states more: instead of the event id's numbers, the row has the places of response and ids. */
function endStating(begin: i32, end: i32, call: i32): void {
  const marked = has(SERVICE_DETAILS) || !isUsualSharedId() ? -1 : idOf(IDENTITIES, 0);
  const caller = marked < 0 ? -1 : idOf(CALLERS, marked >> 2);
  if (caller < 0 || !writeCall(call)) return writeRow(begin, end, ORDINARY_RECORD, IS_RELEVANT);
  const row = rows + rowCount * ROW;
  store<u64>(row + 12, load<u64>(slots + (RESPONSE << 3)));
  store<i32>(row + 20, beginOf(SHARED_ID));
  store<i32>(row + 24, beginOf(EVENT_ID));
  writeRow(begin, end, caller, IS_RELEVANT | IS_STATING);
}

/** Absent, or a text as long as a UUID. */
function isUsualSharedId(): bool {
  if (!has(SHARED_ID)) return true;
  const begin = beginOf(SHARED_ID);
  return lengthOf(SHARED_ID) == 38 && load<u8>(input + begin) == 0x22 && !hasBackslash(begin, begin + 38);
}

/** Leaves out fields that tell nothing of an identity, so that it is the same one in the records of all services. */
function leaveOutUsual(): void {
  const version = input + beginOf(EVENT_VERSION);
  // `"1.08"` to `"1.99"`: versions that have all fields which prove a workload.
  if (
    lengthOf(EVENT_VERSION) == 6 &&
    (load<u64>(version) & 0xff0000ffffff) == 0x2e3122 + ((<u64>0x22) << 40) &&
    digitsAt(version + 3) >= 8
  )
    store<i32>(slots + (EVENT_VERSION << 3), -1);
  const category = input + beginOf(EVENT_CATEGORY);
  const length = lengthOf(EVENT_CATEGORY);
  const isData = length == 6 && load<u32>(category) == 0x74614422 && load<u16>(category + 4) == 0x2261;
  // `"Management"`
  const isManagement =
    length == 12 && load<u64>(category) == 0x6d6567616e614d22 && load<u32>(category + 8) == 0x22746e65;
  if (isData || isManagement) store<i32>(slots + (EVENT_CATEGORY << 3), -1);
}

/** Of a record whose identity is no role session. */
function endOther(begin: i32, end: i32, call: i32, kind: u8, identity: i32): void {
  const found = kind == RELEVANT ? 1 : mentions(begin, end);
  if (found > 0) {
    const isTold = writeCall(call);
    writeRow(begin, end, isTold ? identity : ORDINARY_RECORD, NO_SESSION | (found == 1 ? IS_RELEVANT : 0));
  } else if (!isTypedOnce(end)) {
    writeRow(begin, end, ORDINARY_RECORD, 0);
  } else if (kind == IRRELEVANT) {
    irrelevant++;
  } else {
    store<i32>(rows + rowCount * ROW + 4, call);
    writeRow(begin, end, NO_CALLER, 0);
  }
}

/** Of a record whose identity may be a person's: what states more than a call is left to the ordinary path. */
function endPerson(begin: i32, end: i32, call: i32, kind: u8, identity: i32): void {
  const isPlain = isTypedOnce(end) && mentions(begin, end) == 0 && writeCall(call);
  const caller = isPlain ? idOf(CALLERS, identity) : -1;
  if (caller < 0) return writeRow(begin, end, ORDINARY_RECORD, 0);
  const row = rows + rowCount * ROW;
  store<i32>(row, caller);
  if (kind != 0 && isKnownPerson(row)) repeated++;
  else writeRow(begin, end, caller, NO_SESSION | MAY_BE_PERSON);
}

/** True if the caller of the row is a person who is known to have called earlier that day. */
function isKnownPerson(row: usize): bool {
  const known = load<i32>(personTimes + ((<usize>load<i32>(row)) << 2));
  const time = load<i32>(row + 8);
  return known > 0 && time > known && time / DAY == known / DAY;
}

/** The caller of the row at an index, of all, is a person who is known to have called then. */
export function notePerson(index: i32): void {
  const row = allRows + <usize>index * ROW;
  store<i32>(personTimes + ((<usize>load<i32>(row)) << 2), load<i32>(row + 8));
}

/** Writes what a sighting needs into the next row; false when the ordinary path has to read the record. */
function writeCall(call: i32): bool {
  const row = rows + rowCount * ROW;
  const time = has(EVENT_TIME) ? timeOf(beginOf(EVENT_TIME), endOf(EVENT_TIME)) : -1;
  store<i32>(row + 4, call);
  store<i32>(row + 8, time);
  store<u64>(row + 40, load<u64>(slots + (REQUEST << 3)));
  store<u64>(row + 48, load<u64>(slots + (RESOURCES << 3)));
  return time >= 0 && has(EVENT_ID) && writeId(beginOf(EVENT_ID), endOf(EVENT_ID), row);
}

/** The id of the request of the row at an index, of all, in the place selected, whose call is kept; -1 when there is no room for a new one. */
export function requestOf(index: i32): i32 {
  const row = allRows + <usize>index * ROW;
  const call = load<i32>(row + 4);
  const first = load<i32>(row + 44) - load<i32>(row + 40);
  const second = load<i32>(row + 52) - load<i32>(row + 48);
  const length = first + second;
  const room = requestArena + REQUEST_ARENA_SIZE - requestArenaAt;
  if (requests >= REQUEST_MASK >> 1 || <usize>(length + (length >> 7) + 64) > room) return -1;
  const template = call < MOST_TEMPLATES ? load<i32>(templates + (call << 2)) - 1 : NO_TEMPLATE;
  const known = template < 0 ? 0 : load<i32>(spanOf(template) + 16);
  const isPacked = template >= 0 && known + length <= LONGEST;
  const behind = isPacked ? packing + known : requestArenaAt;
  memory.copy(behind, input + load<i32>(row + 40), first);
  memory.copy(behind + first, input + load<i32>(row + 48), second);
  let size = length;
  if (isPacked) {
    memory.copy(packing, requestArena + load<u32>(spanOf(template)), known);
    size = pack(known, length, indexOf(call), requestArenaAt);
  }
  const span = spanOf(requests);
  store<u32>(span, <u32>(requestArenaAt - requestArena));
  store<i32>(span + 4, call);
  store<i32>(span + 8, first);
  store<i32>(span + 12, second);
  store<i32>(span + 16, size);
  store<i32>(span + 20, isPacked ? template : NO_TEMPLATE);
  const id = keepRequest(span, size);
  if (template < 0 && call < MOST_TEMPLATES && length <= LONGEST_TEMPLATE) {
    store<i32>(templates + (call << 2), id + 1);
    indexTemplate(requestArena + load<u32>(spanOf(id)), length, indexOf(call));
  }
  return id;
}

/** Of the call's template. */
function indexOf(call: i32): usize {
  return templateIndices + <usize>call * TEMPLATE_INDEX;
}

function spanOf(request: i32): usize {
  return requestSpans + <usize>request * REQUEST_SPAN;
}

/** The id of the request that stands behind those kept, and has the next span; it is kept if it is new. */
function keepRequest(span: usize, size: i32): i32 {
  const hash = mixed(hashOf(requestArenaAt, size, load<u64>(span + 4) ^ (<u64>load<u32>(span + 12) * K2)));
  const tag = (<u32>(hash >> 32)) | 1;
  let place = (<i32>hash) & REQUEST_MASK;
  for (; ; place = (place + 1) & REQUEST_MASK) {
    const entry = requestTable + ((<usize>place) << 3);
    const known = load<u32>(entry);
    if (known == 0) break;
    const id = load<i32>(entry + 4);
    if (known == tag && isRequest(spanOf(id), span, size)) return id;
  }
  const entry = requestTable + ((<usize>place) << 3);
  store<u32>(entry, tag);
  store<i32>(entry + 4, requests);
  requestArenaAt += size;
  return requests++;
}

function isRequest(kept: usize, span: usize, size: i32): bool {
  return (
    isSame(kept + 4, span + 4, <i32>REQUEST_SPAN - 4) &&
    isSame(requestArena + load<u32>(kept), requestArena + load<u32>(span), size)
  );
}

/** Ends the next row. */
function writeRow(begin: i32, end: i32, caller: i32, flags: i32): void {
  const row = rows + rowCount * ROW;
  store<i32>(row, caller);
  const ofCall = caller >= 0 ? flagOfReading() | (mayBePresigned() ? MAY_BE_PRESIGNED : 0) : 0;
  store<i32>(row + 28, flags | ofCall);
  store<i32>(row + 32, begin);
  store<i32>(row + 36, end);
  store<i32>(row + 56, irrelevant);
  store<i32>(row + 60, repeated);
  rowCount++;
}

function flagOfReading(): i32 {
  if (!has(READ_ONLY)) return 0;
  const begin = beginOf(READ_ONLY);
  const end = endOf(READ_ONLY);
  const isText = load<u8>(input + begin) == 0x22;
  if (isText && hasBackslash(begin, end)) return MAY_HIDE_READ_ONLY;
  return end - begin == (isText ? 6 : 4) && load<u32>(input + begin + i32(isText)) == 0x65757274 ? IS_READ_ONLY : 0;
}

/** `QueryString`, or an escape that may hide it. */
function mayBePresigned(): bool {
  if (!has(ADDITIONAL)) return false;
  const end = input + endOf(ADDITIONAL);
  for (let at = input + beginOf(ADDITIONAL); at < end; at++) {
    const code = load<u8>(at);
    if (code == 0x5c || (code == 0x51 && load<u64>(at) == 0x7274537972657551)) return true;
  }
  return false;
}

/** True when no second `"eventType"` stands behind the record's own. */
function isTypedOnce(end: i32): bool {
  if (!has(EVENT_TYPE)) return false;
  const quote = i8x16.splat(0x22);
  const last = input + end - 11;
  for (let at = input + endOf(EVENT_TYPE); at <= last; at += 16) {
    for (let bits = i8x16.bitmask(i8x16.eq(v128.load(at), quote)); bits; bits &= bits - 1) {
      const place = at + ctz(bits);
      if (place <= last && load<u64>(place) == 0x7954746e65766522 && load<u16>(place + 8) == 0x6570) return false;
    }
  }
  return true;
}

// ---- Structure

let depth: i32 = 0;
/** A bit for each bracket that is open, the innermost one's the lowest: set for a brace. Of more than 64, a record's first is lost. */
let opened: u64 = 0;
/** Odd while each bracket is closed by one of its kind. The ordinary path finds another end of other records. */
let isMatched: u64 = 1;
let slot: i32 = -1;
let hasKey: bool = false;
let keyAt: i32 = 0;
let isOdd: bool = false;
let isWrapper: bool = false;
let recordAt: i32 = 0;
/** A part of a file or stream is scanned. */
let isRun: bool = false;
/** Behind the last record. */
export let lastEnd: i32 = 0;
let recordsSeen: i32 = 0;

function endValue(at: i32): void {
  let end = at;
  while (isSpace(load<u8>(input + end - 1))) end--;
  // Without a value; behind white space, its length would be less than 0.
  if (load<u8>(input + end - 1) == 0x3a) isOdd = true;
  else if (slot >= 0) store<i32>(slots + (slot << 3) + 4, end);
}

function onComma(at: i32): void {
  endValue(at);
  if (!hasKey) isOdd = true;
  slot = -1;
  hasKey = false;
  keyAt = at + 1;
}

function onColon(at: i32): void {
  if (hasKey) {
    isOdd = true;
    return;
  }
  hasKey = true;
  let begin = keyAt;
  while (isSpace(load<u8>(input + begin))) begin++;
  let end = at - 1;
  while (isSpace(load<u8>(input + end))) end--;
  if (load<u8>(input + begin) != 34 || load<u8>(input + end) != 34 || end <= begin) {
    isOdd = true;
    return;
  }
  slot = slotOf(input + begin + 1, end - begin - 1);
  if (slot < 0) {
    if (hasBackslash(begin, end)) isOdd = true;
    return;
  }
  if (slot == WRAPPER) isWrapper = true;
  if (has(slot)) isOdd = true;
  let value = at + 1;
  while (isSpace(load<u8>(input + value))) value++;
  store<i32>(slots + (slot << 3), value);
  if ((slot == REQUEST || slot == RESPONSE) && load<u8>(input + value) == 0x22) isWrapper = true;
}

function hasBackslash(from: i32, to: i32): bool {
  for (let at = from; at < to; at++) if (load<u8>(input + at) == 0x5c) return true;
  return false;
}

/** True when only white space, and the comma between two records, stand in front of the one that begins; in a run, any commas. */
function isGap(to: i32, commas: i32): bool {
  let seen = 0;
  for (let at = lastEnd; at < to; at++) {
    const code = load<u8>(input + at);
    if (code == 0x2c) seen++;
    else if (!isSpace(code)) return false;
  }
  return isRun || seen == commas;
}

function beginRecord(at: i32): void {
  recordAt = at;
  isOdd = false;
  slot = -1;
  hasKey = false;
  keyAt = at + 1;
  memory.fill(slots, 255, SLOTS << 3);
}

/** True behind a colon. */
function beginsValue(at: i32): bool {
  let before = input + at - 1;
  while (isSpace(load<u8>(before))) before--;
  return load<u8>(before) == 0x3a;
}

/** Of a bracket: 1 for `{` and `}`, 0 for `[` and `]`. */
function isBrace(code: u8): u64 {
  return ((<u64>code) >> 5) & 1;
}

function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    (<u64>(<u32>i8x16.bitmask(a))) |
    ((<u64>(<u32>i8x16.bitmask(b))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(c))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(d))) << 48)
  );
}

/** Where the list ended, after `scan` returned `PLAIN`. */
export let listEnd: i32 = 0;

/**
 * Scans the records of a list that begins at `from`, behind its `[`. Fills the rows; gives `NOT_PLAIN` for anything but a
 * list of objects that ends before `to`, and where there are more records than rows. Of a run, the rows are those of the
 * records in front of what is anything else, up to `lastEnd`.
 */
export function scan(from: i32, to: i32, ofRun: bool): i32 {
  isRun = ofRun;
  rowCount = irrelevant = repeated = depth = recordsSeen = 0;
  opened = 0;
  isMatched = 1;
  isWrapper = false;
  lastEnd = from;
  memory.fill(input + to, 32, 64);
  let inString: u64 = 0;
  let escaped: u64 = 0;
  const backslash = i8x16.splat(0x5c);
  const quote = i8x16.splat(0x22);
  const open = i8x16.splat(0x7b);
  const close = i8x16.splat(0x7d);
  const bit5 = i8x16.splat(0x20);
  const colon = i8x16.splat(0x3a);
  const comma = i8x16.splat(0x2c);
  for (let position = from; position < to; position += 64) {
    const at = input + position;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const slashes = maskOf(
      i8x16.eq(a, backslash),
      i8x16.eq(b, backslash),
      i8x16.eq(c, backslash),
      i8x16.eq(d, backslash),
    );
    let quotes = maskOf(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    if (slashes | escaped) {
      // A character is escaped by an odd number of backslashes in front of it (as in simdjson).
      const even: u64 = 0x5555555555555555;
      const starting = slashes & ~escaped;
      const follows = (starting << 1) | escaped;
      const oddStarts = starting & ~even & ~follows;
      const sequences = oddStarts + starting;
      escaped = sequences < starting ? 1 : 0;
      quotes &= ~((even ^ (sequences << 1)) & follows);
    }
    let strings = quotes;
    strings ^= strings << 1;
    strings ^= strings << 2;
    strings ^= strings << 4;
    strings ^= strings << 8;
    strings ^= strings << 16;
    strings ^= strings << 32;
    strings ^= inString;
    inString = <u64>((<i64>strings) >> 63);
    // `[` and `{`, and `]` and `}`, differ in one bit.
    const a5 = v128.or(a, bit5);
    const b5 = v128.or(b, bit5);
    const c5 = v128.or(c, bit5);
    const d5 = v128.or(d, bit5);
    const braces =
      maskOf(
        v128.or(i8x16.eq(a5, open), i8x16.eq(a5, close)),
        v128.or(i8x16.eq(b5, open), i8x16.eq(b5, close)),
        v128.or(i8x16.eq(c5, open), i8x16.eq(c5, close)),
        v128.or(i8x16.eq(d5, open), i8x16.eq(d5, close)),
      ) & ~strings;
    const separators =
      maskOf(
        v128.or(i8x16.eq(a, colon), i8x16.eq(a, comma)),
        v128.or(i8x16.eq(b, colon), i8x16.eq(b, comma)),
        v128.or(i8x16.eq(c, colon), i8x16.eq(c, comma)),
        v128.or(i8x16.eq(d, colon), i8x16.eq(d, comma)),
      ) & ~strings;
    let bits = depth == 1 ? braces | separators : braces;
    while (bits) {
      const index = <i32>ctz(bits);
      bits &= bits - 1;
      const place = position + index;
      const code = load<u8>(input + place);
      if (code == 0x2c) {
        onComma(place);
        continue;
      }
      if (code == 0x3a) {
        onColon(place);
        continue;
      }
      if (code == 0x7b || code == 0x5b) {
        if (depth == 0) {
          if (code != 0x7b || !isGap(place, recordsSeen == 0 ? 0 : 1)) return NOT_PLAIN;
          beginRecord(place);
        }
        depth++;
        opened = (opened << 1) | isBrace(code);
        if (depth > 2) continue;
        if (depth == 2 && !beginsValue(place)) isOdd = true;
      } else {
        isMatched &= opened ^ ~isBrace(code);
        opened >>= 1;
        depth--;
        if (depth > 1) continue;
        if (depth < 0) {
          if (code != 0x5d || !isGap(place, 0)) return NOT_PLAIN;
          listEnd = place + 1;
          return PLAIN;
        }
        if (depth == 0) {
          if (code != 0x7d || !(isMatched & 1) || isWrapper || rowCount >= rowCapacity) return NOT_PLAIN;
          if (isRun && (!has(EVENT_NAME) || !has(USER_IDENTITY))) return NOT_PLAIN;
          endValue(place);
          if (!hasKey) isOdd = true;
          endRecord(recordAt, place + 1);
          recordsSeen++;
          lastEnd = place + 1;
        }
      }
      // What matters behind the brace depends on the depth.
      const behind: u64 = index == 63 ? 0 : ~(<u64>0) << (index + 1);
      bits = (depth == 1 ? braces | separators : braces) & behind;
    }
  }
  return NOT_PLAIN;
}
