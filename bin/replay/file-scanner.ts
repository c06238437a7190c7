import { LogFileScanner, type ScannedRows, type SharedScanner } from '../../lambda/trail-files/log-file-scanner';
import { sha256Of } from './input-digest';
import { WholeFiles } from './whole-files';

/** A file, and the place of the scanner that it is put into. */
export interface FilePlace {
  readonly path: string;
  readonly place: number;
}

/** A file that was scanned for another thread, which reads its rows. */
export interface ScannedFile {
  readonly place: number;
  /** As it is on disk. */
  readonly bytes: number;
  /** As in `InputDigest`; null also where it was not asked for. */
  readonly sha256: string | null;
  readonly rows: ScannedRows;
}

/** Scans files for another thread. */
export class FileScanner {
  readonly #scanner: LogFileScanner;
  readonly #files = new WholeFiles();
  readonly #digests: boolean;

  /** `digests`: whether to compute those of the files. */
  constructor(shared: SharedScanner, digests: boolean) {
    this.#scanner = new LogFileScanner(shared);
    this.#digests = digests;
  }

  /** As in `LogFileScanner`. */
  get isFull(): boolean {
    return this.#scanner.isFull;
  }

  resetIds(): void {
    this.#scanner.resetIds();
  }

  /** Null for anything but a plain log file. */
  scan({ path, place }: FilePlace): ScannedFile | null {
    const file = this.#files.read(path);
    this.#scanner.select(place);
    const length = file && this.#files.inflate(file, this.#scanner.input);
    const rows = length === null ? null : this.#scanner.scan(length);
    if (!file || !rows) return null;
    return { place, bytes: file.length, sha256: this.#digests ? sha256Of(file) : null, rows };
  }
}
