import type { RuntimeFindingType } from '../../detection/model/finding';
import type { KubernetesSettings } from '../../detection/model/kubernetes-settings';
import { cut, foundIn, objectName, type KubernetesAct } from '../../kubernetes/act';
import type { Alarm } from '../alarm';
import type { RuntimeRule } from '../alarm-finding';
import { cryptoMining } from './crypto-mining';
import { filelessExecution } from './fileless-execution';
import { newBinary } from './new-binary';
import { newLibrary } from './new-library';

/** The rule that decides each type of finding. */
const RUNTIME_RULES: Readonly<Record<RuntimeFindingType, RuntimeRule>> = {
  NewBinaryExecuted: newBinary,
  FilelessExecution: filelessExecution,
  NewLibraryLoaded: newLibrary,
  CryptoMining: cryptoMining,
};

/** What an alarm shows; nothing where it is expected by the settings. */
export function actsOfAlarm(alarm: Alarm, settings: KubernetesSettings): readonly KubernetesAct[] {
  const { agent, cluster, id, key, time, rule, namespace, pod } = alarm;
  const found = RUNTIME_RULES[alarm.type](alarm, settings);
  if (found === null) return [];
  const act: KubernetesAct = {
    ...foundIn(cluster, found),
    key,
    time,
    cluster,
    auditId: id,
    caller: null,
    agent,
    source: null,
    claimedSources: [],
    userAgent: null,
    name: rule,
    target: pod === null ? null : cut(objectName({ kind: null, namespace, name: pod }), 160),
    status: null,
  };
  return [act];
}
