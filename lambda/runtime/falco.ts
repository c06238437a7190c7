import { eventTimeOf } from '../detection/model/event-time';
import { isJsonObject, record, text, textOf, type JsonObject } from '../detection/model/json-field';
import type { Cluster } from '../kubernetes/cluster';
import { typeOfRule, type Alarm, type AlarmReading, type ProcessPlace, type RuntimeRules } from './alarm';
import { domainIn } from './asked-domain';
import { claimedCluster } from './claimed-cluster';
import { isContainerRuntime, isCopyOfRuntime } from './container-runtimes';
import { alarmKey, shownText } from './shown-text';

const INTERNAL = 'Falco internal:';
/** Of older versions too; others are plugins, which watch no processes. */
const SYSCALLS: ReadonlySet<string | null> = new Set(['syscall', 'syscalls', null]);

/** True for a line that Falco writes, parsed. */
export function isFalcoLine({ rule, priority, output_fields: fields }: JsonObject): boolean {
  return typeof rule === 'string' && typeof priority === 'string' && isJsonObject(fields);
}

/** Reads a line of Falco, or of falcosidekick. Never throws. */
export function readFalcoLine(line: JsonObject, cluster: Cluster, rules: RuntimeRules): AlarmReading {
  const rule = text(line, 'rule');
  if (rule === null) return { fault: 'no rule' };
  const source = text(line, 'source');
  if (rule.startsWith(INTERNAL) || source === 'internal') return { notAnAlarm: 'internal-notice' };
  if (!SYSCALLS.has(source)) return { notAnAlarm: 'other-source' };
  const type = typeOfRule(rule, rules);
  if (type === null) return { notAnAlarm: 'unmapped-rule' };
  const time = eventTimeOf(line.time);
  if (time === null) return { fault: 'no time' };
  return alarmOf(line, { type, rule, time, cluster });
}

function alarmOf(line: JsonObject, known: Pick<Alarm, 'type' | 'rule' | 'time' | 'cluster'>): Alarm {
  const fields = record(line, 'output_fields') ?? {};
  const place = placeOf(line, fields);
  const path = shownText(fields['proc.exepath']);
  const binary = path ?? shownText(fields['proc.name']);
  const parent = shownText(fields['proc.pname']);
  const at = textOf(line.time) ?? '';
  const container = text(fields, 'container.id');
  const result = text(fields, 'evt.res');
  return {
    ...known,
    rule: shownText(known.rule) ?? '',
    cluster: claimedCluster(known.cluster, { name: fields.cluster, account: fields.account, region: fields.region }),
    agent: 'falco',
    ...place,
    id: shownText(line.uuid) ?? `${place.node ?? 'unknown'}/${shownText(at)}`,
    key: alarmKey(['falco', at, place.node, container, text(fields, 'proc.pid'), binary, known.rule]),
    binary,
    parent,
    user: shownText(fields['user.name']),
    library: known.type === 'NewLibraryLoaded' ? shownText(fields['fd.name']) : null,
    domain: known.type === 'CryptoMining' ? domainIn(fields['evt.buffer'], fields['proc.cmdline']) : null,
    failed: result !== null && /^E[A-Z]+$/.test(result),
    byRuntime: isCopyOfRuntime(path) && isContainerRuntime(parent),
  };
}

function placeOf(line: JsonObject, fields: JsonObject): ProcessPlace {
  const isOnHost = text(fields, 'container.id') === 'host';
  const repository = shownText(fields['container.image.repository']);
  const tag = shownText(fields['container.image.tag']);
  return {
    node: shownText(line.hostname),
    namespace: shownText(fields['k8s.ns.name']),
    pod: shownText(fields['k8s.pod.name']),
    workload: null,
    container: isOnHost ? null : (shownText(fields['container.name']) ?? shownText(fields['container.id'])),
    image: repository === null ? null : [repository, tag].filter((part) => part !== null).join(':'),
  };
}
