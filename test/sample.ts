import { seededRandom } from '../trail-writer/random';

/** `npm run test:exhaustive` runs every case of the files named `*.sampled.test.ts`. */
export const IS_EXHAUSTIVE = process.env['EXHAUSTIVE'] === 'true';

/** So many of the cases, drawn by `SAMPLE_SEED`, in their order; all of them in an exhaustive run. */
export function sampled<Case>(all: readonly Case[], size: number): Case[] {
  if (IS_EXHAUSTIVE) return [...all];
  const random = seededRandom(Number(process.env['SAMPLE_SEED'] ?? '1'));
  const left = [...all.keys()];
  const drawn = Array.from({ length: Math.min(size, all.length) }, () => left.splice(random.below(left.length), 1)[0]);
  return all.filter((_case, at) => drawn.includes(at));
}
