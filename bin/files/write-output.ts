import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../terminal/error-message';
import { replaceFile } from './replace-file';

/** Writes to the file, or to standard output for none or `-`. A pipe closed early is not an error. */
export async function writeOutput(pieces: Iterable<string>, out: string | undefined): Promise<void> {
  if (toStandardOutput(out))
    return pipeline(Readable.from(pieces), process.stdout, { end: false }).catch(unlessBrokenPipe);
  await replaceFile(out, pieces).catch((error: unknown) => {
    throw new Error(`--out ${out} cannot be written: ${messageOf(error)}`, { cause: error });
  });
}

export function toStandardOutput(out: string | undefined): out is undefined | '-' {
  return out === undefined || out === '-';
}

/** True if the reader of a pipe has exited, as with `| head`. */
export function isBrokenPipe(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPIPE';
}

function unlessBrokenPipe(error: unknown): void {
  if (!isBrokenPipe(error)) throw error;
}
