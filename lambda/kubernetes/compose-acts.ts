import { cidrSet, isPrivateAddress } from '../detection/model/address';
import { isoTime } from '../detection/model/event-time';
import {
  FINDING_SCHEMA,
  SEVERITIES,
  type Finding,
  type FindingEvent,
  type FindingOrigin,
  type FindingSession,
  type FindingWorkload,
  type Severity,
} from '../detection/model/finding';
import { parseSessionArn } from '../detection/model/session-arn';
import { adviceOn, FINDING_TYPE_TABLE } from '../detection/findings/finding-types';
import { incidentId } from '../detection/findings/compose-finding';
import { asSentence } from '../detection/findings/finding-text';
import type { RuntimeAgent } from '../detection/vocabulary';
import { cut, type KubernetesAct } from './act';
import type { OwnerOf } from './address-owner';
import { callerText } from './caller';
import { clusterKey, type Cluster } from './cluster';

/** Knowledge besides the acts themselves. */
export interface ActContext {
  readonly ownerOf: OwnerOf;
  /** Public address ranges that are used as private ones. @default none */
  readonly privateNetworks?: readonly string[];
}

/** Kinds of `workload` of these findings. */
export const CLUSTER_KIND = 'eks-cluster';
export const OBJECT_KIND = 'kubernetes-workload';
/** A pod whose uid is known, as EKS Pod Identity names it too. */
const POD_KIND = 'eks-pod';

const MOST_EVENTS = 200;
const MOST_LINES = 30;
const MOST_EVIDENCE = 20;
const UNKNOWN = 'unknown';

/** One finding for the acts of a group, in any order and however often each is given; null where none is to be reported. */
export function composeActs(given: readonly KubernetesAct[], context: ActContext): Finding | null {
  const acts = eachOnce(given);
  const reported = acts.filter(({ severity }) => severity !== null);
  const first = speakerOf(reported);
  const worst = speakerOf(reported.filter(({ severity }) => severity === highestOf(reported)));
  const earliest = reported[0];
  const last = acts.at(-1);
  if (!first || !worst || !earliest || !last) return null;
  const workload = workloadOf(worst);
  return {
    schema: FINDING_SCHEMA,
    id: `credlock/kubernetes/${worst.group}`,
    incidentId: incidentId(workload),
    type: worst.type,
    severity: highestOf(reported),
    status: 'ACTIVE',
    contested: false,
    sample: false,
    title: titleOf(worst),
    description: descriptionOf(first, acts.length),
    workload,
    sessions: sessionsOf(acts),
    origin: originIn(first, context),
    lock: worst.lock ?? [],
    firstSeen: isoTime(earliest.time),
    lastSeen: isoTime(last.time),
    calls: acts.length > MOST_EVENTS ? null : acts.length,
    callsAtLeast: acts.length > MOST_EVENTS ? MOST_EVENTS : null,
    events: acts.slice(0, MOST_EVENTS).map(eventOf),
    evidence: [...evidenceOf(worst, reported), ...callerLines(first, context), ...actLines(acts)],
    ruledOut: worst.ruledOut,
    related: [],
    workloads: null,
    archivedBecause: null,
    advice: adviceOn(worst.type),
  };
}

/** By time; of one request that was read differently the more severe act, then the one with the smaller text. */
function eachOnce(acts: readonly KubernetesAct[]): KubernetesAct[] {
  const byKey = new Map<string, KubernetesAct>();
  for (const act of acts) {
    const known = byKey.get(act.key);
    if (!known || isBefore(act, known)) byKey.set(act.key, act);
  }
  return [...byKey.values()].sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1));
}

function isBefore(one: KubernetesAct, other: KubernetesAct): boolean {
  const [mine, theirs] = [rankOf(one.severity), rankOf(other.severity)];
  return mine === theirs ? JSON.stringify(one) < JSON.stringify(other) : mine > theirs;
}

function rankOf(severity: Severity | null): number {
  return severity === null ? -1 : SEVERITIES.indexOf(severity);
}

