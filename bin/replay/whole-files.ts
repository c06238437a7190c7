import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzippedAtOnce } from '../../lambda/trail-files/gunzip-at-once';
import { LONGEST_FILE } from '../../lambda/trail-files/log-file-scanner';
import { ReusedGunzip } from '../../lambda/trail-files/reused-gunzip';

/** Compressed files beyond it are inflated in a stream. */
const MOST_AT_ONCE = 8 * 1024 * 1024;
/** In a notification of S3 the source is named first. */
const MOST_BEFORE_SOURCE = 200;

/** Reads files at once, each into the memory of the one before. */
export class WholeFiles {
  #buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  readonly #gunzip = ReusedGunzip.create();

  /** The file's bytes, valid until the next file; null for one that is too large, or cannot be read. */
  read(path: string): Buffer | null {
    let handle: number | null = null;
    try {
      handle = openSync(path, 'r');
      const { size } = fstatSync(handle);
      if (size > LONGEST_FILE) return null;
      if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.min(2 * size, LONGEST_FILE));
      return readSync(handle, this.#buffer, 0, size, 0) === size ? this.#buffer.subarray(0, size) : null;
    } catch {
      return null; // The ordinary path describes the fault.
    } finally {
      if (handle !== null) closeSync(handle);
    }
  }

  /** Puts the file's content into `into`; null for what the fast path does not read, as notifications of S3, which are lists of records, too. */
  inflate(file: Buffer, into: Buffer): number | null {
    const length = this.#contentOf(file, into);
    return length === null || into.subarray(0, Math.min(length, MOST_BEFORE_SOURCE)).includes('"aws:s3"')
      ? null
      : length;
  }

  #contentOf(file: Buffer, into: Buffer): number | null {
    if (file[0] !== 0x1f || file[1] !== 0x8b) return file.copy(into);
    if (file.length > MOST_AT_ONCE) return null;
    return this.#gunzip ? this.#gunzip.inflate(file, into) : (gunzippedAtOnce(file, into.length)?.copy(into) ?? null);
  }
}
