import { isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';

/** Longer lines are no alarms: agents cut what processes can lengthen. */
const LONGEST = 1024 * 1024;
/** What containerd and CRI-O write before each line of a container. */
const IN_CONTAINER_LOG = /^\S+ (?:stdout|stderr) F (?=\{)/;

/**
 * What an agent wrote, without the wrapper that Fluent Bit puts around it: an object, or a text that is no JSON; null for any
 * other value.
 */
export function agentLineIn(line: unknown): JsonObject | string | null {
  const value = typeof line === 'string' ? parsedLine(line) : line;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : null;
  const { log, log_processed: processed } = value;
  if (isJsonObject(processed)) return processed;
  if (typeof log !== 'string') return value;
  const inner = parsedLine(log);
  return isJsonObject(inner) ? inner : log;
}

/** The text itself where it is no JSON. */
function parsedLine(line: string): unknown {
  if (line.length > LONGEST) return line;
  return parsedJson(line.replace(IN_CONTAINER_LOG, '')) ?? line;
}
