import { cidrSet, isPrivateAddress } from '../../detection/model/address';
import { clusterKey, type Cluster } from '../cluster';
import { EarliestKept } from './earliest-kept';
import {
  holderKey,
  keyInCluster,
  mergedFact,
  userOf,
  type AddressHolder,
  type AddressStated,
  type NodeInstance,
  type PodGone,
  type PodOnNode,
  type TokenFact,
  type TokenIssuance,
  type TokenUse,
} from './token-fact';

/** Of one token holder: uses, and the private and the public places of which the first use is kept beyond these. */
const MOST_USES = 500;
const MOST_PLACES = 100;
/** Statements on one pod: an attacker with its node's credentials can make any number. */
const MOST_ON_POD = 100;
/** Statements on one node name, which comes from an address that instance after instance has. */
const MOST_ON_NODE = 4_000;
/** Nodes of one pod. */
const MOST_NODES = 20;
/** Instances of one node name. */
const MOST_INSTANCES = 1_000;

const NO_NETWORKS = cidrSet([]);

/** The uses of one holder's tokens, and the first use at each place. */
export class HolderUses {
  readonly #uses = new EarliestKept<TokenUse>(MOST_USES);
  readonly #privatePlaces = new EarliestKept<TokenUse>(MOST_PLACES);
  readonly #publicPlaces = new EarliestKept<TokenUse>(MOST_PLACES);

  add(key: string, use: TokenUse): void {
    this.#uses.add(key, use);
    const places = isPrivateAddress(use.place, NO_NETWORKS) ? this.#privatePlaces : this.#publicPlaces;
    places.add(use.place, use);
  }

  /** Places are missing, so nothing can be concluded from those that are there. */
  get isIncomplete(): boolean {
    return this.#privatePlaces.isFull || this.#publicPlaces.isFull;
  }

  /** By time. */
  all(): TokenUse[] {
    const kept = [this.#uses, this.#privatePlaces, this.#publicPlaces].flatMap((some) => some.facts());
    const byKey = new Map(kept.map((use) => [keyInCluster(use), use]));
    return [...byKey].sort(([a, one], [b, other]) => one.time - other.time || (a < b ? -1 : 1)).map(([, use]) => use);
  }
}

/** The facts of one cluster. */
export class ClusterTokenFacts {
  /** By `userOf`. */
  readonly users = new Map<string, HolderUses>();
  /** By `holderKey`. */
  readonly addresses = new Map<string, EarliestKept<AddressStated>>();
  /** By the pod's uid. */
  readonly nodes = new Map<string, EarliestKept<PodOnNode>>();
  /** By the node's name. */
  readonly instances = new Map<string, EarliestKept<NodeInstance>>();
  /** By `JTI=…`. */
  readonly issuances = new Map<string, TokenIssuance>();
  /** By the pod's uid. */
  readonly gone = new Map<string, PodGone>();

  /** Others were stated than are here, so that nothing can be concluded from those that are. */
  areAddressesMissing = false;

  constructor(readonly cluster: Cluster) {}

  add(fact: TokenFact): void {
    const key = keyInCluster(fact);
    switch (fact.fact) {
      case 'use':
        return entryOf(this.users, userOf(fact), () => new HolderUses()).add(key, fact);
      case 'address':
        return entryOf(this.addresses, holderKey(fact.holder), () => statementsOn(fact.holder)).add(key, fact);
      case 'on-node':
        return entryOf(this.nodes, fact.pod.uid, () => new EarliestKept(MOST_NODES)).add(key, fact);
      case 'instance':
        return entryOf(this.instances, fact.node, () => new EarliestKept(MOST_INSTANCES)).add(key, fact);
      case 'issuance':
        return merge(this.issuances, fact.credential, fact);
      case 'gone':
        return merge(this.gone, fact.pod.uid, fact);
    }
  }

  nodeSessions(): Set<string> {
    const sessions = new Set<string>();
    for (const kept of this.addresses.values())
      for (const { by } of kept.facts()) if ('node' in by && by.session !== null) sessions.add(by.session);
    return sessions;
  }

  *facts(): Generator<TokenFact> {
    for (const uses of this.users.values()) yield* uses.all();
    for (const kept of [this.addresses, this.nodes, this.instances])
      for (const some of kept.values()) yield* some.facts();
    yield* this.issuances.values();
    yield* this.gone.values();
  }
}

function statementsOn(holder: AddressHolder): EarliestKept<AddressStated> {
  return new EarliestKept('pod' in holder ? MOST_ON_POD : MOST_ON_NODE);
}

function merge<F extends TokenFact>(into: Map<string, F>, key: string, fact: F): void {
  const known = into.get(key);
  into.set(key, known ? mergedFact(known, fact) : fact);
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Facts about tokens, merged: in which order and how often they come makes no difference. */
export class TokenFactSet {
  readonly #clusters = new Map<string, ClusterTokenFacts>();

  add(fact: TokenFact): void {
    entryOf(this.#clusters, clusterKey(fact.cluster), () => new ClusterTokenFacts(fact.cluster)).add(fact);
  }

  clusters(): IterableIterator<ClusterTokenFacts> {
    return this.#clusters.values();
  }

  /** The AWS sessions of nodes: what these state counts by the locks of their sessions. */
  nodeSessions(): Set<string> {
    return new Set([...this.#clusters.values()].flatMap((facts) => [...facts.nodeSessions()]));
  }

  /** All that are kept. */
  *facts(): Generator<TokenFact> {
    for (const cluster of this.#clusters.values()) yield* cluster.facts();
  }
}
