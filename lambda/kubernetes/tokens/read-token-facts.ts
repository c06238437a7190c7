import { canonicalAddress } from '../../detection/model/address';
import { eventTimeOf } from '../../detection/model/event-time';
import { field, record, text } from '../../detection/model/json-field';
import { cut, objectName } from '../act';
import type { AuditEvent, AuditUser } from '../audit-event';
import { callerOf } from '../caller';
import { isDryRun, isStored, requestName, succeeded } from '../request';
import { UNKNOWN_ADDRESS, type PodName, type StatedBy, type TokenFact, type TokenUse } from './token-fact';

const CLAIM = 'authentication.kubernetes.io';
const ISSUED = `${CLAIM}/issued-credential-id`;
const STALE = 'authentication.k8s.io/stale-token';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const NODE = /^system:node:(.+)$/;
const INSTANCE = /^aws:\/\/.*\/(i-[0-9a-f]{8,})$/;
const ENDPOINT_CONTROLLER = 'system:serviceaccount:kube-system:endpoint-controller';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';

/** Pods and addresses of one object that are read: a Service has at most 1,000 addresses in its Endpoints. */
const MOST_ITEMS = 1_000;
const MOST_ADDRESSES = 10;
const MOST_CLAIMS = 4;

const NONE: readonly TokenFact[] = [];

/** What an event states about tokens, and about where pods and nodes are. */
export function tokenFactsOf(event: AuditEvent): readonly TokenFact[] {
  const { user, object } = event;
  const node = nodeOf(user);
  if (node !== null) return factsOfNode(event, node);
  const account = accountOf(user);
  const uses = account === null ? NONE : useOf(event, account);
  return object === null ? uses : [...uses, ...factsOfObject(event)];
}

/** Group and name are what the API server holds a node to. */
function nodeOf({ username, groups }: AuditUser): string | null {
  const name = username?.startsWith('system:node:') ? NODE.exec(username)?.[1] : undefined;
  return name !== undefined && groups.includes('system:nodes') ? name : null;
}

/** Only the API server's own authenticator gives such a user without an AWS session: `aws-auth` can give any name to a role. */
function accountOf({ username, awsArn }: AuditUser): string | null {
  const parts = awsArn === null && username?.startsWith('system:s') ? SERVICE_ACCOUNT.exec(username) : null;
  return parts ? `${parts[1]}/${parts[2]}` : null;
}

function useOf(event: AuditEvent, account: string): readonly TokenUse[] {
  const { user, source, object, impersonated, annotations } = event;
  if (source === null) return [];
  return [
    {
      fact: 'use',
      cluster: event.cluster,
      time: event.time,
      pod: podClaimed(user, account),
      node: claim(user, 'node-name'),
      account,
      credential: credentialOf(user),
      place: source,
      auditId: event.auditId,
      name: cut(requestName(event), 200),
      target: !object?.name ? null : cut(objectName({ kind: null, ...object }), 160),
      status: event.status,
      impersonated: impersonated && cut(impersonated.username ?? 'an unknown user', 256),
      userAgent: event.userAgent && cut(event.userAgent, 256),
      claimedSources: event.claimedSources.slice(-MOST_CLAIMS).map((one) => cut(one, 64)),
      isStale: annotations[STALE] !== undefined,
    },
  ];
}

function podClaimed(user: AuditUser, account: string): PodName | null {
  const uid = claim(user, 'pod-uid');
  const [namespace = ''] = account.split('/');
  return uid === null ? null : podName(uid, namespace, claim(user, 'pod-name'));
}

function claim({ extra }: AuditUser, name: string): string | null {
  return extra[`${CLAIM}/${name}`]?.[0] ?? null;
}

function credentialOf(user: AuditUser): string | null {
  const id = claim(user, 'credential-id');
  return id?.startsWith('JTI=') ? id : null;
}

function podName(uid: string, namespace: string | null, name: string | null): PodName {
  return { uid, name: objectName({ kind: null, namespace, name: name ?? uid }) };
}

/** A node's own place, and what it says of itself and of its pods. The API server lets it write about no others. */
function factsOfNode(event: AuditEvent, node: string): readonly TokenFact[] {
  const { cluster, time, user, source, object } = event;
  if (source === null) return NONE;
  const by: StatedBy = { node, session: user.awsArn, place: source };
  const own: TokenFact = { fact: 'address', cluster, time, holder: { node }, ip: source, by };
  return object === null ? [own] : [own, ...statements(event, by), ...factsOfObject(event)];
}

