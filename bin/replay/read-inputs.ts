import { open } from 'node:fs/promises';
import type { OtherReaders } from '../../lambda/trail-files/other-readers';
import { SkipCounts, type SkipReason, type TrailReading } from '../../lambda/trail-files/trail-reading';
import { readInput } from '../inputs/read-input';
import type { InputDigest } from '../report/summary';
import type { FileAudit } from './audit-reader';
import { digested } from './input-digest';
import { inputFiles, inputSize, type InputFile } from './input-files';

/** While one file is scanned, the others are read and inflated on libuv's pool. */
const CONCURRENCY = 3;
const READ_SIZE = 256 * 1024;
/** Files counted per chunk read. */
const COUNT_AHEAD = 50;
const NOTHING_READ: TrailReading = { records: 0, auditLines: 0, skipped: new Map(), problem: null };

export interface InputProgress {
  /** Files finished. */
  readonly files: number;
  /** Null while they are being counted. */
  readonly totalFiles: number | null;
  /** Bytes read, as they are on disk. */
  readonly bytes: number;
  /** Null while they are being counted, and where standard input is read. */
  readonly totalBytes: number | null;
  /** CloudTrail records in the finished files. */
  readonly records: number;
}

export interface InputHandlers {
  /** Called with each relevant record, parsed. Records of different files are interleaved. */
  onRecord(record: unknown, where: { readonly file: string }): void;
  /** Who reads runs of records of a file instead, whose bytes come in their order. */
  readonly runsOf?: (file: string) => Pick<OtherReaders, 'runs' | 'parts'>;
  /** Begins a file: receives its lines of audit logs, which are no records otherwise. */
  audit?(): FileAudit;
  /** Called after every chunk. If present, the files are also counted, which takes time. */
  onProgress?(progress: InputProgress): void;
  /** Whether to compute the digests of the inputs. */
  readonly digests?: boolean;
}

export interface InputProblem {
  readonly file: string;
  /** For the user: `the gzip data breaks off; …` */
  readonly reason: string;
}

export interface InputReading {
  readonly files: number;
  /** Bytes read, as they are on disk. */
  readonly bytes: number;
  /** CloudTrail records read, those that are `not-relevant` included. */
  readonly records: number;
  readonly skipped: ReadonlyMap<SkipReason, number>;
  /** Files that were not read to the end, in no particular order. */
  readonly problems: readonly InputProblem[];
  /** In no particular order; empty where they were not asked for. */
  readonly digests: readonly InputDigest[];
}

/**
 * Reads the CloudTrail records in files and folders (`-` is standard input; see `inputFiles` and `readInput`). Files
 * that cannot be read are reported among the problems. Throws only what the handlers throw.
 */
export function readInputs(
  paths: readonly string[],
  handlers: InputHandlers,
  more: AsyncIterable<InputFile> | null = null,
): Promise<InputReading> {
  const files = more === null ? inputFiles(paths) : chained(inputFiles(paths), more);
  return readFiles(files, handlers, more === null ? new InputTotals(handlers.onProgress ? paths : []) : null);
}

async function* chained(files: Iterable<InputFile>, more: AsyncIterable<InputFile>): AsyncGenerator<InputFile> {
  yield* files;
  yield* more;
}

/** `readInputs` for given files, of unknown number and size. */
export async function readFiles(
  files: Iterable<InputFile> | AsyncIterable<InputFile>,
  handlers: InputHandlers,
  totals: InputTotals | null = null,
): Promise<InputReading> {
  const reader = new InputReader(handlers, totals);
  const queue = Symbol.asyncIterator in files ? files[Symbol.asyncIterator]() : files[Symbol.iterator]();
  const readOn = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) await reader.read(next.value);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, readOn));
  return reader.reading();
}

/** Counts the files while they are read, a few at a time. */
export class InputTotals {
  readonly #files: Iterator<InputFile>;
  #done = false;
  #standardInput = false;
  #count = 0;
  #bytes = 0;

  constructor(paths: readonly string[]) {
    this.#files = inputFiles(paths);
  }

  get files(): number | null {
    return this.#done ? this.#count : null;
  }

  get bytes(): number | null {
    return this.#done && !this.#standardInput ? this.#bytes : null;
  }

  countOn(): void {
    for (let step = 0; step < COUNT_AHEAD && !this.#done; step += 1) {
      const next = this.#files.next();
      this.#done = next.done === true;
      if (next.done) return;
      this.#count += 1;
      this.#bytes += inputSize(next.value);
      this.#standardInput ||= next.value.path === '-';
    }
  }
}

class InputReader {
  readonly #handlers: InputHandlers;
  readonly #totals: InputTotals | null;
  readonly #skipped = new SkipCounts();
  readonly #problems: InputProblem[] = [];
  readonly #digests: InputDigest[] = [];
  #files = 0;
  #bytes = 0;
  #records = 0;

  constructor(handlers: InputHandlers, totals: InputTotals | null) {
    this.#handlers = handlers;
    this.#totals = totals;
  }

  async read(input: InputFile): Promise<void> {
    const { path, problem } = input;
    const audit = this.#handlers.audit?.() ?? null;
    const reading = problem === null ? await this.#readFile(input, audit) : NOTHING_READ;
    const reason = problem ?? joined(reading.problem, audit?.end() ?? null);
    if (reason !== null) this.#problems.push({ file: path, reason });
    this.#records += reading.records;
    this.#skipped.add(reading.skipped);
    this.#files += 1;
  }

  reading(): InputReading {
    return {
      files: this.#files,
      bytes: this.#bytes,
      records: this.#records,
      skipped: this.#skipped,
      problems: this.#problems,
      digests: this.#digests,
    };
  }

  async #readFile(input: InputFile, audit: FileAudit | null): Promise<TrailReading> {
    const file = input.path;
    const chunks = input.open?.() ?? (file === '-' ? standardInput() : chunksOf(input));
    const onRecord = (record: unknown): void => this.#handlers.onRecord(record, { file });
    const readers = { ...this.#handlers.runsOf?.(file), audit };
    if (!this.#handlers.digests) return readInput(this.#counted(chunks), onRecord, readers);
    let bytes = 0;
    let sha256: string | null = null;
    const noted = digested(
      this.#counted(chunks, (length) => (bytes += length)),
      (digest) => (sha256 = digest),
    );
    const reading = await readInput(noted, onRecord, readers);
    this.#digests.push({ file, bytes, sha256 });
    return reading;
  }

  async *#counted(
    chunks: AsyncIterable<Uint8Array>,
    onLength: (length: number) => void = () => undefined,
  ): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      onLength(chunk.length);
      this.#reportProgress();
      yield chunk;
    }
  }

  #reportProgress(): void {
    if (!this.#handlers.onProgress) return;
    this.#totals?.countOn();
    this.#handlers.onProgress({
      files: this.#files,
      totalFiles: this.#totals?.files ?? null,
      bytes: this.#bytes,
      totalBytes: this.#totals?.bytes ?? null,
      records: this.#records,
    });
  }
}

function joined(one: string | null, other: string | null): string | null {
  return one !== null && other !== null ? `${one}; ${other}` : (one ?? other);
}

async function* chunksOf({ path, regular }: InputFile): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(READ_SIZE) });
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      // Most log files fit in one read, and a second one to find the end would cost as much.
      if (bytesRead === 0 || (regular && bytesRead < READ_SIZE)) return;
    }
  } finally {
    await handle.close();
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterable<Buffer> = process.stdin;
  yield* chunks;
}
