import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage when the heap has grown by a third, not when it has multiplied: reading makes little that lives, and
 * beside buffers that V8 does not count. Of all threads that run now, and start later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=33');
  setFlagsFromString('--semi-space-growth-factor=1');
}
