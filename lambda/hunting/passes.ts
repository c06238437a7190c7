import { TAGS, type Folder, type Place } from './folders';
import type { PackReader, Tags } from './pack-reader';

/** What is taken of a part into memory at once. */
export interface Pass {
  readonly part: number;
  readonly tags: Tags;
}

/** Megabytes of a child without facts. */
const BASE_MEGABYTES = 400;
/** Bytes of memory for a byte of lines. */
const BYTES_OF_MEMORY = 5;

/** What passes are made for. */
export interface Load {
  /** Folders of the part, of which each pass takes some tags. */
  readonly own: readonly Folder[];
  /** Folders that each pass takes as a whole. */
  readonly shared: readonly Folder[];
}

/** How a part is taken into memory: in so many passes that each has room in so many megabytes. */
export async function passesOf(
  part: number,
  { own, shared }: Load,
  packs: PackReader,
  megabytes: number,
): Promise<readonly Pass[]> {
  const room = (megabytes - BASE_MEGABYTES) * 1_000_000 - (await memoryOf(shared, packs));
  const count = Math.min(TAGS, Math.max(1, Math.ceil((await memoryOf(own, packs)) / Math.max(1, room))));
  const start = (pass: number): number => Math.round((pass * TAGS) / count);
  return Array.from({ length: count }, (_, pass) => ({ part, tags: [start(pass), start(pass + 1)] }));
}

async function memoryOf(folders: readonly Folder[], packs: PackReader): Promise<number> {
  let size = 0;
  for (const folder of folders) size += await packs.textSize(folder);
  return size * BYTES_OF_MEMORY;
}

export function isIn({ part, tag }: Place, pass: Pass): boolean {
  const [from, to] = pass.tags;
  return part === pass.part && tag >= from && tag < to;
}
