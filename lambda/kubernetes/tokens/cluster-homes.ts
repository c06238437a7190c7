import { isIPv6, isPrivateAddress, type CidrSet } from '../../detection/model/address';
import { parseSessionArn } from '../../detection/model/session-arn';
import type { Cluster } from '../cluster';
import {
  holderKey,
  UNKNOWN_ADDRESS,
  type AddressStated,
  type PodName,
  type TokenIssuance,
  type TokenUse,
} from './token-fact';
import type { ClusterTokenFacts } from './token-fact-set';

/** True where the lock of an AWS session holds at an address from which it called the cluster. */
export type IsHeld = (call: {
  readonly cluster: Cluster;
  readonly session: string;
  readonly place: string;
  readonly time: number;
}) => boolean;

export interface HomeContext {
  readonly isHeld: IsHeld;
  /** Public ranges that are used as private ones. */
  readonly privateNetworks: CidrSet;
}

/** An address and since when it is known. */
export interface KnownAddress {
  readonly ip: string;
  readonly since: number;
}

const NO_STATEMENTS: readonly AddressStated[] = [];

/**
 * Where the pods and nodes of a cluster are. Nodes state most of it, and credentials of a node can be stolen: what a node states
 * counts only from a place that the lock of its AWS session holds. What the API server has stored came from nodes too, so it
 * counts only if it was stored before the node's session was used anywhere else.
 */
export class ClusterHomes {
  readonly #callsFrom = new Map<string, AddressStated[]>();
  readonly #holders = new Map<string, AddressStated[]>();
  readonly #elsewhereSince = new Map<string, number | null>();
  readonly #podAddresses = new Map<string, readonly KnownAddress[]>();
  readonly #podNodes = new Map<string, readonly string[]>();
  readonly #nodeAddresses = new Map<string, readonly KnownAddress[]>();
  readonly #nodeCalls = new Map<string, readonly AddressStated[]>();
  readonly #instances = new Map<string, readonly string[]>();

  constructor(
    readonly facts: ClusterTokenFacts,
    private readonly context: HomeContext,
  ) {
    for (const kept of facts.addresses.values())
      for (const stated of kept.facts())
        memoised(isOwnCall(stated) ? this.#callsFrom : this.#holders, stated.ip, () => []).push(stated);
  }

  isPrivate(ip: string): boolean {
    return isPrivateAddress(ip, this.context.privateNetworks);
  }

  /** The nodes that a pod is known to run on; it is one, unless records contradict each other. */
  nodesOf(pod: string): readonly string[] {
    return memoised(this.#podNodes, pod, () => {
      const claimed = (this.facts.users.get(`pod/${pod}`)?.all() ?? []).flatMap(({ node }) => node ?? []);
      const stored = (this.facts.nodes.get(pod)?.facts() ?? []).map(({ node }) => node);
      return [...new Set([...claimed, ...stored])].sort();
    });
  }

  instanceOf(node: string): string | null {
    const [first] = this.#instancesOf(node);
    return first ?? this.#heldCalls(node, Infinity).map(instanceIn)[0] ?? null;
  }

