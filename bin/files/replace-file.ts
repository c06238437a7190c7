import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Text, or the pieces of it. */
export type FileContent = string | Iterable<string> | AsyncIterable<Uint8Array>;

/**
 * Writes the file whole or not at all: whoever reads it meanwhile sees the old one. Creates its folder, follows symbolic
 * links, and writes straight into what is no regular file (`/dev/stdout`, a pipe).
 */
export async function replaceFile(path: string, content: FileContent): Promise<void> {
  const isThere = existsSync(path);
  if (isThere && !statSync(path).isFile()) return writeFile(path, content);
  const file = isThere ? realpathSync(path) : path;
  const draft = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, content, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
