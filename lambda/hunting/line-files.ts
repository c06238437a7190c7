import { gzipSync } from 'node:zlib';
import { padded } from './folders';
import { linesOf } from './pack';
import type { WorkStore } from './work-store';

/** Characters of a file. */
const FILE_SIZE = 4_000_000;

/** Writes lines into compressed files of a folder, whose names are in the order of the lines. */
export async function writeLineFiles(store: WorkStore, folder: string, lines: Iterable<string>): Promise<void> {
  let texts: string[] = [];
  let size = 0;
  let files = 0;
  const write = async (): Promise<void> => {
    await store.put(`${folder}${padded(files)}.jsonl.gz`, gzipSync(`${texts.join('\n')}\n`));
    files += 1;
    texts = [];
    size = 0;
  };
  for (const line of lines) {
    texts.push(line);
    size += line.length;
    if (size >= FILE_SIZE) await write();
  }
  if (texts.length > 0) await write();
}

/** The lines of all files in a folder, in order. */
export async function* linesOfFiles(store: WorkStore, folder: string): AsyncGenerator<string> {
  for (const name of await store.list(folder)) yield* linesOf(await store.get(name));
}
