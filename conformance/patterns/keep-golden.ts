import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workshop } from '../workshop';
import type { Matched } from './check-broken';
import { GOLDEN_FILE, sha256, vectorFaults, type GoldenPattern, type GoldenVectors } from './golden-vectors';

const MATCHER = /<groupId>(software[\w.]+)<\/groupId>\s*<artifactId>([\w-]+)<\/artifactId>\s*<version>([\w.]+)</;

/** The vectors as they are today. */
export async function goldenOf(
  { root }: Workshop,
  { events, patterns, matches, noticed }: Matched & { readonly noticed: ReadonlyMap<string, number> },
): Promise<GoldenVectors> {
  const pom = await readFile(join(root, 'conformance/event-ruler/pom.xml'), 'utf8');
  const [, ...matcher] = MATCHER.exec(pom) ?? [];
  return {
    matcher: matcher.join(':'),
    events: Object.fromEntries(events.map(({ name, event }) => [name, sha256(event)])),
    patterns: Object.fromEntries(
      patterns.map(({ name, pattern }): [string, GoldenPattern] => [
        name,
        { sha256: sha256(pattern), matches: matches.get(name) ?? [], faultsNoticed: noticed.get(name) ?? 0 },
      ]),
    ),
  };
}

/** Writes the vectors, or tells where those in the repository are others. */
export async function keepOrCompare(
  { root }: Workshop,
  golden: GoldenVectors,
  { events, patterns, write }: Pick<Matched, 'events' | 'patterns'> & { readonly write: boolean },
): Promise<string[]> {
  const file = join(root, GOLDEN_FILE);
  const text = `${JSON.stringify(golden, null, 2)}\n`;
  if (write) {
    await writeFile(file, text);
    return [];
  }
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept === null) return [`${GOLDEN_FILE} is missing: run \`npm run conformance -- --write\``];
  const faults = vectorFaults(JSON.parse(kept) as GoldenVectors, patterns, events);
  if (faults.length > 0 || kept === text) return faults;
  return [
    `${GOLDEN_FILE} is not what Event Ruler says: run \`npm run conformance -- --write\` and look at what changed`,
  ];
}
