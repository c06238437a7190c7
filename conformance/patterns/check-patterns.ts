import type { Check, Report } from '../check';
import { matchAll } from '../event-ruler/event-ruler';
import { checkBroken } from './check-broken';
import { needFaults } from './check-needs';
import { fixtureEvents } from './fixture-events';
import { keepOrCompare, goldenOf } from './keep-golden';
import { patternsUnderTest } from './patterns-under-test';
import { checkTraffic } from './traffic';

/** EventBridge rejects patterns with wildcards that are too complex; it documents no limit, so this stays far from one. */
const MOST_COMPLEX = 9;

/** The event patterns, by the library that matches them in EventBridge. */
export const checkPatterns: Check = {
  name: 'patterns',
  async run(workshop, { write, trails }): Promise<Report> {
    const events = fixtureEvents();
    const patterns = patternsUnderTest();
    const verdicts = await matchAll(
      workshop,
      events.map(({ event }) => event),
      patterns.map(({ pattern }) => pattern),
    );
    const invalid: string[] = [];
    const matches = new Map<string, string[]>();
    const complexity = Math.max(...verdicts.map((verdict) => ('complexity' in verdict ? verdict.complexity : 0)));
    for (const [at, verdict] of verdicts.entries()) {
      const name = patterns[at]?.name ?? '';
      if ('invalid' in verdict) invalid.push(`"${name}" is no pattern to EventBridge: ${verdict.invalid}`);
      else if (verdict.complexity > MOST_COMPLEX)
        invalid.push(`"${name}" has complexity ${verdict.complexity}, allowed are ${MOST_COMPLEX}`);
      else matches.set(name, verdict.matches.flatMap((position) => events[position]?.name ?? []).sort());
    }
    const valid = patterns.filter(({ name }) => matches.has(name));
    const broken = await checkBroken(workshop, { events, patterns: valid, matches });
    const golden = await goldenOf(workshop, { events, patterns, matches, noticed: broken.noticed });
    const traffic = await checkTraffic(workshop, trails);
    const noticed = [...broken.noticed.values()].reduce((sum, count) => sum + count, 0);
    return {
      summary: `${patterns.length} patterns over ${events.length} events as by ${golden.matcher}; ${noticed} broken ones told from them; complexity at most ${complexity}`,
      details: traffic.details,
      faults: [
        ...invalid,
        ...needFaults(events, matches),
        ...broken.faults,
        ...traffic.faults,
        ...(await keepOrCompare(workshop, golden, { events, patterns, write })),
      ],
    };
  },
};
