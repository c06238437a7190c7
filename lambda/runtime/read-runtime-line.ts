import type { KubernetesSettings } from '../detection/model/kubernetes-settings';
import type { RuntimeAgent } from '../detection/vocabulary';
import type { KubernetesAct } from '../kubernetes/act';
import type { Cluster } from '../kubernetes/cluster';
import { agentLineIn } from './agent-line';
import type { NotAnAlarm } from './alarm';
import { readFalcoLine } from './falco';
import { actsOfAlarm } from './rules';
import { readTetragonLine } from './tetragon';

export type RuntimeReading =
  { readonly acts: readonly KubernetesAct[] } | { readonly notAnAlarm: NotAnAlarm } | { readonly fault: string };

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
  const value = agentLineIn(line);
  if (typeof value === 'string')
    return value.trimStart().startsWith('{') ? { fault: 'no JSON' } : { notAnAlarm: 'plain-text' };
  if (value === null) return { fault: 'no JSON object' };
  const read = agent === 'falco' ? readFalcoLine : readTetragonLine;
  const alarm = read(value, cluster, settings.runtimeRules);
  return 'type' in alarm ? { acts: actsOfAlarm(alarm, settings) } : alarm;
}
