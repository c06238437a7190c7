import { gunzipSync, gzipSync } from 'node:zlib';
import { addOwnLine } from '../detection/facts/fact-jsonl';
import type { FactSet } from '../detection/facts/fact-set';
import type { WorkStore } from './work-store';

/** A line, and the folder it belongs to. */
export type Line = readonly [folder: string, text: string];

/** Characters of a file, and of all files that are kept in memory, before they are written. */
const FILE_SIZE = 4_000_000;
const MOST_KEPT = 64_000_000;

/**
 * Writes lines into files of their folders, named for the child that writes them. Children that write the same facts again,
 * or are stopped in between, change nothing: facts merge.
 */
export async function writeLines(
  store: WorkStore,
  child: string,
  lines: Iterable<Line> | AsyncIterable<Line>,
): Promise<void> {
  const writer = new LineWriter(store, child);
  for await (const line of lines) await writer.add(line);
  await writer.end();
}

/** The lines of all files in a folder, in the order of their names. */
export async function* linesIn(store: WorkStore, folder: string): AsyncGenerator<string> {
  for (const name of await store.list(folder)) yield* linesOfFile(await store.get(name));
}

/** Merges the facts in a folder into `facts`. */
export async function readFactsIn(store: WorkStore, folder: string, facts: FactSet): Promise<void> {
  for await (const line of linesIn(store, folder)) addOwnLine(facts, line);
}

function* linesOfFile(file: Uint8Array): Generator<string> {
  const text = gunzipSync(file);
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(10, start);
    const end = found === -1 ? text.length : found;
    yield text.toString('utf8', start, end);
    start = end + 1;
  }
}

class LineWriter {
  readonly #kept = new Map<string, { texts: string[]; size: number }>();
  readonly #store: WorkStore;
  readonly #child: string;
  #size = 0;
  #files = 0;

  constructor(store: WorkStore, child: string) {
    this.#store = store;
    this.#child = child;
  }

  async add([folder, text]: Line): Promise<void> {
    const kept = this.#kept.get(folder) ?? { texts: [], size: 0 };
    this.#kept.set(folder, kept);
    kept.texts.push(text);
    kept.size += text.length;
    this.#size += text.length;
    if (kept.size >= FILE_SIZE) await this.#write(folder);
    if (this.#size >= MOST_KEPT) await this.end();
  }

  async end(): Promise<void> {
    for (const folder of this.#kept.keys()) await this.#write(folder);
  }

  async #write(folder: string): Promise<void> {
    const kept = this.#kept.get(folder);
    if (!kept) return;
    this.#kept.delete(folder);
    this.#size -= kept.size;
    const name = `${folder}${this.#child}-${this.#files}.jsonl.gz`;
    this.#files += 1;
    await this.#store.put(name, gzipSync(`${kept.texts.join('\n')}\n`, { level: 1 }));
  }
}
