import type { KubernetesSettings } from '../detection/model/kubernetes-settings';
import { isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import type { RuntimeAgent } from '../detection/vocabulary';
import type { KubernetesAct } from '../kubernetes/act';
import type { Cluster } from '../kubernetes/cluster';
import type { NotAnAlarm } from './alarm';
import { readFalcoLine } from './falco';
import { actsOfAlarm } from './rules';
import { readTetragonLine } from './tetragon';

export type RuntimeReading =
  { readonly acts: readonly KubernetesAct[] } | { readonly notAnAlarm: NotAnAlarm } | { readonly fault: string };

/** Longer lines are no alarms: agents cut what processes can lengthen. */
const LONGEST = 1024 * 1024;

/**
 * Reads one line of an agent, as a text or parsed, and in the wrapper that Fluent Bit puts around it; never throws. The acts
 * are empty where the alarm is expected by the settings.
 */
export function readRuntimeLine(
  line: unknown,
  cluster: Cluster,
  agent: RuntimeAgent,
  settings: KubernetesSettings,
): RuntimeReading {
  const value = lineIn(line);
  if (typeof value === 'string')
    return value.trimStart().startsWith('{') ? { fault: 'no JSON' } : { notAnAlarm: 'plain-text' };
  if (value === null) return { fault: 'no JSON object' };
  const read = agent === 'falco' ? readFalcoLine : readTetragonLine;
  const alarm = read(value, cluster, settings.runtimeRules);
  return 'type' in alarm ? { acts: actsOfAlarm(alarm, settings) } : alarm;
}

/** What containerd and CRI-O write before each line of a container. */
const IN_CONTAINER_LOG = /^\S+ (?:stdout|stderr) F (?=\{)/;

/** A text that is no JSON is given back; null for any other value. */
function lineIn(line: unknown): JsonObject | string | null {
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
