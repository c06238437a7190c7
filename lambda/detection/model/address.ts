import { IPv6 } from 'ipaddr.js';

/** Sorts addresses within their family: a number for IPv4, eight UTF-16 code units (one for each group) for IPv6. */
export type AddressKey = number | string;

/** A network. `text` is canonical (`10.0.0.0/8`); `first` and `last` are its outermost addresses, of one family. */
export interface Cidr {
  readonly text: string;
  readonly prefix: number;
  readonly first: AddressKey;
  readonly last: AddressKey;
}

/** Networks of both families. `has` takes canonical text; any other text is in no network. */
export interface CidrSet {
  has(canonicalAddress: string): boolean;
}

const DOT = 46;
const ZERO = 48;
const LOWER_A = 97;
const COLON = ':';
const COLON_CODE = 58;
const GROUP = '[1-9a-f][0-9a-f]{0,3}';

// A fast path: most IPv6 text that AWS writes is canonical already, and the library takes 3 µs for each address.
const SURELY_CANONICAL = new RegExp(
  `^(?:${GROUP}(?::${GROUP}){7}|(?!(?:[^:]*:){7})${GROUP}(?::${GROUP})*::(?:${GROUP}(?::${GROUP})*)?)$`,
);

/**
 * The canonical text of an address, or null when the text is no address. IPv4 must be four decimal parts without leading zeros;
 * IPv6 comes back lower-case and compressed (RFC 5952), IPv4-mapped IPv6 as the IPv4 address; a zone id is not accepted.
 */
export function canonicalAddress(text: string): string | null {
  if (ipv4Number(text) >= 0) return text;
  if (!text.includes(COLON)) return null;
  return SURELY_CANONICAL.test(text) ? text : canonicalIPv6(text);
}

export function isIPv6(canonical: string): boolean {
  return canonical.includes(COLON);
}

/** True for IPv6 addresses of one VPC: AWS gives a VPC a /56. */
export function isSameVpcRange(one: string, other: string): boolean {
  const [a, b] = [addressKey(one), addressKey(other)];
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  return a.slice(0, 3) === b.slice(0, 3) && a.charCodeAt(3) >>> 8 === b.charCodeAt(3) >>> 8;
}

/**
 * True for addresses that cannot be a caller's on the public Internet (private, shared, loopback, link-local, multicast,
 * reserved), and for those of `extra`. Documentation ranges count as public; 198.18.0.0/15 is `isInterconnect`.
 */
export function isPrivateAddress(canonical: string, extra: CidrSet): boolean {
  return NOT_PUBLIC.has(canonical) || extra.has(canonical);
}

/** 198.18.0.0/15, which CloudTrail shows for calls that AWS makes inside its own network. */
export function isInterconnect(canonical: string): boolean {
  return INTERCONNECT.has(canonical);
}

/** A network, or a bare address as /32 or /128; null for anything else, host bits included (`cidrFault` gives the reason). */
export function parseCidr(text: string): Cidr | null {
  const read = readCidr(text);
  return 'fault' in read ? null : read;
}

/** `10.0.0.0/8`, `192.0.2.7/32` for a bare address; null where `parseCidr` is null. */
export function canonicalCidr(text: string): string | null {
  return parseCidr(text)?.text ?? null;
}

/** What is wrong with a network, as the end of a sentence that begins with its text; null when nothing is. */
export function cidrFault(text: string): string | null {
  const read = readCidr(text);
  return 'fault' in read ? read.fault : null;
}

/** Texts that are no network are ignored. Check settings with `cidrFault` first. */
export function cidrSet(cidrs: readonly string[]): CidrSet {
  const networks = cidrs.map(parseCidr).filter((cidr) => cidr !== null);
  if (networks.length === 0) return NOTHING;
  const [ipv4, ipv6] = byFamily(networks).map(rangesOf);
  return {
    has(canonical) {
      const key = addressKey(canonical);
      const ranges = typeof key === 'number' ? ipv4 : ipv6;
      return key !== null && ranges !== undefined && holds(ranges, key);
    },
  };
}

/** Networks split into IPv4 and IPv6, each sorted by first address, the wider one first. */
function byFamily<T extends Cidr>(networks: readonly T[]): [ipv4: T[], ipv6: T[]] {
  const ipv4 = networks.filter(({ first }) => typeof first === 'number');
  const ipv6 = networks.filter(({ first }) => typeof first === 'string');
  return [ipv4.sort(byPosition), ipv6.sort(byPosition)];
}

/** The key of canonical text; null for text without the form of an address. */
export function addressKey(canonical: string): AddressKey | null {
  const number = ipv4Number(canonical);
  if (number >= 0) return number;
  return canonical.includes(COLON) ? ipv6Key(canonical) : null;
}