/** Only what was sent: what was stored may be by others. */
function statements(event: AuditEvent, by: StatedBy): TokenFact[] {
  const { cluster, time, object, manifest, manifestFrom } = event;
  if (object?.subresource !== 'status' || manifestFrom !== 'request' || !isStored(event)) return [];
  const status = record(manifest, 'status');
  if (object.resource === 'pods') {
    const uid = text(field(manifest, 'metadata'), 'uid');
    if (uid === null) return [];
    const holder = { pod: podName(uid, object.namespace, object.name) };
    return podAddresses(status).map((ip) => ({ fact: 'address', cluster, time, holder, ip, by }));
  }
  if (object.resource !== 'nodes' || !('node' in by) || object.name !== by.node) return [];
  const holder = { node: by.node };
  return nodeAddresses(status).map((ip) => ({ fact: 'address', cluster, time, holder, ip, by }));
}

/** Of requests with success, by what they are about. */
const READERS: Readonly<Record<string, (event: AuditEvent) => TokenFact[]>> = {
  'serviceaccounts/token': issuanceOf,
  endpoints: endpointsOf,
  nodes: nodeObject,
  'nodes/status': nodeObject,
  pods: storedOrDeletedPods,
  'pods/status': podStatus,
  'pods/binding': bindingOf,
};

/** What the API server has stored, or has issued. */
function factsOfObject(event: AuditEvent): readonly TokenFact[] {
  const { object } = event;
  if (object === null || !succeeded(event)) return NONE;
  const read = READERS[object.subresource === null ? object.resource : `${object.resource}/${object.subresource}`];
  return read ? read(event) : NONE;
}

function issuanceOf(event: AuditEvent): TokenFact[] {
  const { cluster, time, user, object, annotations, source, verb } = event;
  const credential = annotations[ISSUED];
  if (verb !== 'create' || credential === undefined || !object?.name || !isRequester(event)) return [];
  const account = objectName({ kind: null, ...object });
  const requesterPod = podClaimed(user, accountOf(user) ?? '');
  const requester = cut(user.username ?? 'an unknown user', 256);
  return [{ fact: 'issuance', cluster, time, credential, account, requester, requesterPod, place: source }];
}

/** Nodes get tokens for their pods, the controller manager and EKS for controllers. */
function isRequester(event: AuditEvent): boolean {
  const { username } = event.user;
  if (nodeOf(event.user) !== null) return false;
  const isOfControlPlane = username === CONTROLLER_MANAGER || username?.startsWith('eks:') === true;
  return !(isOfControlPlane && callerOf(event).isController);
}

/** By the controller alone: others may write addresses of their own there. Who wrote as it, the token's id tells; tokens in secrets have none. */
function endpointsOf(event: AuditEvent): TokenFact[] {
  const { cluster, time, user, manifest } = event;
  const isController = user.username === ENDPOINT_CONTROLLER && user.awsArn === null && !podClaimed(user, '');
  if (!isController || !isStored(event)) return [];
  const credential = credentialOf(user);
  if (credential === null) return [];
  const by: StatedBy = { stored: true, credential };
  const addresses = list(field(manifest, 'subsets')).flatMap((subset) => [
    ...list(field(subset, 'addresses')),
    ...list(field(subset, 'notReadyAddresses')),
  ]);
  return addresses.slice(0, MOST_ITEMS).flatMap((one): TokenFact[] => {
    const target = field(one, 'targetRef');
    const [uid, ip] = [text(target, 'uid'), addressIn(one, 'ip')];
    if (uid === null || ip === null || text(target, 'kind') !== 'Pod') return [];
    const pod = podName(uid, text(target, 'namespace'), text(target, 'name'));
    return [{ fact: 'address', cluster, time, holder: { pod }, ip, by }];
  });
}

function nodeObject({ cluster, time, object, manifest, manifestFrom }: AuditEvent): TokenFact[] {
  if (manifestFrom !== 'response') return [];
  const instance = INSTANCE.exec(text(field(manifest, 'spec'), 'providerID') ?? '')?.[1];
  const node = object?.name ?? text(field(manifest, 'metadata'), 'name');
  if (instance === undefined || node === null || text(manifest, 'kind') !== 'Node') return [];
  return [{ fact: 'instance', cluster, time, node, instance }];
}

