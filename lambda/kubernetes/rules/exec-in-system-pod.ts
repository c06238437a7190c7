import type { AllowedExec, KubernetesSettings } from '../../detection/model/kubernetes-settings';
import { isoTime } from '../../detection/model/event-time';
import { severityOf } from '../../detection/findings/finding-types';
import { objectName, type ActObject, type Found } from '../act';
import type { AuditEvent } from '../audit-event';
import { callerOf, callerText } from '../caller';
import { isStored, parametersOf, pathParts, succeeded } from '../request';

/** A way into a running pod. */
interface Entry {
  readonly namespace: string;
  readonly pod: string | null;
  readonly container: string | null;
  readonly command: string | null;
  /** Behind the caller. */
  readonly did: string;
  /** Of the finding. */
  readonly title: string;
  /** Which field shows it. */
  readonly shownBy: string;
}

/** Commands and attachments in pods of system namespaces, also through the node's kubelet or a container added to the pod. */
export function execInSystemPod(event: AuditEvent, settings: KubernetesSettings): Found | null {
  const entry = entryIn(event);
  if (!entry || !settings.systemNamespaces.includes(entry.namespace)) return null;
  if (settings.execAllowed.some((allowed) => isAllowed(allowed, entry, event))) return null;
  const { namespace, pod, container, command } = entry;
  const caller = callerOf(event);
  const object: ActObject = { kind: 'Pod', namespace, name: pod };
  return {
    type: 'ExecInKubeSystemPod',
    severity: severityOf('ExecInKubeSystemPod'),
    what: `${namespace}/${callerText(caller)}/${isoTime(event.time).slice(0, 13)}`,
    object,
    title: `${entry.title} ${objectName(object)} by ${callerText(caller)}`,
    done: `${entry.did} pod ${objectName(object)}${container === null ? '' : `, container ${container}`}`,
    attributes: { pod, container, command },
    evidence: [
      `${entry.shownBy}, and ${namespace} is one of systemNamespaces.`,
      ...(command === null ? [] : [`The command begins with "${command}"; its arguments are not kept.`]),
    ],
    ruledOut: [
      { explanation: 'refused-request', because: `the API server answered with ${event.status}` },
      { explanation: 'allowed-exec', because: allowanceText(settings.execAllowed) },
    ],
  };
}

function allowanceText({ length }: readonly AllowedExec[]): string {
  return length === 0 ? 'execAllowed is empty' : `none of the ${length} entries of execAllowed applies`;
}

function entryIn(event: AuditEvent): Entry | null {
  const { object } = event;
  if (object?.resource === 'nodes' && object.subresource === 'proxy') return throughKubelet(event);
  if (object?.resource !== 'pods' || (object.apiGroup ?? '') !== '') return null;
  if (object.subresource === 'exec' || object.subresource === 'attach') return ofConnection(event, object.subresource);
  return object.subresource === 'ephemeralcontainers' ? ofAddedContainer(event) : null;
}

/** A WebSocket is opened by GET, SPDY by POST. */
const CONNECTS: ReadonlySet<string | null> = new Set(['get', 'create', null]);

function ofConnection(event: AuditEvent, door: 'exec' | 'attach'): Entry | null {
  const { object, verb } = event;
  if (!object?.namespace || !CONNECTS.has(verb) || !succeeded(event)) return null;
  const parameters = parametersOf(event.requestUri);
  return {
    namespace: object.namespace,
    pod: object.name,
    container: parameters.get('container'),
    command: door === 'exec' ? parameters.get('command') : null,
    ...(door === 'exec'
      ? { did: 'ran a command in', title: 'command run in pod' }
      : { did: 'attached to', title: 'attachment to pod' }),
    shownBy: `The request was ${verb ?? 'made'} pods/${door}`,
  };
}

function ofAddedContainer(event: AuditEvent): Entry | null {
  const { object, verb } = event;
  if (!object?.namespace || verb === 'create' || !isStored(event)) return null;
  return {
    namespace: object.namespace,
    pod: object.name,
    container: null,
    command: null,
    did: 'added an ephemeral container to',
    title: 'ephemeral container added to pod',
    shownBy: `The request was ${verb ?? 'made'} pods/ephemeralcontainers`,
  };
}

const KUBELET_DOORS: ReadonlySet<string> = new Set(['run', 'exec', 'attach']);

/** `/api/v1/nodes/<node>/proxy/exec/<namespace>/<pod>/<container>`, in which a uid may stand before the container. */
function throughKubelet(event: AuditEvent): Entry | null {
  const [, , , node, , door = '', namespace, pod, ...rest] = pathParts(event.requestUri);
  if (!KUBELET_DOORS.has(door) || namespace === undefined || pod === undefined || !succeeded(event)) return null;
  const parameters = parametersOf(event.requestUri);
  return {
    namespace,
    pod,
    container: rest.at(-1) ?? null,
    // That of `run` may as well be in the request's body, which is not in the record.
    command: door === 'exec' ? parameters.get('command') : null,
    did: `${door === 'attach' ? 'attached' : 'ran a command'} through the kubelet of node ${node} ${door === 'attach' ? 'to' : 'in'}`,
    title: door === 'attach' ? 'attachment to pod' : 'command run in pod',
    shownBy: `The path of the request to nodes/proxy is that of the kubelet’s ${door}`,
  };
}

function isAllowed(allowed: AllowedExec, entry: Entry, { user }: AuditEvent): boolean {
  const { group, pod = '' } = allowed;
  return (
    (allowed.user ?? user.username) === user.username &&
    (group === undefined || user.groups.includes(group)) &&
    (allowed.namespace ?? entry.namespace) === entry.namespace &&
    (entry.pod ?? '').startsWith(pod) &&
    (allowed.command ?? entry.command) === entry.command
  );
}
