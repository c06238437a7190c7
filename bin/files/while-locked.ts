import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { removedOnSignal } from './removed-on-signal';

/** Milliseconds. */
const BETWEEN_ATTEMPTS = 50;
/** Milliseconds after which an empty lock is that of a process which was killed before it wrote. */
const LONGEST_WRITE = 2_000;

/**
 * Runs `work` while no other process on this machine does so for the same path, and waits for it until then. The lock is
 * the file `<path>.lock`; that of a process which has ended is removed.
 */
export async function whileLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  while (!isTaken(lock)) {
    await removeIfAbandoned(lock);
    await pause(BETWEEN_ATTEMPTS);
  }
  try {
    return await removedOnSignal(lock, work);
  } finally {
    await rm(lock, { force: true });
  }
}

function isTaken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfAbandoned(lock: string): Promise<void> {
  if (await isHeld(lock)) return;
  const aside = `${lock}.${randomUUID()}`;
  await rename(lock, aside).catch(unlessAbsent);
  // Another process may have taken the lock in between.
  if (await isHeld(aside)) await rename(aside, lock);
  else await rm(aside, { force: true });
}

/** False for a lock that is gone, or whose process is. */
async function isHeld(lock: string): Promise<boolean> {
  const pid = await readFile(lock, 'utf8').catch(unlessAbsent);
  if (pid === undefined) return false;
  if (pid === '') return isBeingWritten(lock);
  try {
    return process.kill(Number(pid), 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

async function isBeingWritten(lock: string): Promise<boolean> {
  const written = await stat(lock).catch(unlessAbsent);
  return written !== undefined && Date.now() - written.mtimeMs < LONGEST_WRITE;
}

function unlessAbsent(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}
