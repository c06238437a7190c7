import type { RuntimeFindingType } from '../detection/model/finding';
import type { RuntimeAgent } from '../detection/vocabulary';
import type { Cluster } from '../kubernetes/cluster';

/** Where a process ran. Parts that the agent does not state are null. */
export interface ProcessPlace {
  /** Name of the node. */
  readonly node: string | null;
  readonly namespace: string | null;
  readonly pod: string | null;
  /** The name of the pod's workload, as the agent states it. */
  readonly workload: string | null;
  readonly container: string | null;
  readonly image: string | null;
}

/**
 * What an agent reports of one process. Texts have at most 256 characters, control characters as escapes, and no tokens. Command
 * lines and environments are not kept.
 */
export interface Alarm extends ProcessPlace {
  readonly agent: RuntimeAgent;
  /** Name of the rule, the policy or the kind of event. */
  readonly rule: string;
  readonly type: RuntimeFindingType;
  /** Of the record, as the agent numbers it. */
  readonly id: string;
  /** The same for each delivery of the alarm. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly cluster: Cluster;
  /** Path of the program, or its name. */
  readonly binary: string | null;
  /** Of the program that started it. */
  readonly parent: string | null;
  /** Whose rights the process has, in its container. */
  readonly user: string | null;
  /** Path of the library that was loaded. */
  readonly library: string | null;
  /** A name that was asked for. */
  readonly domain: string | null;
  /** The execution failed. */
  readonly failed: boolean;
  /** A container runtime starts a container with it. */
  readonly byRuntime: boolean;
}

/** Why a line of an agent is no alarm: a closed list. */
export type NotAnAlarm = 'internal-notice' | 'unmapped-rule' | 'plain-text' | 'other-source';

export type AlarmReading = Alarm | { readonly notAnAlarm: NotAnAlarm } | { readonly fault: string };

/** The finding on each rule by its name (`KubernetesSettings.runtimeRules`). */
export type RuntimeRules = Readonly<Record<string, RuntimeFindingType | null>>;

export function typeOfRule(rule: string, rules: RuntimeRules): RuntimeFindingType | null {
  return Object.hasOwn(rules, rule) ? (rules[rule] ?? null) : null;
}
