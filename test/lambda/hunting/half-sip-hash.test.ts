import { halfSipHash, newHashKey } from '../../../lambda/hunting/half-sip-hash';
import { placeOf } from '../../../lambda/hunting/folders';

/** Bytes 0 to 7. */
const KEY = [0x03020100, 0x07060504] as const;

test.each([
  [0, 'a9359f5b'],
  [2, 'fa62a603'],
  [4, '2a6e4689'],
  [6, '5863fc23'],
])('is HalfSipHash-2-4 by the vectors of its authors: the bytes up to %d', (length, expected) => {
  const bytes = Buffer.from(Array.from({ length }, (_, at) => at));
  const hash = Buffer.alloc(4);
  hash.writeUInt32LE(halfSipHash(bytes.toString('utf16le'), KEY));
  expect(hash.toString('hex')).toBe(expected);
});

test('sessions whose names were chosen to come to one place are spread in another hunt', () => {
  const spread = { parts: 8, key: newHashKey() };
  const chosen: string[] = [];
  for (let at = 0; chosen.length < 400; at += 1) {
    const name = `arn:aws:sts::111122223333:assumed-role/web/${at}`;
    if (placeOf(name, spread).part === 3) chosen.push(name);
  }
  const parts = Array.from({ length: 8 }, () => 0);
  const other = { parts: 8, key: newHashKey() };
  for (const name of chosen) parts[placeOf(name, other).part] = (parts[placeOf(name, other).part] ?? 0) + 1;
  // 50 each, if they are spread evenly.
  expect(Math.max(...parts)).toBeLessThan(100);
});