/** Index of the last of the ascending `starts` that is not above `key`; -1 when all are. */
export function lastNotAbove(starts: readonly AddressKey[], key: AddressKey): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle];
    if (start !== undefined && start <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const NOTHING: CidrSet = { has: () => false };

interface Ranges {
  readonly starts: readonly AddressKey[];
  readonly lasts: readonly AddressKey[];
}

/** Networks nest or are disjoint, so only the outermost are needed. */
function rangesOf(sorted: readonly Cidr[]): Ranges {
  const outermost: Cidr[] = [];
  for (const cidr of sorted) {
    const before = outermost.at(-1);
    if (before === undefined || cidr.first > before.last) outermost.push(cidr);
  }
  return { starts: outermost.map(({ first }) => first), lasts: outermost.map(({ last }) => last) };
}

function holds(ranges: Ranges, key: AddressKey): boolean {
  const last = ranges.lasts[lastNotAbove(ranges.starts, key)];
  return last !== undefined && key <= last;
}

function byPosition(a: Cidr, b: Cidr): number {
  if (a.first === b.first) return a.prefix - b.prefix;
  return a.first < b.first ? -1 : 1;
}

/** 0 to 2^32 - 1, or -1 for anything but four decimal parts up to 255 without leading zeros. */
function ipv4Number(text: string): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (part < 0 || dots === 3) return -1;
      value = value * 256 + part;
      part = -1;
      dots += 1;
      continue;
    }
    part = withDigit(part, code - ZERO);
    if (part < 0) return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

/** `part` (-1: no digit yet) with one more digit, or -1 when that is no part of an address. */
function withDigit(part: number, digit: number): number {
  if (digit < 0 || digit > 9 || part === 0) return -1;
  const longer = part < 0 ? digit : part * 10 + digit;
  return longer > 255 ? -1 : longer;
}

function canonicalIPv6(text: string): string | null {
  const hexadecimal = withoutDottedTail(text);
  if (hexadecimal === null || hexadecimal.includes('%') || !IPv6.isValid(hexadecimal)) return null;
  const address = IPv6.parse(hexadecimal);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

/** `::ffff:1.2.3.4` as `::ffff:102:304`: the library takes leading zeros for octal there, and `::1.2.3.4` for IPv4-mapped. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const tail = text.lastIndexOf(COLON) + 1;
  const number = ipv4Number(text.slice(tail));
  if (number < 0) return null;
  return `${text.slice(0, tail)}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}

/** Null unless the canonical text has eight groups; their values are not checked again. */
function ipv6Key(canonical: string): string | null {
  const gap = canonical.indexOf('::');
  if (gap < 0) return keyOf(groupsOf(canonical));
  const head = groupsOf(canonical.slice(0, gap));
  const tail = groupsOf(canonical.slice(gap + 2));
  while (head.length + tail.length < 8) head.push(0);
  return keyOf([...head, ...tail]);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  const groups: number[] = [];
  let group = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === COLON_CODE) groups.push(group);
    group = code === COLON_CODE ? 0 : group * 16 + hexDigit(code);
  }
  groups.push(group);
  return groups;
}

function hexDigit(code: number): number {
  return code < COLON_CODE ? code - ZERO : code - LOWER_A + 10;
}

function keyOf(groups: readonly number[]): string | null {
  return groups.length === 8 ? String.fromCharCode(...groups) : null;
}

type Fault = { readonly fault: string };

const NO_NETWORK: Fault = { fault: 'is neither an address nor a network like 10.0.0.0/8 or 2001:db8::/32' };

function readCidr(text: string): Cidr | Fault {
  const slash = text.indexOf('/');
  return slash < 0 ? rangeOf(text, null) : rangeOf(text.slice(0, slash), text.slice(slash + 1));
}

function rangeOf(addressText: string, prefixText: string | null): Cidr | Fault {
  const address = canonicalAddress(addressText);
  if (address === null || prefixText?.includes('/')) return NO_NETWORK;
  const bits = isIPv6(address) ? 128 : 32;
  const mapped = bits === 32 && addressText.includes(COLON) ? 96 : 0;
  const prefix = prefixText === null ? bits : prefixNumber(prefixText) - mapped;
  if (!(prefix >= 0 && prefix <= bits)) return wrongPrefix(mapped, bits + mapped);
  return networkOf(address, prefix);
}

function wrongPrefix(lowest: number, highest: number): Fault {
  return { fault: `has a prefix length that is no whole number from ${lowest} to ${highest}` };
}

function prefixNumber(text: string): number {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN;
}

function networkOf(address: string, prefix: number): Cidr | Fault {
  const key = addressKey(address);
  if (key === null) return NO_NETWORK;
  const [first, last] = typeof key === 'number' ? ipv4Range(key, prefix) : ipv6Range(key, prefix);
  if (first !== key) return { fault: `has bits set behind its prefix (the network is ${textOf(first)}/${prefix})` };
  return { text: `${address}/${prefix}`, prefix, first, last };
}

function ipv4Range(key: number, prefix: number): [first: number, last: number] {
  const size = 2 ** (32 - prefix);
  const first = key - (key % size);
  return [first, first + size - 1];
}

function ipv6Range(key: string, prefix: number): [first: string, last: string] {
  if (prefix === 128) return [key, key];
  // The group with the first bit behind the prefix.
  const at = prefix >>> 4;
  const group = key.charCodeAt(at);
  const free = 0xffff >>> (prefix & 15);
  const fixed = key.slice(0, at);
  const first = fixed + String.fromCharCode(group & ~free) + '\0'.repeat(7 - at);
  return [first, fixed + String.fromCharCode(group | free) + '\uffff'.repeat(7 - at)];
}

function textOf(key: AddressKey): string {
  if (typeof key === 'string') return new IPv6(key.split('').map((group) => group.charCodeAt(0))).toRFC5952String();
  return [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255].join('.');
}

const INTERCONNECT = cidrSet(['198.18.0.0/15']);
const NOT_PUBLIC = cidrSet([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]);
