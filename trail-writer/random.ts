/** Seeded random numbers (mulberry32), so that a bench can be run again on the same records. */
export interface Random {
  /** 0 ≤ n < 1 */
  next(): number;
  /** 0 ≤ n < `below`, whole. */
  below(below: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T;
  hex(length: number): string;
  upper(length: number): string;
  base64(length: number): string;
  uuid(): string;
}

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = (): number => bits() / 4294967296;
  const below = (limit: number): number => Math.floor(next() * limit);
  const text = (alphabet: string, length: number): string => {
    let made = '';
    for (let at = 0; at < length; at += 1) made += alphabet[below(alphabet.length)] ?? '';
    return made;
  };
  const hex = (length: number): string => {
    let made = '';
    while (made.length < length) made += bits().toString(16).padStart(8, '0');
    return made.slice(0, length);
  };
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    hex,
    upper: (length) => text(UPPER, length),
    base64: (length) => text(BASE64, length),
    uuid: () => {
      const digits = hex(31);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-${HEX[8 + below(4)]}${digits.slice(15, 18)}-${digits.slice(18, 30)}`;
    },
  };
}
