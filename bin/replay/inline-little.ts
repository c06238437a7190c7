import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 inline small functions only, in all threads: a trail is read and judged in seconds, in which compiling many functions
 * together with all that they call costs more than it gains.
 */
export function inlineLittle(): void {
  setFlagsFromString('--max-inlined-bytecode-size=60');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=100');
}

/**
 * Has V8 optimise later what begins to run: most of what judges a trail runs for some tenths of a second, in which compiling it
 * costs more than it gains. Only on Node.js 20: later versions have no such flag, and say so on standard error.
 */
export function optimiseLater(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=300000');
}
