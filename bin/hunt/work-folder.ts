import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { HashKey } from '../../lambda/hunting/half-sip-hash';
import { messageOf } from '../terminal/error-message';
import { codeOf, FolderWorkStore, UNFINISHED } from './folder-work-store';

const SCHEMA = 'credlock.hunt-work/1';

/** All that the work of a hunt depends on; texts are digests. */
const WORK_OF = z.object({
  schema: z.literal(SCHEMA),
  version: z.string(),
  settings: z.string(),
  ipRanges: z.string(),
  sizes: z.string(),
  /** Paths, sizes and times of the last changes. */
  files: z.string(),
});

export type WorkOf = Omit<z.infer<typeof WORK_OF>, 'schema'>;

/** Texts for the error when another hunt is to go on with the work. */
const DIFFERENCES: Readonly<Record<Exclude<keyof WorkOf, 'version'>, string>> = {
  settings: 'with other settings',
  ipRanges: 'with other address ranges',
  sizes: 'with another --part-size',
  files: 'over other log files, or some were changed since',
};

const HUNT = 'hunt.json';
const LOCK = 'in-use.json';

/** A folder for the work of a hunt, which no other run uses until it is released. */
export interface WorkFolder {
  readonly store: FolderWorkStore;
  /** As in `Spread`: the same whenever the work is gone on with. */
  readonly key: HashKey;
  release(): void;
}

/** Makes the folder, or goes on with its work. Throws an error for the user if it is no folder, or not of this hunt. */
export function openWork(folder: string, hunt: WorkOf): WorkFolder {
  make(folder);
  const release = lock(folder);
  try {
    const entries = readdirSync(folder).filter((name) => !name.startsWith(UNFINISHED) && name !== LOCK);
    if (entries.length > 0) checkWork(folder, entries, hunt);
    const text = JSON.stringify({ schema: SCHEMA, ...hunt });
    writeFileSync(join(folder, HUNT), text);
    for (const name of readdirSync(folder)) if (name.startsWith(UNFINISHED)) rmSync(join(folder, name));
    const digest = digestOf(text);
    const words = Buffer.from(digest, 'hex');
    return {
      store: new FolderWorkStore(folder, digest),
      key: [words.readUInt32LE(0), words.readUInt32LE(4)],
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** SHA-256 in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const isFile = codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR';
    const why = isFile ? 'is a file, or below one: name a folder' : `cannot be made: ${messageOf(error)}`;
    throw new Error(`--work ${folder} ${why}`, { cause: error });
  }
}

function checkWork(folder: string, entries: readonly string[], hunt: WorkOf): void {
  if (!entries.includes(HUNT)) {
    const what = entries.includes('ended') ? 'has the work of an older credlock' : 'has other files';
    throw new Error(`--work ${folder} ${what}: name a folder that is empty, or that does not exist`);
  }
  const found = workOfIn(join(folder, HUNT));
  const remedy = 'name another folder, or delete this one to begin anew';
  if (!found) throw new Error(`--work ${folder}: ${HUNT} is damaged, or of another version of credlock: ${remedy}`);
  if (found.version !== hunt.version)
    throw new Error(
      `--work ${folder} has the work of credlock ${found.version}, and this is ${hunt.version}: ${remedy}`,
    );
  const others = Object.entries(DIFFERENCES).filter(([name]) => Reflect.get(found, name) !== Reflect.get(hunt, name));
  if (others.length > 0)
    throw new Error(`--work ${folder} has the work of a hunt ${others.map(([, text]) => text).join(', ')}: ${remedy}`);
}

function workOfIn(path: string): WorkOf | null {
  try {
    return WORK_OF.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

const HOLDER = z.object({ host: z.string(), pid: z.number() });

/** Returns what unlocks the folder. The lock of a process that has ended is taken over. */
function lock(folder: string): () => void {
  const path = join(folder, LOCK);
  const own = JSON.stringify({ host: hostname(), pid: process.pid });
  if (!isHeld(path)) rmSync(path, { force: true });
  try {
    writeFileSync(path, own, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST')
      throw new Error(`--work ${folder} cannot be written: ${messageOf(error)}`, { cause: error });
    throw new Error(
      `--work ${folder} is in use by another run (${readFileSync(path, 'utf8')}). If that has ended, delete ${path}`,
      { cause: error },
    );
  }
  return () => rmSync(path, { force: true });
}

/** False where the lock's process has ended; processes of other machines are not known. */
function isHeld(path: string): boolean {
  try {
    const { host, pid } = HOLDER.parse(JSON.parse(readFileSync(path, 'utf8')));
    return host !== hostname() || (pid !== process.pid && process.kill(pid, 0));
  } catch (error) {
    return codeOf(error) !== 'ESRCH' && codeOf(error) !== 'ENOENT';
  }
}
