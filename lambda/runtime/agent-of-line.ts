import { field, isJsonObject, text, type JsonObject } from '../detection/model/json-field';
import type { RuntimeAgent } from '../detection/vocabulary';
import { isClusterName } from './claimed-cluster';
import { isFalcoLine } from './falco';
import { isTetragonLine } from './tetragon';

/** The agent that writes such lines, parsed; null for any other value. */
export function agentOfLine(line: JsonObject): RuntimeAgent | null {
  if (isFalcoLine(line)) return 'falco';
  return isTetragonLine(line) ? 'tetragon' : null;
}

/** The name of its cluster that a line of an agent states, in a field that operators add; null where it has none. */
export function claimedName(line: JsonObject | string | null): string | null {
  if (!isJsonObject(line)) return null;
  const name = text(line, 'cluster_name') ?? text(field(line, 'output_fields'), 'cluster');
  return name !== null && isClusterName(name) ? name : null;
}
