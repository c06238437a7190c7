import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SharedScanner } from '../../lambda/trail-files/log-file-scanner';
import type { FilePlace, FilledPlace } from './file-filler';
import type { ScannedBatch, Scanning } from './scanned-ahead';

/** The first request; then files to scan, and `new-ids`: see `Scanning`. */
export type ScanRequest =
  | { readonly shared: SharedScanner; readonly digests: boolean }
  | { readonly scan: readonly (FilePlace | FilledPlace)[] }
  | 'new-ids';

const SCRIPT = join(__dirname, 'scan-worker.js');

/** A worker thread that scans files for this one. Its script is small, as the first file waits for it. */
export class ScanningThread implements Scanning {
  /** False where its script was not built. */
  static canStart(): boolean {
    return existsSync(SCRIPT);
  }

  readonly #worker = new Worker(SCRIPT);
  /** Get the batches scanned, in their order. */
  readonly #scans: ((scanned: ScannedBatch) => void)[] = [];
  readonly #failure: Promise<never>;

  constructor() {
    this.#failure = new Promise((_, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`the thread that scans ended (code ${code})`)));
    });
    // An error is thrown where a batch is awaited, which may be later.
    this.#failure.catch(() => undefined);
    this.#worker.on('message', (scanned: ScannedBatch) => this.#scans.shift()?.(scanned));
  }

  /** Until it is started, it does not keep the process running. */
  unref(): void {
    this.#worker.unref();
  }

  /** `digests`: whether to compute those of the files. */
  start(shared: SharedScanner, digests: boolean): void {
    this.#worker.ref();
    this.#post({ shared, digests });
  }

  /** Rejects if the thread fails. */
  scan(files: readonly (FilePlace | FilledPlace)[]): Promise<ScannedBatch> {
    const scanned = new Promise<ScannedBatch>((resolve) => this.#scans.push(resolve));
    this.#post({ scan: files });
    return Promise.race([scanned, this.#failure]);
  }

  resetIds(): void {
    this.#post('new-ids');
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(request: ScanRequest): void {
    this.#worker.postMessage(request, []);
  }
}
