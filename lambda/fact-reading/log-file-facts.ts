import type { FactSet } from '../detection/facts/fact-set';
import type { PackedSightings } from '../detection/facts/packed-sightings';
import { Column, LogFileScanner, type ScannedRows } from '../trail-files/log-file-scanner';
import type { RecordRun } from '../trail-files/record-runs';
import type { FileCounts } from './file-counts';
import { RowFacts, type RowOptions } from './row-facts';

export interface LogFileOptions extends RowOptions {
  /** Used by no other reader at the same time. */
  readonly scanner?: LogFileScanner | null;
}

/**
 * Reads plain log files into facts as `readTrailObject` and `readInto` do, several times faster. Values that no fact needs are
 * not validated.
 */
export class LogFileFacts {
  readonly #scanner: LogFileScanner;
  readonly #rows: RowFacts;
  /** Ids and sightings have been taken: the next file begins with none. */
  #isEnded = true;
  /** The part that was checked and is not taken. */
  #part: ScannedRows | null = null;

  private constructor(scanner: LogFileScanner, facts: FactSet, options: LogFileOptions) {
    this.#scanner = scanner;
    this.#rows = new RowFacts(scanner, facts, options);
  }

  /** Null where the scanner cannot run. */
  static create(facts: FactSet, options: LogFileOptions): LogFileFacts | null {
    const scanner = options.scanner ?? LogFileScanner.create();
    return scanner && new LogFileFacts(scanner, facts, options);
  }

  /**
   * Reads one file, which `fill` puts into a buffer, without compression, and gives the length of, or null. Null, with the
   * facts unchanged or to be read again, if it is not plain, or has a record of another account than `only`.
   */
  read(fill: (into: Buffer) => number | null, only: string | null = null): FileCounts | null {
    const length = fill(this.#scanner.input);
    if (length === null) return null;
    this.#begin();
    const scanned = this.#scanner.scan(length);
    const counts = scanned && this.#rows.take(scanned, only);
    this.#makeRoom();
    return counts?.stoppedAt === null ? counts : null;
  }

  /** Reads the plain records that `bytes`, a part of a file or stream between two records, begin with. */
  readRun(bytes: Buffer): FileCounts & RecordRun {
    this.#begin();
    const scanned = this.#scanner.scanRun(bytes.copy(this.#scanner.input));
    const counts = this.#rows.take(scanned);
    const end = counts.stoppedAt === null ? scanned.end : (this.#scanner.words[counts.stoppedAt + Column.begin] ?? 0);
    this.#makeRoom();
    return { ...counts, end };
  }

  /**
   * True if `bytes`, a part of a stream that begins between two records, is plain records up to its end. No fact is changed
   * before `takePart`, which may be left out.
   */
  checkPart(bytes: Buffer): boolean {
    this.#begin();
    const scanned = this.#scanner.scanRun(bytes.copy(this.#scanner.input));
    this.#part = scanned.end === bytes.length && this.#rows.check(scanned) ? scanned : null;
    return this.#part !== null;
  }

  /** Reads the part that was checked last. */
  takePart(): FileCounts {
    if (!this.#part) throw new Error('no part was checked');
    const counts = this.#rows.take(this.#part);
    this.#part = null;
    // Never, as the requests of a part fit the scanner's memory; otherwise records would be lost silently.
    if (counts.stoppedAt !== null) throw new Error('a part that was checked cannot be read');
    this.#makeRoom();
    return counts;
  }

  /** Adds the sightings of the files read to the facts. */
  finish(): void {
    if (!this.#isEnded) this.#rows.finish();
    this.#isEnded = true;
  }

  /** The sightings of the files read, which are taken from this reader; all other facts are in the facts. */
  packed(): PackedSightings {
    this.#isEnded = true;
    return this.#rows.packed();
  }

  #begin(): void {
    if (this.#isEnded) this.#scanner.reset();
    this.#isEnded = false;
  }

  #makeRoom(): void {
    if (!this.#scanner.isFull) return;
    this.#rows.forgetIds();
    this.#scanner.reset();
  }
}
