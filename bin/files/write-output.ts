import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../terminal/error-message';
import { replaceFile } from './replace-file';

/** Writes into the file, or to standard output where none or `-` is named. A reader that leaves early is no fault. */
export async function writeOutput(pieces: Iterable<string>, out: string | undefined): Promise<void> {
  if (toStandardOutput(out)) return pipeline(Readable.from(pieces), process.stdout, { end: false }).catch(unlessLeft);
  await replaceFile(out, pieces).catch((error: unknown) => {
    throw new Error(`--out ${out} cannot be written: ${messageOf(error)}`, { cause: error });
  });
}

export function toStandardOutput(out: string | undefined): out is undefined | '-' {
  return out === undefined || out === '-';
}

/** Whether a stream ended because nobody reads it any more, as with `| head`. */
export function isBrokenPipe(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPIPE';
}

function unlessLeft(error: unknown): void {
  if (!isBrokenPipe(error)) throw error;
}
