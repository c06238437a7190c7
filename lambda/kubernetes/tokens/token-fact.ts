import type { Cluster } from '../cluster';

/** A pod, identified by its uid: names come again. */
export interface PodName {
  readonly uid: string;
  /** `shop/web-1` */
  readonly name: string;
}

interface InCluster {
  readonly cluster: Cluster;
  /** Of the earliest record that states it, in epoch milliseconds. */
  readonly time: number;
}

/** A request with a service account's token, whatever its answer was. */
export interface TokenUse extends InCluster {
  readonly fact: 'use';
  /** Null for tokens that are bound to no pod. */
  readonly pod: PodName | null;
  /** Of the pod, as the API server signed it into the token; null in clusters older than 1.30. */
  readonly node: string | null;
  /** `shop/web` */
  readonly account: string;
  /** `JTI=…`; null in clusters older than 1.30, and for tokens in secrets. */
  readonly credential: string | null;
  /** Address of the connection. */
  readonly place: string;
  readonly auditId: string;
  /** `list secrets` */
  readonly name: string;
  readonly target: string | null;
  readonly status: number | null;
  readonly impersonated: string | null;
  readonly userAgent: string | null;
  readonly claimedSources: readonly string[];
  /** The API server accepted it only because it gives tokens of pods more time than they state. */
  readonly isStale: boolean;
}

/**
 * Who states an address: a node, in a session and from a place of its own, the API server by an object it has stored, or
 * another user who wrote the status of a pod.
 */
export type StatedBy =
  | { readonly node: string; readonly session: string | null; readonly place: string }
  | { readonly stored: true; readonly credential: string | null }
  | { readonly writer: string };

export type AddressHolder = { readonly pod: PodName } | { readonly node: string };

/** Of a status whose content is not in the answer. */
export const UNKNOWN_ADDRESS = '';

/** An address of a pod or a node. That a node called from a place is a statement about itself. */
export interface AddressStated extends InCluster {
  readonly fact: 'address';
  readonly holder: AddressHolder;
  readonly ip: string;
  readonly by: StatedBy;
}

/** A pod runs on a node, by an object that the API server has stored. It stays there. */
export interface PodOnNode extends InCluster {
  readonly fact: 'on-node';
  readonly pod: PodName;
  readonly node: string;
}

/** A node is an instance. A stored `providerID` cannot be changed. */
export interface NodeInstance extends InCluster {
  readonly fact: 'instance';
  readonly node: string;
  readonly instance: string;
}

/** A token that was requested by somebody else than the node of its pod and the controller manager. */
export interface TokenIssuance extends InCluster {
  readonly fact: 'issuance';
  readonly credential: string;
  readonly account: string;
  readonly requester: string;
  /** Of the requester, where it is a pod itself. */
  readonly requesterPod: PodName | null;
  readonly place: string | null;
}

/** A pod is gone at `time`: the end of its grace period, or its removal, whichever is later. */
export interface PodGone extends InCluster {
  readonly fact: 'gone';
  readonly pod: PodName;
}

/** JSON data. Facts of one key are merged by `mergedFact`, in any order. */
export type TokenFact = TokenUse | AddressStated | PodOnNode | NodeInstance | TokenIssuance | PodGone;

const HOUR = 3_600_000;

/** What it is a fact about, without the details of the request: the key among the facts of its kind in a cluster. */
export function keyInCluster(fact: TokenFact): string {
  switch (fact.fact) {
    case 'use':
      return `${userOf(fact)}/${fact.credential ?? ''}/${fact.place}/${Math.floor(fact.time / HOUR)}`;
    case 'address':
      return `${holderKey(fact.holder)}/${fact.ip}/${stater(fact.by)}`;
    case 'on-node':
      return `${fact.pod.uid}/${fact.node}`;
    case 'instance':
      return `${fact.node}/${fact.instance}`;
    case 'issuance':
      return fact.credential;
    default:
      return fact.pod.uid;
  }
}

/** The holder of a token: a pod, or an account whose tokens are bound to none. */
export function userOf({ pod, account }: Pick<TokenUse, 'pod' | 'account'>): string {
  return pod ? `pod/${pod.uid}` : `account/${account}`;
}

export function holderKey(holder: AddressHolder): string {
  return 'pod' in holder ? `pod/${holder.pod.uid}` : `node/${holder.node}`;
}

function stater(by: StatedBy): string {
  if ('writer' in by) return `writer/${by.writer}`;
  return 'stored' in by ? `stored/${by.credential ?? ''}` : `${by.node}/${by.session ?? ''}/${by.place}`;
}

/** The fact that two of one key make: the earlier one; of a pod that is gone the later one. */
export function mergedFact<F extends TokenFact>(one: F, other: F): F {
  if (one.time === other.time) return JSON.stringify(one) <= JSON.stringify(other) ? one : other;
  const isOneEarlier = one.time < other.time;
  return isOneEarlier === (one.fact !== 'gone') ? one : other;
}

/** Under which names a fact is to be found. */
export function scopesOf(fact: TokenFact): string[] {
  switch (fact.fact) {
    case 'use':
      return [userOf(fact)];
    case 'address':
      return [holderKey(fact.holder), ...(fact.ip === UNKNOWN_ADDRESS ? [] : [placeScope(fact.ip)])];
    case 'instance':
      return [nodeScope(fact.node)];
    case 'issuance':
      return [credentialScope(fact.credential)];
    default:
      return [`pod/${fact.pod.uid}`];
  }
}

/** The scopes of the facts by which it is decided whether this one counts. */
export function scopesNamed(fact: TokenFact): string[] {
  switch (fact.fact) {
    case 'use':
      return fact.node === null ? [] : [nodeScope(fact.node)];
    case 'address':
      return [holderKey(fact.holder), ...scopesOfStater(fact.by)];
    case 'on-node':
      return [nodeScope(fact.node)];
    case 'issuance':
      return fact.requesterPod === null ? [] : [`pod/${fact.requesterPod.uid}`];
    default:
      return [];
  }
}

function scopesOfStater(by: StatedBy): string[] {
  if ('node' in by) return [nodeScope(by.node)];
  return 'writer' in by || by.credential === null ? [] : [credentialScope(by.credential)];
}

function nodeScope(node: string): string {
  return `node/${node}`;
}

export function placeScope(ip: string): string {
  return `place/${ip}`;
}

export function credentialScope(credential: string): string {
  return `credential/${credential}`;
}
