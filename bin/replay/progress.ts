import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** Bytes of the inputs, as they lie on disk. */
  readonly bytes: number;
  /** Null where nobody can say (standard input). */
  readonly totalBytes: number | null;
  readonly files: number;
  readonly totalFiles: number | null;
  readonly records: number;
}

const WAIT = 1_000;

/** A bar on a terminal, for runs of more than a second; nothing anywhere else. */
export function progressBar(stream: NodeJS.WriteStream): { update(progress: Progress): void; stop(): void } {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const started = Date.now();
  let bar: SingleBar | null = null;
  return {
    update(progress) {
      const elapsed = Date.now() - started;
      if (elapsed < WAIT) return;
      bar ??= startedBar(stream, progress);
      const rate = Math.round((progress.records / elapsed) * 1_000).toLocaleString('en');
      bar.update(progress.bytes, { files: progress.files, totalFiles: progress.totalFiles ?? '?', rate });
    },
    stop: () => bar?.stop(),
  };
}

function startedBar(stream: NodeJS.WriteStream, { totalBytes, bytes }: Progress): SingleBar {
  const format = ' {bar} {percentage} % | {files}/{totalFiles} files | {rate} records/s | {eta_formatted} left';
  const bar = new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.shades_grey);
  bar.start(totalBytes ?? bytes * 2, bytes, { files: 0, totalFiles: '?', rate: '0' });
  return bar;
}
