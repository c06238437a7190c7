import { Presets, SingleBar } from 'cli-progress';
import { grouped } from '../terminal/numbers';

/** Shows how far a list of steps has come. */
export interface StepBar {
  /** `doing`: what is being worked on. */
  step(done: number, doing: string): void;
  stop(): void;
}

/** A bar on a terminal; nothing where nobody looks. Changes no mode of the terminal, so that an interrupted run leaves none. */
export function stepBar(stream: NodeJS.WriteStream, total: number): StepBar {
  if (!stream.isTTY) return { step: () => {}, stop: () => {} };
  const format = ' {bar} {done} | {doing}';
  const bar = new SingleBar(
    { stream, format, barsize: 20, clearOnComplete: true, linewrap: true },
    Presets.shades_grey,
  );
  const words = (done: number, doing: string): object => ({ done: `${grouped(done)}/${grouped(total)}`, doing });
  bar.start(total, 0, words(0, ''));
  return { step: (done, doing) => bar.update(done, words(done, doing)), stop: () => bar.stop() };
}
