import { readdirSync, statSync, type BigIntStats, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { isOfFileManager } from '../inputs/file-managers';
import { messageOf } from '../terminal/error-message';

/** A file to read, or the reason it cannot be. `-` stands for standard input. */
export interface InputFile {
  readonly path: string;
  /** False for pipes, devices and standard input. */
  readonly regular: boolean;
  readonly problem: string | null;
  /** For what is no file. */
  readonly open?: () => AsyncIterable<Uint8Array>;
}

/**
 * Yields the files at the paths one by one, so that millions of them need no list. Folders are walked once each, in the
 * order of names, and symbolic links are followed. Pipes and devices are read only if named themselves. Never throws.
 */
export function* inputFiles(paths: readonly string[]): Generator<InputFile> {
  const walked = new Set<string>();
  for (const path of paths) {
    if (path === '-') yield { path, regular: false, problem: null };
    else yield* filesAt(path, walked, true);
  }
}

/** Bytes on disk; 0 if unknown. */
export function inputSize(file: InputFile): number {
  return inputState(file).bytes;
}

/** Bytes on disk, and when they were last changed, in epoch milliseconds; zeros if unknown. */
export function inputState({ path, regular }: InputFile): { readonly bytes: number; readonly changed: number } {
  const stats = regular ? attempt(() => statSync(path)) : 'no file';
  return typeof stats === 'string' ? { bytes: 0, changed: 0 } : { bytes: stats.size, changed: stats.mtimeMs };
}

function* filesAt(path: string, walked: Set<string>, named: boolean): Generator<InputFile> {
  const stats = attempt(() => statSync(path, { bigint: true }));
  if (typeof stats === 'string') yield { path, regular: false, problem: stats };
  else if (stats.isDirectory()) yield* filesIn(path, stats, walked);
  else if (stats.isFile() || named) yield { path, regular: stats.isFile(), problem: null };
}

function* filesIn(folder: string, stats: BigIntStats, walked: Set<string>): Generator<InputFile> {
  const identity = `${stats.dev}:${stats.ino}`;
  if (walked.has(identity)) return;
  walked.add(identity);
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  if (typeof entries === 'string') {
    yield { path: folder, regular: false, problem: entries };
    return;
  }
  for (const entry of entries.sort(byName)) {
    if (isOfFileManager(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) yield { path, regular: true, problem: null };
    else if (entry.isDirectory() || entry.isSymbolicLink()) yield* filesAt(path, walked, false);
  }
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}

/** The result, or the reason it failed. */
function attempt<T extends object>(look: () => T): T | string {
  try {
    return look();
  } catch (error) {
    return `it cannot be read (${messageOf(error)})`;
  }
}
