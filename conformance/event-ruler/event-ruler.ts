import { join } from 'node:path';
import { eventRulerJars } from '../tools';
import { execute, lastWords, type Workshop } from '../workshop';

/** What `Matches.java` answers: the positions of the events that match and the pattern's complexity, or why it is none. */
export type Verdict =
  { readonly matches: readonly number[]; readonly complexity: number } | { readonly invalid: string };

/** The command that runs `Matches.java`. */
export async function eventRuler(workshop: Workshop): Promise<[string, ...string[]]> {
  const jars = await eventRulerJars(workshop);
  return ['java', '-cp', join(jars, '*'), join(workshop.root, 'conformance/event-ruler/Matches.java')];
}

/** Which events each pattern matches, by Event Ruler: one verdict a pattern, in their order. */
export async function matchAll(
  workshop: Workshop,
  events: readonly unknown[],
  patterns: readonly unknown[],
): Promise<Verdict[]> {
  const [java, ...args] = await eventRuler(workshop);
  const input = [...events.map((event) => ({ event })), ...patterns.map((pattern) => ({ pattern }))];
  const outcome = await execute(java, args, { input: input.map((line) => `${JSON.stringify(line)}\n`).join('') });
  const lines = outcome.stdout.split('\n').filter((line) => line !== '');
  if (outcome.status !== 0 || lines.length !== patterns.length)
    throw new Error(`Event Ruler gave ${lines.length} of ${patterns.length} answers:\n${lastWords(outcome)}`);
  return lines.map((line) => JSON.parse(line) as Verdict);
}
