import { eventTimeOf } from '../detection/model/event-time';
import { field, isJsonObject, record, text, textOf, type JsonObject } from '../detection/model/json-field';
import type { Cluster } from '../kubernetes/cluster';
import { typeOfRule, type Alarm, type AlarmReading, type ProcessPlace, type RuntimeRules } from './alarm';
import { claimedCluster } from './claimed-cluster';
import { isContainerRuntime, isCopyOfRuntime } from './container-runtimes';
import { alarmKey, shownText } from './shown-text';

/** Events of which policies decide: the rule is their policy. */
const OF_POLICIES = ['process_kprobe', 'process_tracepoint', 'process_uprobe', 'process_usdt', 'process_lsm'];
const OTHERS = ['process_exec', 'process_loader', 'process_exit'];
const NOTICES = ['process_throttle', 'rate_limit_info', 'test'];

interface TetragonEvent {
  /** `process_exec` */
  readonly kind: string;
  readonly body: JsonObject;
}

/** True for a line that Tetragon exports, parsed. */
export function isTetragonLine(line: JsonObject): boolean {
  const event = eventIn(line, [...OTHERS, ...OF_POLICIES]);
  return event !== null && isJsonObject(event.body.process);
}

/** Reads a line of Tetragon's export. Never throws. */
export function readTetragonLine(line: JsonObject, cluster: Cluster, rules: RuntimeRules): AlarmReading {
  if (eventIn(line, NOTICES)) return { notAnAlarm: 'internal-notice' };
  const event = eventIn(line, [...OTHERS, ...OF_POLICIES]);
  if (!event) return { fault: 'no event of Tetragon' };
  const rule = ruleOf(event);
  const type = rule === null ? null : typeOfRule(rule, rules);
  if (rule === null || type === null) return { notAnAlarm: 'unmapped-rule' };
  const process = record(event.body, 'process') ?? {};
  const time = eventTimeOf(line.time) ?? eventTimeOf(process.start_time);
  if (time === null) return { fault: 'no time' };
  return alarmOf(line, event, { type, rule, time, cluster });
}

function eventIn(line: JsonObject, kinds: readonly string[]): TetragonEvent | null {
  for (const kind of kinds) {
    const body = line[kind];
    if (isJsonObject(body)) return { kind, body };
  }
  return null;
}

/** Executions of files that have a name are no alarm. */
function ruleOf({ kind, body }: TetragonEvent): string | null {
  if (OF_POLICIES.includes(kind)) return text(body, 'policy_name');
  if (kind === 'process_exec') return isUnlinked(record(body, 'process')) ? kind : null;
  return kind === 'process_loader' ? kind : null;
}

/** In JSON, 64-bit numbers are texts. */
function isUnlinked(process: JsonObject | null): boolean {
  const inode = field(field(field(process, 'binary_properties'), 'file'), 'inode');
  return textOf(field(inode, 'links')) === '0';
}

function alarmOf(
  line: JsonObject,
  event: TetragonEvent,
  known: Pick<Alarm, 'type' | 'rule' | 'time' | 'cluster'>,
): Alarm {
  const { kind, body } = event;
  const process = record(body, 'process') ?? {};
  const parent = record(body, 'parent');
  const place = placeOf(line, process);
  const files = filesOf(event, known.type);
  const at = text(line, 'time') ?? text(process, 'start_time') ?? '';
  const execId = shownText(process.exec_id);
  return {
    ...known,
    rule: shownText(known.rule) ?? '',
    cluster: claimedCluster(known.cluster, { name: line.cluster_name }),
    agent: 'tetragon',
    ...place,
    id: execId ?? `${place.node ?? 'unknown'}/${shownText(at)}`,
    key: alarmKey(['tetragon', kind, at, place.node, execId, known.rule, files.library ?? files.binary]),
    ...files,
    user: shownText(field(process.user, 'name')),
    domain: null,
    failed: false,
    byRuntime: isStartOfContainer(process, parent),
  };
}

function placeOf(line: JsonObject, process: JsonObject): ProcessPlace {
  const pod = record(process, 'pod');
  const container = record(pod, 'container');
  return {
    node: shownText(line.node_name),
    namespace: shownText(pod?.namespace),
    pod: shownText(pod?.name),
    workload: shownText(pod?.workload),
    container: shownText(container?.name) ?? shownText(process.docker),
    image: shownText(field(container?.image, 'name')),
  };
}

/** A policy may see an execution before it takes place, while the process still runs what starts it. */
function filesOf(event: TetragonEvent, type: Alarm['type']): Pick<Alarm, 'binary' | 'parent' | 'library'> {
  const { body } = event;
  const running = shownText(field(body.process, 'binary'));
  const concerned = pathIn(event);
  const started = argumentPath(event, ['linux_binprm_arg']) ?? (type === 'NewBinaryExecuted' ? concerned : null);
  return {
    binary: started ?? running,
    parent: started === null ? shownText(field(body.parent, 'binary')) : running,
    library: type === 'NewLibraryLoaded' ? concerned : null,
  };
}

/** The file that an event is about, other than the program of its process. */
function pathIn(event: TetragonEvent): string | null {
  const { kind, body } = event;
  return kind === 'process_loader' ? shownText(body.path) : argumentPath(event, ['file_arg', 'path_arg']);
}

function argumentPath({ body }: TetragonEvent, names: readonly string[]): string | null {
  const values: readonly unknown[] = Array.isArray(body.args) ? body.args : [];
  const paths = values.flatMap((one) => names.map((name) => shownText(field(field(one, name), 'path'))));
  return paths.find((path) => path !== null) ?? null;
}

const BY_DESCRIPTOR = /^\/proc\/self\/(?:exe|fd\/\d+)$/;

/** The runtime's copy of itself, started from outside of any pod. Arguments may be left out of the export. */
function isStartOfContainer(process: JsonObject, parent: JsonObject | null): boolean {
  const binary = text(process, 'binary');
  const isCopy =
    isCopyOfRuntime(binary) ||
    isContainerRuntime(binary) ||
    (BY_DESCRIPTOR.test(binary ?? '') && (process.arguments ?? 'init') === 'init');
  return isCopy && isContainerRuntime(text(parent, 'binary')) && record(parent, 'pod') === null;
}
