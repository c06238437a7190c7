import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditOptions } from './audit-reader';
import type { SharedScanner } from '../../lambda/trail-files/log-file-scanner';
import type { FileReading, ReadFacts, ReadOptions } from './fact-reader';
import type { FilePlace } from './file-scanner';
import type { InputFile } from './input-files';
import type { ScannedBatch, Scanning } from './scanned-ahead';
import type { Part, PartReading, PartTaker } from './shared-parts';

export interface ThreadOptions extends ReadOptions {
  /** Null: audit logs are not read. */
  readonly audit: AuditOptions | null;
  /** Of the slots of parts, and of `Turns`. */
  readonly slots: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
  /** Of the thread that it scans for; null for none. */
  readonly scanner: SharedScanner | null;
}

/**
 * The first request; then files and parts to read, and files to scan; `new-ids`: see `Scanning`; `facts`: the request for the
 * facts, after which the thread ends.
 */
export type ThreadRequest =
  | { readonly options: ThreadOptions }
  | { readonly files: readonly InputFile[] }
  | { readonly part: Part }
  | { readonly scan: readonly FilePlace[] }
  | 'new-ids'
  | 'facts';

export type ThreadAnswer =
  | { readonly readings: readonly FileReading[] }
  | { readonly part: PartReading | null }
  | { readonly scanned: ScannedBatch }
  | { readonly facts: ReadFacts };

/** Batches sent ahead, so that a thread never waits. */
const AHEAD = 2;

const SCRIPT = join(__dirname, 'read-worker.js');

/** False where the thread's script was not built. */
export function canStartThreads(): boolean {
  return existsSync(SCRIPT);
}

/** A worker thread that reads batches of files, and parts of others, into facts, and scans files for this thread. */
export class ReadingThread implements PartTaker, Scanning {
  readonly #facts: Promise<ReadFacts>;
  /** Get the readings of parts, in their order. */
  readonly #parts: ((reading: PartReading | null) => void)[] = [];
  readonly #scans: ((scanned: ScannedBatch) => void)[] = [];
  readonly #worker: Worker;
  readonly #nextBatch: () => readonly InputFile[];

  constructor(
    options: ThreadOptions,
    nextBatch: () => readonly InputFile[],
    onReading: (reading: FileReading) => void,
  ) {
    this.#worker = new Worker(SCRIPT);
    this.#post({ options });
    this.#nextBatch = nextBatch;
    this.#facts = new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.on('message', (answer: ThreadAnswer) => {
        if ('facts' in answer) return resolve(answer.facts);
        if ('part' in answer) return this.#parts.shift()?.(answer.part);
        if ('scanned' in answer) return this.#scans.shift()?.(answer.scanned);
        for (const reading of answer.readings) onReading(reading);
        this.#send();
      });
    });
    // An error is thrown where the facts are awaited, which may be later.
    this.#facts.catch(() => undefined);
    for (let sent = 0; sent < AHEAD; sent += 1) this.#send();
  }

  /** Rejects if the thread fails. */
  async readPart(part: Part): Promise<PartReading | null> {
    const reading = new Promise<PartReading | null>((resolve) => this.#parts.push(resolve));
    this.#post({ part });
    return Promise.race([reading, this.#facts.then(() => null)]);
  }

  /** Rejects if the thread fails. */
  async scan(files: readonly FilePlace[]): Promise<ScannedBatch> {
    const scanned = new Promise<ScannedBatch>((resolve) => this.#scans.push(resolve));
    this.#post({ scan: files });
    return Promise.race([scanned, this.#facts.then(() => NOTHING_SCANNED)]);
  }

  resetIds(): void {
    this.#post('new-ids');
  }

  /** Its facts, when all that it was given is read. Rejects if the thread fails. */
  finish(): Promise<ReadFacts> {
    this.#post('facts');
    return this.#facts;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(): void {
    const files = this.#nextBatch();
    if (files.length > 0) this.#post({ files });
  }

  #post(request: ThreadRequest): void {
    this.#worker.postMessage(request, []);
  }
}

const NOTHING_SCANNED: ScannedBatch = { files: [], isFull: false };
