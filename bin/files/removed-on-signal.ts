import { rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const files = new Set<string>();

/**
 * Runs `work`, and removes the file if a signal ends the process meanwhile. The process still ends by the signal. A
 * command that handles signals itself is left to finish.
 */
export async function removedOnSignal<T>(file: string, work: () => Promise<T>): Promise<T> {
  if (files.size === 0) for (const signal of SIGNALS) process.on(signal, removeAndEnd);
  files.add(file);
  try {
    return await work();
  } finally {
    files.delete(file);
    if (files.size === 0) stopListening();
  }
}

function removeAndEnd(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  for (const file of files) rmSync(file, { force: true });
  stopListening();
  process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, removeAndEnd);
}
