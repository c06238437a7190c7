import type { JsonObject } from '../detection/model/json-field';
import type { RuntimeAgent } from '../detection/vocabulary';
import { isFalcoLine } from './falco';
import { isTetragonLine } from './tetragon';

/** The agent that writes such lines, parsed; null for any other value. */
export function agentOfLine(line: JsonObject): RuntimeAgent | null {
  if (isFalcoLine(line)) return 'falco';
  return isTetragonLine(line) ? 'tetragon' : null;
}
