// Reads a folder on as many threads as each argument says, and prints all that was read each time, as JSON.
import type { Worker } from 'node:worker_threads';
import { readFactFiles } from '../../../bin/replay/read-fact-files';
import type { InputProgress } from '../../../bin/replay/read-inputs';
import { linesOf } from '../../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../../lambda/detection/kinds/all-kinds';
import { SkippedRecords } from '../../../lambda/fact-reading/skipped-records';
import { LogFileScanner } from '../../../lambda/trail-files/log-file-scanner';

const NOW = Date.UTC(2026, 11, 1);

/** Of one reading, as lines that do not depend on which thread was faster. */
export interface Outcome {
  /** At once, with the main one. */
  readonly threads: number;
  readonly lines: readonly string[];
}

async function outcome(folder: string, threads: number): Promise<Outcome> {
  const facts = new FactSet();
  const left = new SkippedRecords();
  const progress: InputProgress[] = [];
  let [running, most] = [0, 0];
  const onWorker = (worker: Worker): void => {
    most = Math.max(most, (running += 1));
    worker.once('exit', () => (running -= 1));
  };
  process.on('worker', onWorker);
  const { files, records, skipped, problems, digests } = await readFactFiles([folder], facts, {
    workloads: WORKLOAD_KINDS.map(({ name }) => name),
    now: NOW,
    digests: true,
    threads,
    left,
    audit: null,
    onProgress: (one) => progress.push(one),
  });
  process.off('worker', onWorker);
  const isGrowing = progress.every((one, index) => one.bytes >= (progress[index - 1]?.bytes ?? 0));
  const { bytes, totalBytes, totalFiles } = progress.at(-1) ?? {};
  const read = { files, records, bytes, totalBytes, totalFiles, isGrowing };
  const counts = [...skipped, ...left.counts];
  const told = [...problems, ...digests, ...left.problems(), ...left.unattributable(), ...left.notices()];
  const lines = [read, ...counts, ...told].map((one) => JSON.stringify(one));
  return { threads: most + 1, lines: [...lines, ...linesOf(facts)].sort() };
}

async function main(): Promise<void> {
  const [folder = '', ...threads] = process.argv.slice(2);
  if (!LogFileScanner.create()) throw new Error('the scanner does not run');
  for (const count of threads) process.stdout.write(`${JSON.stringify(await outcome(folder, Number(count)))}\n`);
}

void main();
