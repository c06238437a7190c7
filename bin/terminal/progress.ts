import { Presets, SingleBar } from 'cli-progress';
import { grouped } from './numbers';

export interface Progress {
  /** Bytes read, as on disk. */
  readonly bytes: number;
  /** Null while unknown, and for standard input. */
  readonly totalBytes: number | null;
  readonly files: number;
  readonly totalFiles: number | null;
  readonly records: number;
}

export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

const DELAY = 1_000;

/** A bar for runs of more than a second; null if the stream is not a terminal. */
export function progressBar(stream: NodeJS.WriteStream): ProgressBar | null {
  if (!stream.isTTY) return null;
  const started = Date.now();
  let bar: SingleBar | null = null;
  return {
    update(progress) {
      const elapsed = Date.now() - started;
      if (elapsed < DELAY) return;
      const total = progress.totalBytes ?? Infinity;
      const fields = fieldsOf(progress, elapsed);
      bar ??= startedBar(stream, total, fields);
      bar.setTotal(total);
      bar.update(progress.bytes, fields);
    },
    stop: () => bar?.stop(),
  };
}

/** Leaves cursor and wrapping as they are, so that an interrupted run needs no cleanup. */
function startedBar(stream: NodeJS.WriteStream, total: number, fields: object): SingleBar {
  const format = ' {bar} {done} | {files} files{records} | {rate} MB/s{left}';
  const bar = new SingleBar(
    { stream, format, barsize: 20, clearOnComplete: true, linewrap: true },
    Presets.shades_grey,
  );
  bar.start(total, 0, fields);
  return bar;
}

function fieldsOf(
  { bytes, totalBytes, files, totalFiles, records }: Progress,
  elapsed: number,
): Record<string, string> {
  return {
    done: totalBytes === null ? `${grouped(Math.round(bytes / 1e6))} MB` : `${percentage(bytes, totalBytes)} %`,
    files: totalFiles === null ? grouped(files) : `${grouped(files)}/${grouped(totalFiles)}`,
    // Counted once a file is done.
    records: records === 0 ? '' : ` | ${grouped(Math.round((records * 1_000) / elapsed))} records/s`,
    rate: (bytes / 1e3 / elapsed).toFixed(1),
    left: totalBytes === null ? '' : ` | ${duration((elapsed * (totalBytes - bytes)) / bytes / 1_000)} left`,
  };
}

function percentage(bytes: number, totalBytes: number): number {
  return Math.min(100, Math.floor((bytes * 100) / Math.max(1, totalBytes)));
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 90) return `${whole} s`;
  return whole < 5_400 ? `${Math.ceil(whole / 60)} min` : `${(whole / 3_600).toFixed(1)} h`;
}
