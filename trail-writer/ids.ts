import { createHash } from 'node:crypto';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ids made of what they are for: the same in every run, and adding a chapter changes none of the others. */
export function hexFor(purpose: string, length: number): string {
  return createHash('sha256').update(purpose).digest('hex').slice(0, length);
}

export function upperFor(purpose: string, length: number): string {
  return spelled(purpose, length, UPPER);
}

export function lettersFor(purpose: string, length: number): string {
  return spelled(purpose, length, LETTERS_AND_DIGITS);
}

export function uuidFor(purpose: string): string {
  const digits = hexFor(purpose, 30);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(12, 15)}`, `a${digits.slice(15, 18)}`];
  return [...parts, digits.slice(18, 30)].join('-');
}

/** At most 32 letters. */
function spelled(purpose: string, length: number, alphabet: string): string {
  const bytes = createHash('sha256').update(purpose).digest();
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
