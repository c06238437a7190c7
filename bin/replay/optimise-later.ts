import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 optimise later what begins to run: most of what judges a trail runs for some tenths of a second, in which compiling it
 * costs more than it gains. Only on Node.js 20: later versions have no such flag, and say so on standard error.
 */
export function optimiseLater(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=300000');
}
