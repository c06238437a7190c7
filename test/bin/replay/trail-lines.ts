import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Every record in the gzipped log files below a folder, as one line of JSON each. */
export function trailLines(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json.gz'));
  return names.sort().flatMap((name) => {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as { Records?: unknown[] };
    return (Records ?? []).map((record) => JSON.stringify(record));
  });
}

/** In an order that is not theirs, and the same each time. */
export function shuffled<T>(items: readonly T[], step: number): T[] {
  return items
    .map((item, at) => ({ item, key: ((at + 1) * step) % 1_009 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