  podAddresses(pod: string): readonly KnownAddress[] {
    return memoised(this.#podAddresses, pod, () => this.#known(`pod/${pod}`, this.nodesOf(pod)));
  }

  /** Addresses that a node has by its status. */
  nodeAddresses(node: string): readonly KnownAddress[] {
    return memoised(this.#nodeAddresses, node, () => this.#known(`node/${node}`, [node]));
  }

  /** Places from which a node's kubelet called, and which the lock of its session holds at `time`. */
  kubeletPlaces(node: string, time: number): readonly KnownAddress[] {
    return earliest(this.#heldCalls(node, time));
  }

  /** Nodes whose kubelets called from a place that the locks of their sessions hold at `time`. */
  nodesAt(place: string, time: number): readonly string[] {
    const calls = (this.#callsFrom.get(place) ?? NO_STATEMENTS).filter((call) => this.#isHeldAt(call, time));
    return distinctNodes(calls);
  }

  /** Nodes whose credentials were used at a place that their locks do not hold. */
  strangersAt(place: string, time: number): readonly string[] {
    const calls = (this.#callsFrom.get(place) ?? NO_STATEMENTS).filter((call) => !this.#isHeldAt(call, time));
    return distinctNodes(calls);
  }

  /** The pod that had an address last before `time`, or the node; in words, null where none is known. */
  ownerOf(place: string, { pod, time }: Pick<TokenUse, 'pod' | 'time'>): string | null {
    const stated = (this.#holders.get(place) ?? []).filter((one) => this.#isTrusted(one, this.#nodesOfHolder(one)));
    const pods = stated.flatMap((one) => ('pod' in one.holder ? [{ ...one.holder.pod, since: one.time }] : []));
    const others = pods.filter((one) => one.uid !== pod?.uid && this.#isThere(one, time));
    const [last] = others.sort((a, b) => b.since - a.since || (a.name < b.name ? -1 : 1));
    if (last) return `pod ${last.name}`;
    const named = stated.flatMap((one) => ('node' in one.holder ? [one.holder.node] : []));
    const [node] = [...this.nodesAt(place, time), ...named].sort();
    return node === undefined ? null : `node ${node}`;
  }

  issuanceOf(credential: string | null): TokenIssuance | null {
    return credential === null ? null : (this.facts.issuances.get(credential) ?? null);
  }

  #isThere({ uid, since }: PodName & { readonly since: number }, time: number): boolean {
    const gone = this.facts.gone.get(uid)?.time ?? Infinity;
    return since <= time && time <= gone;
  }

  #nodesOfHolder({ holder }: AddressStated): readonly string[] {
    return 'pod' in holder ? this.nodesOf(holder.pod.uid) : [holder.node];
  }

  #known(holder: string, nodes: readonly string[]): KnownAddress[] {
    const stated = this.facts.addresses.get(holder)?.facts() ?? NO_STATEMENTS;
    return earliest(stated.filter((one) => !isOwnCall(one) && this.#isTrusted(one, nodes)));
  }

  /** The Internet address of a node or pod is known by its calls alone: root on a node could state any. */
  #isTrusted(stated: AddressStated, nodes: readonly string[]): boolean {
    if (!this.isPrivate(stated.ip) && !isIPv6(stated.ip)) return false;
    if ('writer' in stated.by || this.facts.areAddressesMissing) return false;
    if ('node' in stated.by) return isOnOneOf(nodes, stated.by.node) && this.#isHeldAt(stated, stated.time);
    if (this.issuanceOf(stated.by.credential) || this.#isWrittenByOthers(stated)) return false;
    return nodes.every((node) => stated.time < (this.#usedElsewhereSince(node) ?? Infinity));
  }

  /** What is stored later repeats what another than the node wrote. */
  #isWrittenByOthers({ holder, ip, time }: AddressStated): boolean {
    const stated = this.facts.addresses.get(holderKey(holder))?.facts() ?? NO_STATEMENTS;
    const written = stated.filter((one) => 'writer' in one.by && one.time <= time);
    return written.some((one) => one.ip === ip || one.ip === UNKNOWN_ADDRESS);
  }

  #usedElsewhereSince(node: string): number | null {
    return memoised(this.#elsewhereSince, node, () => {
      const calls = this.#callsOf(node).filter((call) => !this.#isHeldAt(call, call.time));
      return calls.length === 0 ? null : Math.min(...calls.map(({ time }) => time));
    });
  }

  #callsOf(node: string): readonly AddressStated[] {
    const stated = this.facts.addresses.get(`node/${node}`)?.facts() ?? NO_STATEMENTS;
    return memoised(this.#nodeCalls, node, () => stated.filter(isOwnCall));
  }

  #instancesOf(node: string): readonly string[] {
    const stated = this.facts.instances.get(node)?.facts() ?? [];
    return memoised(this.#instances, node, () => stated.map(({ instance }) => instance));
  }

  #heldCalls(node: string, time: number): AddressStated[] {
    return this.#callsOf(node).filter((call) => this.#isHeldAt(call, time === Infinity ? call.time : time));
  }

  /** A role may be mapped to the name of any node: the session has to be the node's own instance, where that is known. */
  #isHeldAt({ by, cluster }: AddressStated, time: number): boolean {
    if (!('node' in by) || by.session === null || this.facts.areAddressesMissing) return false;
    const { node, session, place } = by;
    const instances = this.#instancesOf(node);
    if (instances.length > 0 && !instances.includes(parseSessionArn(session)?.name ?? '')) return false;
    return this.context.isHeld({ cluster, session, place, time });
  }
}

function isOwnCall({ holder, ip, by }: AddressStated): boolean {
  return 'node' in holder && 'node' in by && by.place === ip;
}

/** The API server lets nodes write about their own pods alone, unless it was told otherwise. */
function isOnOneOf(nodes: readonly string[], node: string): boolean {
  return nodes.length === 0 || nodes.includes(node);
}

function instanceIn({ by }: AddressStated): string | null {
  return 'node' in by ? (parseSessionArn(by.session)?.name ?? null) : null;
}

function distinctNodes(calls: readonly AddressStated[]): string[] {
  return [...new Set(calls.flatMap(({ by }) => ('node' in by ? [by.node] : [])))].sort();
}

/** Each address once, by time. */
function earliest(stated: readonly AddressStated[]): KnownAddress[] {
  const since = new Map<string, number>();
  for (const { ip, time } of stated) since.set(ip, Math.min(time, since.get(ip) ?? Infinity));
  return [...since]
    .map(([ip, time]) => ({ ip, since: time }))
    .sort((a, b) => a.since - b.since || (a.ip < b.ip ? -1 : 1));
}

function memoised<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
