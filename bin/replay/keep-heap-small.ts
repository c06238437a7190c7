import { setFlagsFromString } from 'node:v8';

/** From which resident memory on, in MB, the heap may grow by how many percent before garbage is collected. */
const STEPS = [
  { from: 200, percent: 33 },
  { from: 260, percent: 15 },
] as const;
const MB = 1024 * 1024;
const CHECKED_EVERY_MS = 100;

/**
 * Has V8 collect garbage when the heap has grown by a part, not when it has multiplied, as soon as much memory is in use: reading
 * makes little that lives, and beside buffers that V8 does not count. Holds for all threads that run now, and start later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  let reached = 0;
  const timer = setInterval(() => {
    const resident = process.memoryUsage.rss() / MB;
    for (let step = STEPS[reached]; step && resident >= step.from; step = STEPS[reached]) {
      setFlagsFromString(`--heap-growing-percent=${step.percent}`);
      reached += 1;
    }
    if (reached === STEPS.length) clearInterval(timer);
  }, CHECKED_EVERY_MS);
  timer.unref();
}