/** The API server refuses a binding whose uid is another pod's. */
function bindingOf(event: AuditEvent): TokenFact[] {
  const { cluster, time, object, manifest } = event;
  if (!isStored(event)) return [];
  const uid = text(field(manifest, 'metadata'), 'uid');
  const node = text(field(manifest, 'target'), 'name');
  if (uid === null || node === null || object === null) return [];
  return [{ fact: 'on-node', cluster, time, pod: podName(uid, object.namespace, object.name), node }];
}

function storedOrDeletedPods(event: AuditEvent): TokenFact[] {
  const isDeletion = event.verb === 'delete' || event.verb === 'deletecollection';
  if (isDeletion) return isDryRun(event) ? [] : deletedPods(event);
  return storedPod(event);
}

function storedPod(event: AuditEvent): TokenFact[] {
  return event.manifestFrom === 'response' && isStored(event) ? podObject(event, event.manifest) : [];
}

/** Nodes alone know addresses of pods; the API server stores any that others write. */
function podStatus(event: AuditEvent): TokenFact[] {
  const { cluster, time, user, object, manifest, manifestFrom } = event;
  if (nodeOf(user) !== null) return storedPod(event);
  if (!isStored(event)) return [];
  const by: StatedBy = { writer: cut(user.username ?? 'an unknown user', 256) };
  if (manifestFrom === 'response') return podObject(event, manifest, by);
  if (!object?.uid) return [];
  const pod = podName(object.uid, object.namespace, object.name);
  return [{ fact: 'address', cluster, time, holder: { pod }, ip: UNKNOWN_ADDRESS, by }];
}

const STORED: StatedBy = { stored: true, credential: null };

function podObject({ cluster, time, object }: AuditEvent, pod: unknown, by: StatedBy = STORED): TokenFact[] {
  const [metadata, node] = [field(pod, 'metadata'), text(field(pod, 'spec'), 'nodeName')];
  const uid = text(metadata, 'uid');
  if (uid === null) return [];
  const name = podName(uid, object?.namespace ?? text(metadata, 'namespace'), text(metadata, 'name'));
  return [
    ...(node === null ? [] : [{ fact: 'on-node', cluster, time, pod: name, node } as const]),
    ...podAddresses(record(pod, 'status')).map((ip): TokenFact => ({
      fact: 'address',
      cluster,
      time,
      holder: { pod: name },
      ip,
      by,
    })),
  ];
}

/** A pod that is deleted may run on until its grace period is over. Its removal is a second deletion, by its node. */
function deletedPods(event: AuditEvent): TokenFact[] {
  const { cluster, time, object, verb, manifest } = event;
  const items = verb === 'deletecollection' ? list(field(manifest, 'items')) : [manifest];
  return items.slice(0, MOST_ITEMS).flatMap((one): TokenFact[] => {
    const metadata = field(one, 'metadata');
    const uid = text(metadata, 'uid') ?? object?.uid ?? text(field(one, 'preconditions'), 'uid');
    if (uid === null || uid === undefined) return [];
    const pod = podName(uid, object?.namespace ?? null, object?.name ?? text(metadata, 'name'));
    const end = eventTimeOf(field(metadata, 'deletionTimestamp')) ?? time;
    const isPod = metadata !== undefined;
    return [{ fact: 'gone', cluster, time: Math.max(end, time), pod }, ...(isPod ? podObject(event, one) : [])];
  });
}

function podAddresses(status: unknown): string[] {
  const addresses = [addressIn(status, 'podIP'), ...list(field(status, 'podIPs')).map((one) => addressIn(one, 'ip'))];
  return distinct(addresses);
}

function nodeAddresses(status: unknown): string[] {
  return distinct(list(field(status, 'addresses')).map((one) => addressIn(one, 'address')));
}

function distinct(addresses: readonly (string | null)[]): string[] {
  return [...new Set(addresses)].filter((one) => one !== null).slice(0, MOST_ADDRESSES);
}

/** Names of hosts are no addresses. */
function addressIn(value: unknown, key: string): string | null {
  return canonicalAddress(text(value, key) ?? '');
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
