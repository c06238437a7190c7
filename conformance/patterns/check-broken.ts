import { matchAll } from '../event-ruler/event-ruler';
import type { Workshop } from '../workshop';
import { brokenPatterns, type PatternJson } from './broken-patterns';
import type { FixtureEvent } from './fixture-events';
import type { PatternUnderTest } from './patterns-under-test';

export interface Matched {
  readonly events: readonly FixtureEvent[];
  readonly patterns: readonly PatternUnderTest[];
  /** Names of the events each pattern matches, sorted, by the pattern's name. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
}

export interface BrokenReport {
  /** How many patterns with one fault each pattern was told from. */
  readonly noticed: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
}

/** Whether the events are enough to notice every single fault in a pattern: those that nothing would notice are faults. */
export async function checkBroken(workshop: Workshop, { events, patterns, matches }: Matched): Promise<BrokenReport> {
  const all = patterns.flatMap(({ name, pattern }) =>
    brokenPatterns(JSON.parse(JSON.stringify(pattern)) as PatternJson).map((broken) => ({ name, broken })),
  );
  const verdicts = await matchAll(
    workshop,
    events.map(({ event }) => event),
    all.map(({ broken }) => broken.pattern),
  );
  const noticed = new Map<string, number>();
  const faults: string[] = [];
  for (const [at, { name, broken }] of all.entries()) {
    const verdict = verdicts[at];
    const found =
      verdict && 'matches' in verdict ? verdict.matches.flatMap((event) => events[event]?.name ?? []) : null;
    const same = found !== null && found.sort().join('\n') === matches.get(name)?.join('\n');
    if (!same) noticed.set(name, (noticed.get(name) ?? 0) + 1);
    else faults.push(`"${name}" could be wrong and no event would show it: ${broken.what}`);
  }
  return { noticed, faults };
}
