import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { addPacked } from '../../lambda/detection/facts/packed-sightings';
import { resourceOf } from '../../lambda/detection/records/read-parts';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import { SkipCounts } from '../../lambda/trail-files/trail-reading';
import type { InputDigest } from '../report/summary';
import type { AuditReader } from './audit-reader';
import { FactReader, type FileReading, type ReadFacts, type ReadOptions } from './fact-reader';
import { inputFiles, inputSize, type InputFile } from './input-files';
import { InputTotals, type InputProblem, type InputProgress } from './read-inputs';
import { canStartThreads, ReadingThread } from './reading-thread';
import type { SkippedRecords } from '../../lambda/fact-reading/skipped-records';

/** Bytes on disk from which on more than one thread is worth its start. */
const WORTH_THREADS = 4_000_000;
/** What is handed to a thread at once. */
const BATCH_BYTES = 500_000;
const BATCH_FILES = 200;
/** More threads are limited by the disk, and cost memory. */
const MOST_THREADS = 8;

export interface FactReadOptions extends ReadOptions {
  /** At least 1; null for one per core. */
  readonly threads: number | null;
  /** Gets the records that state no fact. */
  readonly left: SkippedRecords;
  /** Gets the lines of audit logs; null: they are not read. */
  readonly audit: AuditReader | null;
  readonly onProgress?: (progress: InputProgress) => void;
}

export interface FactReading {
  readonly files: number;
  readonly records: number;
  readonly skipped: ReadonlyMap<string, number>;
  readonly problems: readonly InputProblem[];
  /** Empty where they were not asked for. */
  readonly digests: readonly InputDigest[];
}

/**
 * Reads the records in files and folders (`-` is standard input) into the facts, on several threads where there is much to
 * read. Files that cannot be read are among the problems.
 */
export async function readFactFiles(
  paths: readonly string[],
  facts: FactSet,
  options: FactReadOptions,
): Promise<FactReading> {
  const queue = new FileQueue(paths);
  const counts = new Counts(options, options.onProgress ? new InputTotals(paths) : null);
  const threads = queue.isLargerThan(WORTH_THREADS) && canStartThreads() ? threadsOf(options) : 1;
  const { workloads, now, digests, left, audit } = options;
  const startThread = (): ReadingThread =>
    new ReadingThread(
      { workloads, now, digests, audit: audit?.options ?? null },
      () => queue.nextBatch(),
      (reading) => counts.add(reading),
    );
  const others = Array.from({ length: threads - 1 }, startThread);
  try {
    const reader = new FactReader(facts, options, { left, audit });
    for (let input = queue.next(); input; input = queue.next()) {
      counts.add(await reader.read(input, (bytes) => counts.read(bytes)), true);
      // The other threads' messages are received in between.
      await setImmediate();
    }
    reader.finish();
    for (const thread of others) {
      const read = await thread.facts;
      mergeInto(facts, read);
      left.add(read.left);
      if (read.audit) audit?.add(read.audit);
    }
  } finally {
    await Promise.all(others.map((thread) => thread.stop()));
  }
  return counts.reading();
}

function mergeInto(facts: FactSet, { sightings, others }: ReadFacts): void {
  if (sightings) addPacked(sightings, facts, resourceOf);
  facts.merge(others);
}

function threadsOf({ threads }: FactReadOptions): number {
  return Math.min(threads ?? availableParallelism(), MOST_THREADS);
}

/** The files in their order, a few of them ahead. */
class FileQueue {
  readonly #files: Iterator<InputFile>;
  readonly #ahead: InputFile[] = [];

  constructor(paths: readonly string[]) {
    this.#files = inputFiles(paths);
  }

  isLargerThan(bytes: number): boolean {
    for (let sum = 0; sum < bytes;) {
      const next = this.#files.next();
      if (next.done) return false;
      this.#ahead.push(next.value);
      sum += inputSize(next.value);
    }
    return true;
  }

  next(): InputFile | null {
    const ahead = this.#ahead.shift();
    if (ahead) return ahead;
    const next = this.#files.next();
    return next.done ? null : next.value;
  }

  /** Empty at the end, and in front of standard input and the like, which only the main thread reads. */
  nextBatch(): InputFile[] {
    const batch: InputFile[] = [];
    for (let bytes = 0; bytes < BATCH_BYTES && batch.length < BATCH_FILES;) {
      const next = this.next();
      if (!next) break;
      if (!next.regular && next.problem === null) {
        this.#ahead.unshift(next);
        break;
      }
      batch.push(next);
      bytes += inputSize(next);
    }
    return batch;
  }
}

/** Adds up what the threads report. */
class Counts {
  readonly #totals: InputTotals | null;
  readonly #onProgress: FactReadOptions['onProgress'];
  readonly #skipped = new SkipCounts<string>();
  readonly #problems: InputProblem[] = [];
  readonly #digests: InputDigest[] = [];
  readonly #wantsDigests: boolean;
  #files = 0;
  #bytes = 0;
  #records = 0;

  constructor({ digests, onProgress }: FactReadOptions, totals: InputTotals | null) {
    this.#wantsDigests = digests;
    this.#totals = totals;
    this.#onProgress = onProgress;
  }

  /** `isRead`: its bytes were counted by `read`. */
  add({ file, bytes, records, skipped, problem, sha256 }: FileReading, isRead = false): void {
    this.#files += 1;
    this.#records += records;
    this.#skipped.add(skipped);
    if (problem !== null) this.#problems.push({ file, reason: problem });
    if (this.#wantsDigests) this.#digests.push({ file, bytes, sha256 });
    if (!isRead) this.read(bytes);
  }

  read(bytes: number): void {
    this.#bytes += bytes;
    this.#totals?.countOn();
    this.#onProgress?.({
      files: this.#files,
      totalFiles: this.#totals?.files ?? null,
      bytes: this.#bytes,
      totalBytes: this.#totals?.bytes ?? null,
      records: this.#records,
    });
  }

  reading(): FactReading {
    return {
      files: this.#files,
      records: this.#records,
      skipped: this.#skipped,
      problems: this.#problems,
      digests: this.#digests,
    };
  }
}
