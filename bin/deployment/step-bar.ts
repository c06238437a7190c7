import { Presets, SingleBar } from 'cli-progress';
import { grouped } from '../terminal/numbers';

/** Progress of a list of steps. */
export interface StepBar {
  step(done: number, current: string): void;
  stop(): void;
}

/** Draws nothing unless the stream is a terminal. Leaves cursor and wrapping as they are, as `progressBar` does. */
export function stepBar(stream: NodeJS.WriteStream, total: number): StepBar {
  if (!stream.isTTY) return { step: () => {}, stop: () => {} };
  const format = ' {bar} {done} | {current}';
  const bar = new SingleBar(
    { stream, format, barsize: 20, clearOnComplete: true, linewrap: true },
    Presets.shades_grey,
  );
  const fields = (done: number, current: string): object => ({ done: `${grouped(done)}/${grouped(total)}`, current });
  bar.start(total, 0, fields(0, ''));
  return { step: (done, current) => bar.update(done, fields(done, current)), stop: () => bar.stop() };
}
