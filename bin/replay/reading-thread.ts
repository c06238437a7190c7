import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditOptions } from './audit-reader';
import type { FileReading, ReadFacts, ReadOptions } from './fact-reader';
import type { InputFile } from './input-files';

export interface ThreadOptions extends ReadOptions {
  /** Null: audit logs are not read. */
  readonly audit: AuditOptions | null;
}

/** The first request; then files to read; none: the request for the facts, after which the thread ends. */
export type ThreadRequest = { readonly options: ThreadOptions } | { readonly files: readonly InputFile[] };

type Answer = { readonly readings: readonly FileReading[] } | { readonly facts: ReadFacts };

/** Batches sent ahead, so that a thread never waits. */
const AHEAD = 2;

const SCRIPT = join(__dirname, 'read-worker.js');

/** False where the thread's script was not built. */
export function canStartThreads(): boolean {
  return existsSync(SCRIPT);
}

/** A worker thread that reads batches of files into facts until there are no more. */
export class ReadingThread {
  /** Its facts, when all its batches are read. Rejects if the thread fails. */
  readonly facts: Promise<ReadFacts>;
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
    this.facts = new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.on('message', (answer: Answer) => {
        if ('facts' in answer) return resolve(answer.facts);
        for (const reading of answer.readings) onReading(reading);
        this.#send();
      });
    });
    // An error is thrown where the facts are awaited, which may be later.
    this.facts.catch(() => undefined);
    for (let sent = 0; sent < AHEAD; sent += 1) this.#send();
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Requests after the first that holds no files are never answered. */
  #send(): void {
    this.#post({ files: this.#nextBatch() });
  }

  #post(request: ThreadRequest): void {
    this.#worker.postMessage(request, []);
  }
}
