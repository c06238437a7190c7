import type { Folder } from './folders';
import { memberOf, packOf, type Member } from './pack';
import { packName, writtenPacks } from './pack-names';
import type { WorkStore } from './work-store';

/** A line, the folder it belongs to, and the tag of its session or workload, in folders of parts. */
export type Line = readonly [folder: Folder, text: string, tag?: number];

/** Characters of a member, and of all lines that are kept in memory, before they are compressed. */
const MEMBER_SIZE = 4_000_000;
const MOST_KEPT = 64_000_000;
/** Bytes of a pack. */
const PACK_SIZE = 128_000_000;

/** Where a child writes its packs. A child that runs again replaces them. */
export interface Output {
  readonly store: WorkStore;
  readonly stage: string;
  /** Ends in its number. */
  readonly child: string;
}

/** Writes lines into one pack, or some where they are many. */
export async function writeLines(output: Output, lines: Iterable<Line> | AsyncIterable<Line>): Promise<void> {
  const writer = new PackWriter(output);
  for await (const line of lines) await writer.add(line);
  await writer.end();
}

export class PackWriter {
  readonly #output: Output;
  readonly #kept = new Map<string, { texts: string[]; size: number }>();
  readonly #members = new Map<string, Member[]>();
  #size = 0;
  #packed = 0;
  #packs = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  async add([{ name }, text, tag]: Line): Promise<void> {
    const kept = this.#kept.get(name) ?? { texts: [], size: 0 };
    this.#kept.set(name, kept);
    kept.texts.push(tag === undefined ? text : `${hexOf(tag)}${text}`);
    kept.size += text.length;
    this.#size += text.length;
    if (kept.size >= MEMBER_SIZE) this.#compress(name);
    if (this.#size >= MOST_KEPT) this.#compressAll();
    if (this.#packed >= PACK_SIZE) await this.#write();
  }

  async end(): Promise<void> {
    this.#compressAll();
    if (this.#members.size > 0 || this.#packs === 0) await this.#write();
  }

  #compressAll(): void {
    for (const folder of this.#kept.keys()) this.#compress(folder);
  }

  #compress(folder: string): void {
    const kept = this.#kept.get(folder);
    if (!kept) return;
    this.#kept.delete(folder);
    this.#size -= kept.size;
    const member = memberOf(`${kept.texts.join('\n')}\n`);
    this.#packed += member.bytes.length;
    this.#members.set(folder, [...(this.#members.get(folder) ?? []), member]);
  }

  async #write(): Promise<void> {
    const { store, stage, child } = this.#output;
    const name = packName(writtenPacks(stage), child, this.#packs);
    this.#packs += 1;
    this.#packed = 0;
    const pack = packOf(this.#members);
    this.#members.clear();
    await store.put(name, pack);
  }
}

function hexOf(tag: number): string {
  return tag.toString(16).padStart(2, '0');
}
