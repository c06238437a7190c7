import { createHash } from 'node:crypto';
import type { FixtureEvent } from './fixture-events';
import type { PatternUnderTest } from './patterns-under-test';

/** What Event Ruler said of each pattern and event, kept so that tests without Java can hold to it. */
export interface GoldenVectors {
  /** Maven coordinates of what said it. */
  readonly matcher: string;
  /** Hash of each event by its name. */
  readonly events: Readonly<Record<string, string>>;
  readonly patterns: Readonly<Record<string, GoldenPattern>>;
}

export interface GoldenPattern {
  readonly sha256: string;
  /** Names of the events it matches, sorted. */
  readonly matches: readonly string[];
  /** How many patterns with one fault it was told from. */
  readonly faultsNoticed: number;
}

/** Where they lie in the repository. */
export const GOLDEN_FILE = 'test/conformance/event-patterns.json';

/** Of the JSON as it stands: an order of keys is part of what is deployed. */
export function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/**
 * What is wrong with the vectors for these patterns and events: nothing where each pattern is the one that was matched, and
 * each event that a rule has to carry is carried.
 */
export function vectorFaults(
  golden: GoldenVectors,
  patterns: readonly PatternUnderTest[],
  events: readonly FixtureEvent[],
): string[] {
  return [
    ...changedSince(
      'pattern',
      patterns.map(({ name, pattern }) => [name, sha256(pattern)]),
      Object.entries(golden.patterns).map(([name, { sha256: hash }]) => [name, hash]),
    ),
    ...changedSince(
      'event',
      events.map(({ name, event }) => [name, sha256(event)]),
      Object.entries(golden.events),
    ),
  ];
}

const AGAIN = 'run `npm run conformance -- --write` and look at what changed';

function changedSince(
  what: string,
  today: readonly (readonly [name: string, hash: string])[],
  then: readonly (readonly [name: string, hash: string])[],
): string[] {
  const hashes = new Map(then);
  const names = new Set(today.map(([name]) => name));
  const twice = names.size < today.length ? [`two ${what}s have one name`] : [];
  const changed = today.filter(([name, hash]) => hashes.get(name) !== hash);
  const gone = then.filter(([name]) => !names.has(name));
  return [
    ...twice,
    ...changed.map(
      ([name]) => `${what} "${name}" ${hashes.has(name) ? 'changed' : 'is new'} since it was matched: ${AGAIN}`,
    ),
    ...gone.map(([name]) => `${what} "${name}" is no more: ${AGAIN}`),
  ];
}
