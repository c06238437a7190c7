import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 inline small functions only, in all threads: a trail is read and judged in seconds, in which compiling many functions
 * together with all that they call costs more than it gains.
 */
export function inlineLittle(): void {
  setFlagsFromString('--max-inlined-bytecode-size=60');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
}
