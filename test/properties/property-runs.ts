import type { Parameters } from 'fast-check';

const SEED = 20260901;

/**
 * How often a property is tried: always on the same cases, so that a test does not fail on Tuesdays only. To hunt,
 * `PROPERTY_RUNS=20 npx jest test/properties` tries twenty times as many, other ones each time; a failure prints its seed.
 * Properties that are tried in a row draw other cases by `nth`.
 */
export function runs(times: number, nth = 0): Parameters<unknown> {
  const factor = Number(process.env.PROPERTY_RUNS ?? '0');
  return factor > 0 ? { numRuns: Math.ceil(times * factor) } : { numRuns: times, seed: SEED + nth };
}
