import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removedOnSignal } from './removed-on-signal';

export type FileContent = string | Iterable<string> | AsyncIterable<Uint8Array>;

/**
 * Replaces the file atomically. Creates its folder, follows symbolic links, and writes directly to anything but a regular
 * file (`/dev/stdout`, a pipe).
 */
export async function replaceFile(path: string, content: FileContent): Promise<void> {
  const exists = existsSync(path);
  if (exists && !statSync(path).isFile()) return writeFile(path, content);
  const file = exists ? realpathSync(path) : path;
  const draft = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await removedOnSignal(draft, async () => {
      await writeFile(draft, content, { flag: 'wx' });
      await rename(draft, file);
    });
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
