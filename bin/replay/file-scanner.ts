import { LogFileScanner, type ScannedRows, type SharedScanner } from '../../lambda/trail-files/log-file-scanner';
import { FileFiller, type FilePlace, type FilledPlace } from './file-filler';

/** A file that was scanned for another thread, which reads its rows. */
export interface ScannedFile extends FilledPlace {
  readonly rows: ScannedRows;
}

/** Scans files for another thread, those too that it has put into their places. */
export class FileScanner {
  readonly #scanner: LogFileScanner;
  readonly #filler: FileFiller;

  /** `digests`: as in `FileFiller`. */
  constructor(shared: SharedScanner, digests: boolean) {
    this.#scanner = new LogFileScanner(shared);
    this.#filler = new FileFiller(this.#scanner, digests);
  }

  /** As in `LogFileScanner`. */
  get isFull(): boolean {
    return this.#scanner.isFull;
  }

  resetIds(): void {
    this.#scanner.resetIds();
  }

  /** Null for anything but a plain log file. */
  scan(file: FilePlace | FilledPlace): ScannedFile | null {
    const filled = 'length' in file ? file : this.#filler.fill(file);
    if (!filled) return null;
    this.#scanner.select(filled.place);
    const rows = this.#scanner.scan(filled.length);
    return rows && { ...filled, rows };
  }
}
