import { createHash, type Hash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { WorkStore } from '../../lambda/hunting/work-store';
import { messageOf } from '../terminal/error-message';

/** Bytes of the digest at the end of each file. */
const DIGEST = 32;

/**
 * A work store in a folder of this machine. Objects appear whole or not at all. Each file ends in a digest of the hunt, its
 * name and its bytes: one that was cut, changed, or written by another hunt is not read; the error names it.
 */
export class FolderWorkStore implements WorkStore {
  readonly #folder: string;
  readonly #hunt: string;
  readonly #verified = new Set<string>();
  #writes = 0;

  /** `hunt`: different for each hunt. */
  constructor(folder: string, hunt: string) {
    this.#folder = folder;
    this.#hunt = hunt;
  }

  async put(name: string, body: Uint8Array): Promise<void> {
    const path = join(this.#folder, name);
    this.#writes += 1;
    const unfinished = join(this.#folder, `${UNFINISHED}${process.pid}-${this.#writes}`);
    try {
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(unfinished, Buffer.concat([body, this.#hashOf(name).update(body).digest()]));
      await rename(unfinished, path);
    } catch (error) {
      throw new Error(`cannot write ${path}: ${messageOf(error)}${spaceHint(error)}`, { cause: error });
    }
    this.#verified.add(name);
  }

  async get(name: string): Promise<Uint8Array> {
    const file = await readFile(join(this.#folder, name)).catch((error: unknown) => this.#refuse(name, error));
    const body = file.subarray(0, Math.max(0, file.length - DIGEST));
    if (!this.#hashOf(name).update(body).digest().equals(file.subarray(body.length))) this.#refuse(name);
    return body;
  }

  async range(name: string, from: number, length: number): Promise<Uint8Array> {
    const file = await open(join(this.#folder, name)).catch((error: unknown) => this.#refuse(name, error));
    try {
      const size = (await file.stat()).size - DIGEST;
      await this.#verify(name, size);
      const buffer = Buffer.alloc(Math.min(length, size - from));
      const { bytesRead } = await file.read({ buffer, position: from });
      return bytesRead === buffer.length ? buffer : this.#refuse(name);
    } finally {
      await file.close();
    }
  }

  list(prefix: string): Promise<readonly string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names = filesIn(join(this.#folder, folder)).map((name) => `${folder}${name.replaceAll(sep, '/')}`);
    return Promise.resolve(names.filter((name) => name.startsWith(prefix) && !name.startsWith(UNFINISHED)).sort());
  }

  /** Throws the error for a file that is not what this hunt wrote. */
  #refuse(name: string, cause?: unknown): never {
    const why = cause === undefined ? 'is damaged, or not of this hunt' : `cannot be read (${messageOf(cause)})`;
    throw new Error(
      `the work file ${join(this.#folder, name)} ${why}. Delete the folder ${this.#folder} and run the command again: it begins anew`,
      { cause },
    );
  }

  /** What this run wrote or has read as a whole is not read again. */
  async #verify(name: string, size: number): Promise<void> {
    if (this.#verified.has(name)) return;
    if (size < 0) this.#refuse(name);
    const hash = this.#hashOf(name);
    const stream = createReadStream(join(this.#folder, name));
    let read = 0;
    let digest = Buffer.alloc(0);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const ofBody = Math.max(0, Math.min(chunk.length, size - read));
      hash.update(chunk.subarray(0, ofBody));
      digest = Buffer.concat([digest, chunk.subarray(ofBody)]);
      read += chunk.length;
    }
    if (!hash.digest().equals(digest)) this.#refuse(name);
    this.#verified.add(name);
  }

  #hashOf(name: string): Hash {
    return createHash('sha256').update(`${this.#hunt}\n${name}\n`);
  }
}

/** What the names of files begin with that are being written, or were when a run was interrupted. */
export const UNFINISHED = 'unfinished-';

function spaceHint(error: unknown): string {
  return codeOf(error) === 'ENOSPC' ? '. Name a folder with more room by --work' : '';
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Of an error of the system, such as `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}
