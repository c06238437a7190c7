import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditOptions } from './audit-reader';
import type { FileReading, ReadFacts, ReadOptions } from './fact-reader';
import type { InputFile } from './input-files';
import type { Part, PartReading, PartTaker } from './shared-parts';

export interface ThreadOptions extends ReadOptions {
  /** Null: audit logs are not read. */
  readonly audit: AuditOptions | null;
  /** Of the slots of parts, and of `Turns`. */
  readonly slots: SharedArrayBuffer;
  readonly turns: SharedArrayBuffer;
}

/** The first request; then files and parts to read; `facts`: the request for the facts, after which the thread ends. */
export type ThreadRequest =
  { readonly options: ThreadOptions } | { readonly files: readonly InputFile[] } | { readonly part: Part } | 'facts';

type Answer =
  { readonly readings: readonly FileReading[] } | { readonly part: PartReading | null } | { readonly facts: ReadFacts };

/** Batches sent ahead, so that a thread never waits. */
const AHEAD = 2;

const SCRIPT = join(__dirname, 'read-worker.js');

/** A worker thread that reads batches of files, and parts of others, into facts. */
export class ReadingThread implements PartTaker {
  /** False where its script was not built. */
  static canStart(): boolean {
    return existsSync(SCRIPT);
  }

  readonly #facts: Promise<ReadFacts>;
  /** Get the readings of parts, in their order. */
  readonly #parts: ((reading: PartReading | null) => void)[] = [];
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
      this.#worker.once('exit', (code) => reject(new Error(`a thread that reads ended (code ${code})`)));
      this.#worker.on('message', (answer: Answer) => {
        if ('facts' in answer) return resolve(answer.facts);
        if ('part' in answer) return this.#parts.shift()?.(answer.part);
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
