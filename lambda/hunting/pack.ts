import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { WorkStore } from './work-store';

/**
 * A pack is one object with the lines of many folders: the length of its index (4 bytes), the index (compressed JSON), and
 * the members, each a compressed text of lines, folder by folder.
 */
const INDEX = z.array(z.tuple([z.string(), z.array(z.tuple([z.number(), z.number()]))]));

/** Folders in the order of their names, and of each the compressed and uncompressed bytes of its members. */
type Index = z.infer<typeof INDEX>;

const LENGTH_BYTES = 4;
/** Bytes that are fetched first: the index of most packs. */
const HEAD = 65_536;

/** Lines of one folder, compressed. */
export interface Member {
  readonly bytes: Uint8Array;
  /** Bytes of the text. */
  readonly textSize: number;
}

/** Members of a folder in a pack, of which the first begins at `from`. */
export interface PackedFolder {
  readonly pack: string;
  readonly folder: string;
  readonly from: number;
  readonly members: readonly { readonly size: number; readonly textSize: number }[];
}

export function memberOf(text: string): Member {
  const bytes = Buffer.from(text);
  return { bytes: gzipSync(bytes, { level: 1 }), textSize: bytes.length };
}

export function* linesOf(member: Uint8Array): Generator<string> {
  const text = gunzipSync(member);
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(10, start);
    const end = found === -1 ? text.length : found;
    yield text.toString('utf8', start, end);
    start = end + 1;
  }
}

export function packOf(folders: ReadonlyMap<string, readonly Member[]>): Uint8Array {
  const sorted = [...folders].sort(([one], [other]) => (one < other ? -1 : 1));
  const index = sorted.map(([name, members]): Index[number] => [
    name,
    members.map(({ bytes, textSize }) => [bytes.length, textSize]),
  ]);
  const compressed = gzipSync(JSON.stringify(index), { level: 1 });
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(compressed.length);
  return Buffer.concat([length, compressed, ...sorted.flatMap(([, members]) => members.map(({ bytes }) => bytes))]);
}

/** What is in a pack. */
export async function packedFolders(store: WorkStore, pack: string): Promise<PackedFolder[]> {
  const head = Buffer.from(await store.range(pack, 0, HEAD));
  const start = LENGTH_BYTES + head.readUInt32BE();
  const rest = start > HEAD ? await store.range(pack, HEAD, start - HEAD) : new Uint8Array();
  const text = gunzipSync(Buffer.concat([head, rest]).subarray(LENGTH_BYTES, start)).toString();
  let from = start;
  return INDEX.parse(JSON.parse(text)).map(([folder, sizes]) => {
    const members = sizes.map(([size, textSize]) => ({ size, textSize }));
    const found = { pack, folder, from, members };
    for (const { size } of members) from += size;
    return found;
  });
}

/** Packs are fetched so many at a time. */
const AHEAD = 8;

/** Gives the results in the order of the items, of which the next `ahead` are fetched at the same time. */
export async function* fetchedAhead<Item, Result>(
  items: readonly Item[],
  fetch: (item: Item) => Promise<Result>,
  ahead = AHEAD,
): AsyncGenerator<Result> {
  const start = (item: Item): Promise<Result> => {
    const result = fetch(item);
    // An error is thrown where the result is awaited.
    result.catch(() => undefined);
    return result;
  };
  const waiting = items.slice(0, ahead).map(start);
  for (const next of [...items.slice(ahead), null]) {
    const result = waiting.shift();
    if (next !== null) waiting.push(start(next));
    if (result) yield await result;
  }
  for (const result of waiting) yield await result;
}
