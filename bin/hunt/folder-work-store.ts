import { mkdirSync, readdirSync } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { WorkStore } from '../../lambda/hunting/work-store';

/** A work store in a folder of this machine. Objects appear whole or not at all. */
export class FolderWorkStore implements WorkStore {
  readonly #folder: string;
  #writes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: string, body: Uint8Array): Promise<void> {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true });
    this.#writes += 1;
    const unfinished = join(this.#folder, `unfinished-${process.pid}-${this.#writes}`);
    await writeFile(unfinished, body);
    await rename(unfinished, path);
  }

  get(name: string): Promise<Uint8Array> {
    return readFile(join(this.#folder, name));
  }

  async range(name: string, from: number, length: number): Promise<Uint8Array> {
    const file = await open(join(this.#folder, name));
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: from });
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names = filesIn(join(this.#folder, folder)).map((name) => `${folder}${name.replaceAll(sep, '/')}`);
    return Promise.resolve(names.filter((name) => name.startsWith(prefix)).sort());
  }
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
