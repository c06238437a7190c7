import { availableParallelism } from 'node:os';
import { FileQueue } from './file-queue';
import { ScanningThread } from './scanning-thread';

let early: ScanningThread | null = null;

/** Starts the thread that scans where the arguments begin with `replay` and a folder that is surely read with it. */
export function startEarly([command, path = '', ...others]: readonly string[]): void {
  if (command !== 'replay' || !allowThreads(others) || !new FileQueue([path]).isWorthThreads()) return;
  early = new ScanningThread();
  early.unref();
}

/** The thread that was started early, once; null if there is none. */
export function takeEarlyThread(): ScanningThread | null {
  const thread = early;
  early = null;
  return thread;
}

function allowThreads(options: readonly string[]): boolean {
  const at = options.findIndex((option) => option.startsWith('--threads'));
  return at < 0 ? availableParallelism() > 1 : options[at] === '--threads' && Number(options[at + 1]) > 1;
}
