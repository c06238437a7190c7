import type { KubernetesFindingType, LockEntry, RuledOut, Severity } from '../detection/model/finding';
import type { KubernetesSettings } from '../detection/model/kubernetes-settings';
import { field, text } from '../detection/model/json-field';
import type { RuntimeAgent } from '../detection/vocabulary';
import type { AuditEvent } from './audit-event';
import { callerOf, type ActCaller } from './caller';
import { clusterKey, type Cluster } from './cluster';
import { requestName } from './request';

/** The subject of a finding: a cluster, or an object in one. */
export interface ActObject {
  /** `Deployment`, `ClusterRoleBinding`; null for the cluster itself. */
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

export const WHOLE_CLUSTER: ActObject = { kind: null, namespace: null, name: null };

/** The result of a rule for one request, or one alarm of an agent. */
export interface Found {
  readonly type: KubernetesFindingType;
  /** Null for what only adds to other acts of the group, such as a deletion. */
  readonly severity: Severity | null;
  /** Acts of one cluster and type with the same `what` make one finding. */
  readonly what: string;
  readonly object: ActObject;
  /** Behind "Cluster demo: ". */
  readonly title: string;
  /** Behind the caller: "ran a command in pod kube-system/nginx"; or behind the agent: "saw /tmp/x run in pod shop/web". */
  readonly done: string;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly evidence: readonly string[];
  readonly ruledOut: readonly RuledOut[];
}

/** A request that a rule reports, or what an agent saw a process do. JSON data of at most 8,000 characters. */
export interface KubernetesAct extends Omit<Found, 'what'> {
  readonly group: string;
  /** The same for both stages of a request, and for each delivery of an alarm. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly cluster: Cluster;
  /** Of the record. */
  readonly auditId: string;
  /** Null where an agent reports. */
  readonly caller: ActCaller | null;
  /** Left out for requests. */
  readonly agent?: RuntimeAgent;
  readonly source: string | null;
  readonly claimedSources: readonly string[];
  readonly userAgent: string | null;
  /** `create pods/exec`, or the agent's rule. */
  readonly name: string;
  /** The object of the request or the pod of the process, which may be one of several that a workload has; null where it has no name. */
  readonly target: string | null;
  readonly status: number | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** Where the token may be used, if the act is the use of one. Such acts are made anew by each judgement, and not stored. */
  readonly lock?: readonly LockEntry[];
}

/** Decides one type of finding; null where there is none, a list where one object holds several. */
export type Rule = (event: AuditEvent, settings: KubernetesSettings) => Found | readonly Found[] | null;

const MOST_CLAIMS = 4;
const MOST_LINES = 6;

/** The act of what a rule found in the event. Texts that users choose are cut. */
export function actOf(event: AuditEvent, found: Found): KubernetesAct {
  const { id, auditId, time, cluster, source, claimedSources, userAgent, status } = event;
  return {
    ...foundIn(cluster, found),
    // Clients may choose the audit id, and use one for several requests.
    key: `${id}/${time}/${found.type}`,
    time,
    cluster,
    auditId,
    caller: callerOf(event),
    source,
    claimedSources: claimedSources.slice(-MOST_CLAIMS).map((one) => cut(one, 64)),
    userAgent: userAgent && cut(userAgent, 256),
    name: cut(requestName(event), 200),
    target: targetOf(event),
    status,
  };
}

/** What the rule found, in the lengths of an act. */
export function foundIn(
  cluster: Cluster,
  found: Found,
): Omit<Found, 'what'> & Pick<KubernetesAct, 'attributes' | 'group'> {
  return {
    type: found.type,
    severity: found.severity,
    object: objectOf(found.object),
    title: cut(found.title, 240),
    done: cut(found.done, 500),
    attributes: attributesOf(found.attributes),
    evidence: found.evidence.slice(0, MOST_LINES).map((line) => cut(line, 240)),
    ruledOut: found.ruledOut.slice(0, MOST_LINES).map((one) => ({ ...one, because: cut(one.because, 200) })),
    group: `${clusterKey(cluster)}/${found.type}/${cut(inAscii(found.what), 700)}`,
  };
}

/** The group is part of a key in the table, which has at most 2,048 bytes; images and users may have any characters. */
function inAscii(given: string): string {
  return given.replaceAll(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A name that the API server generated is in the stored object alone. */
function targetOf({ object, manifest }: AuditEvent): string | null {
  const name = object?.name ?? text(field(manifest, 'metadata'), 'name');
  return object && name !== null ? cut(objectName({ kind: null, namespace: object.namespace, name }), 160) : null;
}

function objectOf({ kind, namespace, name }: ActObject): ActObject {
  return { kind, namespace: namespace && cut(namespace, 253), name: name && cut(name, 253) };
}

function attributesOf(given: Found['attributes']): Record<string, string> {
  const filled = Object.entries(given).flatMap(([key, value]) =>
    value === null || value === '' ? [] : [[key, cut(value, 256)] as const],
  );
  return Object.fromEntries(filled);
}

export function cut(line: string, most: number): string {
  // Not between the halves of a character.
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** `kube-system/nginx`; an object of the cluster by its name alone. */
export function objectName({ namespace, name }: ActObject): string {
  return [namespace, name].filter((part) => part !== null).join('/');
}
