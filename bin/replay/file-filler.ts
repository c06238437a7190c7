import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import { sha256Of } from './input-digest';
import { WholeFiles } from './whole-files';

/** A file, and the place of the scanner that it is put into. */
export interface FilePlace {
  readonly path: string;
  readonly place: number;
}

/** A file that is in its place. */
export interface FilledPlace {
  readonly place: number;
  /** Bytes in the place. */
  readonly length: number;
  /** As it is on disk. */
  readonly bytes: number;
  /** As in `InputDigest`; null also where it was not asked for. */
  readonly sha256: string | null;
}

/** Reads and inflates files into the places of a scanner. */
export class FileFiller {
  readonly #scanner: LogFileScanner;
  readonly #digests: boolean;
  readonly #files = new WholeFiles();

  /** `digests`: whether to compute those of the files. */
  constructor(scanner: LogFileScanner, digests: boolean) {
    this.#scanner = scanner;
    this.#digests = digests;
  }

  /** Selects the place. Null for what is surely no plain log file. */
  fill({ path, place }: FilePlace): FilledPlace | null {
    this.#scanner.select(place);
    const file = this.#files.read(path);
    const length = file && this.#files.inflate(file, this.#scanner.input);
    if (!file || length === null) return null;
    return { place, length, bytes: file.length, sha256: this.#digests ? sha256Of(file) : null };
  }
}