function highestOf(acts: readonly KubernetesAct[]): Severity {
  return SEVERITIES[Math.max(0, ...acts.map(({ severity }) => rankOf(severity)))] ?? 'LOW';
}

/** Controllers act on what others stored, perhaps before its record arrives. */
function speakerOf(acts: readonly KubernetesAct[]): KubernetesAct | undefined {
  return acts.find(({ caller }) => caller?.isController !== true) ?? acts[0];
}

function workloadOf({ cluster, object, attributes, caller }: KubernetesAct): FindingWorkload {
  const { partition, account, region, name } = cluster;
  const isCluster = object.kind === null || object.kind.endsWith('Binding');
  const parts = [name ?? UNKNOWN, object.namespace, object.kind, object.name].filter((part) => part !== null);
  const named = { cluster: name, clusterArn: clusterKey(cluster), namespace: object.namespace };
  const shown = {
    ...named,
    objectKind: object.kind,
    objectName: object.name,
    user: caller && callerText(caller),
    ...attributes,
  };
  const { podUid } = attributes;
  const pod = podUid === undefined ? null : [name ?? UNKNOWN, object.namespace, object.name, podUid].join('/');
  return {
    kind: pod !== null ? POD_KIND : isCluster ? CLUSTER_KIND : OBJECT_KIND,
    id: pod ?? (isCluster ? (name ?? UNKNOWN) : parts.join('/')),
    account: account ?? UNKNOWN,
    region,
    partition,
    attributes: Object.fromEntries(Object.entries(shown).flatMap(([key, value]) => (value ? [[key, value]] : []))),
  };
}

function titleOf({ type, title, cluster }: KubernetesAct): string {
  const place = cluster.name ?? UNKNOWN;
  const parts = { subject: title, account: cluster.account ?? UNKNOWN, place, count: 1 };
  return cut(FINDING_TYPE_TABLE[type].title(parts), 256);
}

/** Why it matters. */
const MATTERS: Readonly<Record<KubernetesAct['type'], string>> = {
  ExecInKubeSystemPod:
    'Pods of system namespaces have rights over the cluster and its nodes, which a command in them shares.',
  SuccessfulAnonymousAccess: 'Anyone who reaches the API server can do the same.',
  AnonymousAccessGranted: 'Anyone who reaches the API server has the role.',
  AdminAccessToDefaultServiceAccount: 'Every pod that names no service account of its own has the role.',
  ExposedDashboard: 'Anyone who reaches it acts with the rights of the dashboard if its sign-in can be passed.',
  PrivilegedContainer: 'Root in such a container is root on its node.',
  ContainerWithSensitiveMount: 'Whatever can write there can take over the node and the pods on it.',
  ServiceAccountTokenOutside:
    'Such a token was copied out of its pod, and gives anyone who has it the rights of the service account.',
  ServiceAccountTokenMoved:
    'Such a token was copied out of its pod, and gives its new holder the rights of the service account.',
  UnreadableManifest: 'A manifest can be padded so that its privileges are not in the audit log.',
  NewBinaryExecuted:
    'An attacker’s tools come into a container after its start, and the image’s scan has not seen them.',
  FilelessExecution: 'A program that leaves no file behind escapes scans of disks.',
  NewLibraryLoaded: 'Code that is loaded into a process acts with its rights and under its name.',
  CryptoMining: 'Mining is what most attackers do with containers they can run code in.',
};

function descriptionOf(act: KubernetesAct, count: number): string {
  const { cluster, time, source, done, caller, type } = act;
  const from = source === null ? '' : ` from ${source}`;
  return cut(
    [
      `${actorText(act)} ${done} in ${clusterText(cluster)}, at ${isoTime(time)}${from}.`,
      MATTERS[type],
      ...(count > 1
        ? [`${countText(count)} ${caller ? 'requests' : 'alarms'} belong to it; the evidence lists them.`]
        : []),
    ].join(' '),
    1_000,
  );
}

const AGENT_NAMES: Readonly<Record<RuntimeAgent, string>> = { falco: 'Falco', tetragon: 'Tetragon' };

