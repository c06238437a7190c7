import { setFlagsFromString } from 'node:v8';

/** Resident memory, in bytes, of which a quarter may be garbage without harm. */
const LITTLE = 200 * 1024 * 1024;
const CHECKED_EVERY_MS = 100;

/**
 * Has V8 collect garbage when the heap has grown by a third, not when it has multiplied, as soon as much memory is in use: reading
 * makes little that lives, and beside buffers that V8 does not count. Holds for all threads that run now, and start later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() < LITTLE) return;
    setFlagsFromString('--heap-growing-percent=33');
    clearInterval(timer);
  }, CHECKED_EVERY_MS);
  timer.unref();
}
