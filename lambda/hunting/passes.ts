import { TAGS, type Folder, type Place } from './folders';
import type { PackReader, Tags } from './pack-reader';

/** What is taken of a part into memory at once. */
export interface Pass {
  readonly part: number;
  readonly tags: Tags;
}

/** Megabytes of a child without facts. */
const BASE = 400;
/** Bytes of memory for a byte of lines. */
const PER_BYTE = 5;

/** How a part is taken into memory: in so many passes that each has room in so many megabytes. */
export async function passesOf(
  part: number,
  folders: readonly Folder[],
  packs: PackReader,
  megabytes: number,
): Promise<readonly Pass[]> {
  let size = 0;
  for (const folder of folders) size += await packs.textSize(folder);
  const room = Math.max(1, (megabytes - BASE) * 1_000_000);
  const count = Math.min(TAGS, Math.max(1, Math.ceil((size * PER_BYTE) / room)));
  const start = (pass: number): number => Math.round((pass * TAGS) / count);
  return Array.from({ length: count }, (_, pass) => ({ part, tags: [start(pass), start(pass + 1)] }));
}

export function isIn({ part, tag }: Place, pass: Pass): boolean {
  const [from, to] = pass.tags;
  return part === pass.part && tag >= from && tag < to;
}