function actorText({ caller, agent = 'falco' }: KubernetesAct): string {
  return caller ? callerText(caller) : AGENT_NAMES[agent];
}

function countText(count: number): string {
  return count > MOST_EVENTS ? `More than ${MOST_EVENTS}` : String(count);
}

function clusterText({ account, region, name }: Cluster): string {
  return `cluster ${name ?? UNKNOWN} (account ${account ?? UNKNOWN}, ${region ?? 'Region unknown'})`;
}

function evidenceOf(worst: KubernetesAct, acts: readonly KubernetesAct[]): string[] {
  const lines = [...worst.evidence, ...acts.flatMap(({ evidence }) => evidence)];
  return [...new Set(lines)].slice(0, MOST_EVIDENCE);
}

function callerLines(act: KubernetesAct, context: ActContext): string[] {
  const { caller, source, claimedSources, time, cluster } = act;
  if (!caller) return [];
  const { awsArn, accessKeyId, username } = caller;
  const key = accessKeyId === null ? '' : ` with access key ${accessKeyId}`;
  const isPublic = source !== null && !isPrivate(source, context);
  const claims = claimedSources.join(', ');
  return [
    ...(awsArn === null ? [] : [`${username} signed in as ${awsArn}${key}.`]),
    ...(isPublic ? [asSentence(context.ownerOf(source, time, cluster.account).why)] : []),
    ...(claims === '' ? [] : [`The client claimed to pass on requests of ${claims}, which proves nothing.`]),
  ];
}

function actLines(acts: readonly KubernetesAct[]): string[] {
  const lines = acts.slice(0, MOST_LINES).map((act) => {
    const { time, done, name, target, auditId, source, userAgent } = act;
    const from = source === null ? '' : ` from ${source}`;
    const by = userAgent === null ? '' : ` by ${cut(userAgent, 80)}`;
    return `${isoTime(time)}: ${actorText(act)} ${done} (${name}${target === null ? '' : ` ${target}`}${from}${by}), record ${auditId}.`;
  });
  const more = acts.length - lines.length;
  const what = acts[0]?.caller ? 'requests' : 'alarms';
  return more === 0 ? lines : [...lines, `And ${more} more such ${what}.`];
}

function isPrivate(ip: string, { privateNetworks = [] }: ActContext): boolean {
  return isPrivateAddress(ip, cidrSet(privateNetworks));
}

/** Only the last address of a request is its sender's. */
function originIn({ source, time, cluster }: KubernetesAct, context: ActContext): FindingOrigin | null {
  if (source === null) return null;
  const place = { ip: source, endpointId: null, endpointAccount: null, service: null };
  if (isPrivate(source, context)) return { kind: 'cluster', ...place, ownership: 'none', account: null, region: null };
  const { ownership, account, region } = context.ownerOf(source, time, cluster.account);
  return { kind: 'public', ...place, ownership, account, region };
}

/** The AWS sessions that signed in to the cluster. */
function sessionsOf(acts: readonly KubernetesAct[]): FindingSession[] {
  const keys = new Map<string, Set<string>>();
  for (const { caller } of acts) {
    const { awsArn = null, accessKeyId = null } = caller ?? {};
    if (awsArn === null || !parseSessionArn(awsArn)) continue;
    const known = keys.get(awsArn) ?? new Set<string>();
    if (accessKeyId !== null) known.add(accessKeyId);
    keys.set(awsArn, known);
  }
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([arn, ids]) => ({ arn, role: parseSessionArn(arn)?.role ?? arn, accessKeyIds: [...ids].sort() }));
}

function eventOf({ auditId, time, cluster, name, userAgent, caller, agent, target }: KubernetesAct): FindingEvent {
  return {
    id: auditId,
    time: isoTime(time),
    region: cluster.region ?? '',
    source: agent ?? 'kubernetes',
    name,
    errorCode: null,
    userAgent,
    accessKeyId: caller?.accessKeyId ?? null,
    resource: target,
  };
}
