import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { addLine, FACTS_FORMAT, linesOf } from '../../lambda/detection/facts/fact-jsonl';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import type { KubernetesLines } from './kubernetes-lines';
import { messageOf } from '../terminal/error-message';
import { replaceFile } from '../files/replace-file';
import { whileLocked } from '../files/while-locked';

/** What is carried from run to run. */
export interface Kept {
  readonly facts: FactSet;
  readonly ofClusters: Pick<KubernetesLines, 'add' | 'lines'>;
}

/** Identifies the version of the file that was read; null if there was none. */
export type StateVersion = string | null;

/**
 * Adds what earlier runs have kept. A missing or empty file has none. Throws if it is not a state file, which is
 * left unchanged.
 */
export async function readState(path: string, kept: Kept): Promise<StateVersion> {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return null;
  if (!stats.isFile()) throw new Error(`--state ${path}: it is not a regular file`);
  if (stats.size > 0) await readLines(path, kept);
  return `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/**
 * Replaces the file atomically, one run at a time. What another run has written since `read` is merged first, into
 * `kept` too.
 */
export async function writeState(path: string, kept: Kept, read: StateVersion): Promise<void> {
  await whileLocked(path, () => mergeAndReplace(path, kept, read));
}

async function mergeAndReplace(path: string, kept: Kept, read: StateVersion): Promise<void> {
  if (read !== versionOf(path)) await readState(path, kept);
  try {
    await replaceFile(path, pipeline(Readable.from(withNewlines(kept)), createGzip({ level: 6 }), settled));
  } catch (error) {
    throw new Error(`--state ${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function versionOf(path: string): StateVersion {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? null : `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

async function readLines(path: string, { facts, ofClusters }: Kept): Promise<void> {
  let number = 0;
  try {
    for await (const line of createInterface({ input: unzipped(path), crlfDelay: Infinity })) {
      number += 1;
      if (number === 1) checkFormat(line);
      if (!ofClusters.add(line)) addLine(facts, line);
    }
  } catch (error) {
    throw new Error(`--state ${path}: ${faultOf(error, number)}; it was not changed`, { cause: error });
  }
  if (number === 0) throw new Error(`--state ${path}: it does not begin with ${FACTS_FORMAT}; it was not changed`);
}

function checkFormat(line: string): void {
  const format = /^\{"format":"([^"]*)"/.exec(line)?.[1];
  if (format === FACTS_FORMAT) return;
  throw new Error(format === undefined ? `it does not begin with ${FACTS_FORMAT}` : `its format is ${format}`);
}

function faultOf(error: unknown, line: number): string {
  const message = messageOf(error);
  if (message === 'incorrect header check') return 'it is not gzipped';
  if (message === 'unexpected end of file') return 'it is truncated';
  if (isSystemError(error)) return `it cannot be read: ${message}`;
  if (line <= 1) return `it is not a state file of this version of credlock (${FACTS_FORMAT}): ${message}`;
  return `it is damaged at line ${line}: ${message}`;
}

/** `EACCES` and the like, not those of zlib (`Z_…`) and Node.js (`ERR_…`). */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}

/** Errors of the file are thrown to the reader of the lines. */
function unzipped(path: string): NodeJS.ReadableStream {
  return pipeline(createReadStream(path), createGunzip(), settled);
}

/** Errors are thrown to the reader of the stream. */
function settled(): void {}

function* linesOfAll({ facts, ofClusters }: Kept): Generator<string> {
  yield* linesOf(facts);
  yield* ofClusters.lines();
}

function* withNewlines(kept: Kept): Generator<string> {
  let batch: string[] = [];
  for (const line of linesOfAll(kept)) {
    batch.push(line, '\n');
    if (batch.length < 1_000) continue;
    yield batch.join('');
    batch = [];
  }
  yield batch.join('');
}
