import { addOwnLine } from '../detection/facts/fact-jsonl';
import type { FactSet } from '../detection/facts/fact-set';
import type { Folder } from './folders';
import { fetchedAhead, linesOf, packedFolders, type PackedFolder } from './pack';
import type { WorkStore } from './work-store';

/** Bytes of members that are fetched with one request. */
const FETCHED = 8_000_000;

/** The tags of the lines that are taken: from the first on, below the second. */
export type Tags = readonly [from: number, to: number];

/** Reads folders for one child: the indexes of packs are fetched once. */
export class PackReader {
  readonly #indexes = new Map<string, Promise<readonly PackedFolder[]>>();

  constructor(readonly store: WorkStore) {}

  /** The lines in a folder, in the order of the packs' names. */
  async *lines(folder: Folder): AsyncGenerator<string> {
    for await (const member of this.#members(folder)) yield* linesOf(member);
  }

  /** The same of a folder of tagged lines. */
  async *taggedLines(folder: Folder, [from, to]: Tags): AsyncGenerator<string> {
    for await (const line of this.lines(folder)) {
      const tag = Number.parseInt(line.slice(0, 2), 16);
      if (tag >= from && tag < to) yield line.slice(2);
    }
  }

  /** Bytes of the folder's lines. */
  async textSize(folder: Folder): Promise<number> {
    const found = await this.#found(folder);
    return found.flatMap(({ members }) => members).reduce((sum, { textSize }) => sum + textSize, 0);
  }

  async #found({ packs, name }: Folder): Promise<readonly PackedFolder[]> {
    const index = this.#indexes.get(packs) ?? this.#indexOf(packs);
    this.#indexes.set(packs, index);
    return (await index).filter(({ folder }) => folder === name);
  }

  async #indexOf(packs: string): Promise<readonly PackedFolder[]> {
    const found: PackedFolder[] = [];
    const all = fetchedAhead(await this.store.list(packs), (pack) => packedFolders(this.store, pack));
    for await (const folders of all) for (const folder of folders) found.push(folder);
    return found;
  }

  async *#members(folder: Folder): AsyncGenerator<Uint8Array> {
    const spans = (await this.#found(folder)).flatMap(spansOf);
    const fetched = fetchedAhead(spans, async (span) => ({
      span,
      bytes: await this.store.range(span.pack, span.from, span.size),
    }));
    for await (const { span, bytes } of fetched) {
      let from = 0;
      for (const size of span.sizes) {
        yield bytes.subarray(from, from + size);
        from += size;
      }
    }
  }
}

/** Merges the facts of lines into `facts`. */
export async function mergeFacts(lines: AsyncIterable<string>, facts: FactSet): Promise<void> {
  for await (const line of lines) addOwnLine(facts, line);
}

interface Span {
  readonly pack: string;
  readonly from: number;
  readonly sizes: number[];
  size: number;
}

function spansOf({ pack, from, members }: PackedFolder): Span[] {
  const spans: Span[] = [];
  let at = from;
  let last: Span | null = null;
  for (const { size } of members) {
    if (!last || last.size + size > FETCHED) {
      last = { pack, from: at, sizes: [], size: 0 };
      spans.push(last);
    }
    last.sizes.push(size);
    last.size += size;
    at += size;
  }
  return spans;
}
