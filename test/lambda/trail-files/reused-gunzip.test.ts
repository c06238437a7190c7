import { gzipSync } from 'node:zlib';
import { ReusedGunzip } from '../../../lambda/trail-files/reused-gunzip';
import { seededRandom } from '../../../trail-writer/random';

const SIZE = 300_000;
const random = seededRandom(20_261_202);

function bytesOf(length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(8)));
}

function inflated(file: Buffer, by = ReusedGunzip.create()): Buffer | null {
  const into = Buffer.alloc(SIZE);
  const length = by?.inflate(file, into) ?? null;
  return length === null ? null : into.subarray(0, length);
}

test('files are inflated one after the other, also after faulty ones', () => {
  const gunzip = ReusedGunzip.create();
  for (let run = 0; run < 40; run += 1) {
    const content = bytesOf(random.below(3_000));
    const file = gzipSync(content);
    expect(inflated(file, gunzip)?.equals(content)).toBe(true);
    const cut = file.subarray(0, random.below(file.length));
    if (random.chance(0.5)) expect(inflated(cut, gunzip)).toBeNull();
  }
});

test('what a stream has to read is left to it', () => {
  const file = gzipSync(bytesOf(1_000));
  const damaged = Buffer.from(file);
  damaged[file.length - 6] = (damaged[file.length - 6] ?? 0) ^ 1;
  expect(inflated(damaged)).toBeNull();
  expect(inflated(Buffer.concat([file, file]))).toBeNull();
  expect(inflated(Buffer.concat([file, Buffer.alloc(3), file]))).toBeNull();
  expect(inflated(Buffer.concat([file, Buffer.from('text')]))).toBeNull();
  expect(inflated(gzipSync(Buffer.alloc(SIZE + 1)))).toBeNull();
  expect(inflated(Buffer.from('no gzip at all'))).toBeNull();
});
