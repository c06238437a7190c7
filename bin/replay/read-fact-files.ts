import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { addPacked } from '../../lambda/detection/facts/packed-sightings';
import { resourceOf } from '../../lambda/detection/records/read-parts';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import { SkipCounts } from '../../lambda/trail-files/trail-reading';
import type { InputDigest } from '../report/summary';
import type { AuditReader } from './audit-reader';
import { takeEarlyThread } from './early-thread';
import { FileFiller } from './file-filler';
import { FileQueue } from './file-queue';
import { FactReader, type FileReading, type ReadFacts, type ReadOptions } from './fact-reader';
import { isMemoryLittle, makeRoomForThreads } from './keep-heap-small';
import type { InputFile } from './input-files';
import { InputTotals, type InputProblem, type InputProgress } from './read-inputs';
import { ReadingThread } from './reading-thread';
import { ScanningThread } from './scanning-thread';
import { PLACES, ScannedAhead, type NextFile } from './scanned-ahead';
import { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { SkippedRecords } from '../../lambda/fact-reading/skipped-records';
import { slotMemory, slotsIn, type PartSharing } from './shared-parts';
import { Turns } from './turns';

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
  const { left, audit } = options;
  const threads = new Threads(options, queue, counts);
  const share = threads.most > 1 ? () => threads.share() : null;
  try {
    if (queue.isWorthThreads()) await threads.startReading();
    const reader = new FactReader(facts, options, { left, audit, share, scanner: threads.scanner });
    const files = threads.filesOf(() => reader.forgetIds());
    for (let next = await files.next(); next; next = await files.next()) {
      counts.add(await reader.read(next.input, (bytes) => counts.read(bytes), next.scanned), true);
      // The other threads' messages are received in between.
      await setImmediate();
    }
    reader.finish();
    for await (const read of threads.finish()) {
      mergeInto(facts, read);
      left.add(read.left);
      if (read.audit) audit?.add(read.audit);
    }
  } finally {
    await threads.stop();
  }
  return counts.reading();
}

function mergeInto(facts: FactSet, { sightings, others }: ReadFacts): void {
  if (sightings) addPacked(sightings, facts, resourceOf);
  facts.merge(others);
}

/** The files that the main thread reads, one after the other. */
interface FilesToRead {
  next(): Promise<NextFile | null>;
}

interface Started extends Omit<PartSharing, 'here'> {
  readonly others: readonly ReadingThread[];
}

/** The threads beside the main one, which read files that the main one has not begun, and parts of those that it has. */
class Threads {
  /** With the main thread. */
  readonly most: number;
  readonly #options: FactReadOptions;
  readonly #queue: FileQueue;
  readonly #counts: Counts;
  #started: Started | null = null;
  /** Scans for the main thread; null while that scans itself. */
  #scanning: { readonly thread: ScanningThread; readonly scanner: LogFileScanner } | null = null;
  /** What that scans. */
  #ahead: ScannedAhead | null = null;

  constructor(options: FactReadOptions, queue: FileQueue, counts: Counts) {
    this.most = ReadingThread.canStart() ? Math.min(options.threads ?? availableParallelism(), MOST_THREADS) : 1;
    this.#options = options;
    this.#queue = queue;
    this.#counts = counts;
  }

  /** What files are scanned into by another thread. */
  get scanner(): LogFileScanner | null {
    return this.#scanning?.scanner ?? null;
  }

  /** The files of the queue for the main thread. `onFull`: as in `ScannedAhead`. */
  filesOf(onFull: () => void): FilesToRead {
    const next = (): InputFile | null => this.#queue.next();
    if (this.#scanning) {
      const { thread, scanner } = this.#scanning;
      const filler = new FileFiller(scanner, this.#options.digests);
      return (this.#ahead = new ScannedAhead(next, thread, { fill: (file) => filler.fill(file), onFull }));
    }
    return {
      next: () => {
        const input = next();
        return Promise.resolve(input && { input });
      },
    };
  }

  /** Starts them for a queue that is long. */
  async startReading(): Promise<void> {
    if (this.most === 1) return;
    await this.#startScanning();
    if (!this.#scanning || this.most > 2) this.start();
  }

  async #startScanning(): Promise<void> {
    if (!ScanningThread.canStart()) return;
    makeRoomForThreads(1);
    // First, as its start takes longest.
    const thread = takeEarlyThread() ?? new ScanningThread();
    const scanner = LogFileScanner.create(undefined, PLACES);
    if (!scanner) return thread.stop();
    thread.start(scanner.shared, this.#options.digests);
    this.#scanning = { thread, scanner };
  }

  /** Starts them for parts of a file; instead of the one that scans where no further one may run. */
  async share(): Promise<Omit<PartSharing, 'here'>> {
    if (this.most === 2) await this.#endScanning();
    return this.start();
  }

  async #endScanning(): Promise<void> {
    await this.#ahead?.end();
    await this.#scanning?.thread.stop();
  }

  /** Starts them, once. */
  start(): Started {
    if (this.#started) return this.#started;
    const { workloads, now, digests, audit } = this.#options;
    const others = this.most === 2 ? 1 : this.most - (this.#scanning ? 2 : 1);
    makeRoomForThreads(this.most - 1);
    const turns = new Turns();
    const slots = slotMemory(others);
    const options = { workloads, now, digests, audit: audit?.options ?? null, slots, turns: turns.memory };
    const startThread = (): ReadingThread =>
      new ReadingThread(
        options,
        () => this.#queue.nextBatch(this.most),
        (reading) => this.#counts.add(reading),
      );
    this.#started = {
      turns,
      slots: slotsIn(slots),
      others: Array.from({ length: others }, startThread),
      hasRoom: isMemoryLittle,
    };
    return this.#started;
  }

  /** What they read, of all at once. */
  async *finish(): AsyncGenerator<ReadFacts> {
    const reading = this.#started?.others.map((thread) => thread.finish()) ?? [];
    for (const read of reading) yield await read;
  }

  async stop(): Promise<void> {
    await this.#scanning?.thread.stop();
    await Promise.all(this.#started?.others.map((thread) => thread.stop()) ?? []);
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
