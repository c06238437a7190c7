import { setFlagsFromString } from 'node:v8';

/** From which resident memory on, in MB, the heap may grow by how many percent before garbage is collected. */
const STEPS = [
  { from: 200, percent: 33 },
  { from: 260, percent: 15 },
] as const;
/** Of each further thread, in MB. */
const OF_THREAD = 80;
const MB = 1024 * 1024;
const CHECKED_EVERY_MS = 100;

let threadRoom = 0;

/**
 * Has V8 collect garbage when the heap has grown by a part, not when it has multiplied, as soon as much memory is in use: reading
 * makes little that lives, and beside buffers that V8 does not count. Holds for all threads that run now, and start later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  let reached = 0;
  const timer = setInterval(() => {
    for (let step = STEPS[reached]; step && isMemoryFrom(step.from); step = STEPS[reached]) {
      setFlagsFromString(`--heap-growing-percent=${step.percent}`);
      reached += 1;
    }
    if (reached === STEPS.length) clearInterval(timer);
  }, CHECKED_EVERY_MS);
  timer.unref();
}

/** True while there is no need to save memory. */
export function isMemoryLittle(): boolean {
  return !isMemoryFrom(STEPS[0].from);
}

/** Leaves so many threads their memory too: to collect garbage often costs more time than they save. */
export function makeRoomForThreads(threads: number): void {
  threadRoom = threads * OF_THREAD;
}

function isMemoryFrom(from: number): boolean {
  return process.memoryUsage.rss() / MB >= from + threadRoom;
}
