import type { Cluster } from '../kubernetes/cluster';
import { placeScope, scopesNamed } from '../kubernetes/tokens/token-fact';
import { ClusterTokenFacts } from '../kubernetes/tokens/token-fact-set';
import type { LockTable, StoredItem } from '../store/lock-table';
import type { Subscriptions } from '../store/subscriptions';
import { SORT_KEYS } from '../store/table-schema';
import { issuanceKey, partitionOfScope, PLACES, tokenFactIn, topicOfRequests } from './token-rows';
import type { TokenHolder } from './token-holder';

/** Uses of one holder, beside the first at each place. */
const MOST_USES = 500;
/** As many as a set keeps: of more places none is taken for the first. */
const MOST_PLACES = 100;
/** Addresses that are stated of a pod or a node. Where there are more, no address counts. */
const MOST_ADDRESSES = 5_000;
/** Statements on who has an address. Two nodes at a place are enough to trust it. */
const MOST_AT_PLACE = 50;
/** Which node a pod is on, which instance a node is: more of them contradict each other. */
const MOST_OTHERS = 1_000;

/** Reads the facts that one holder is judged by, each scope once. With `subscriptions` it subscribes before it reads. */
export class TokenFactLoader {
  readonly facts: ClusterTokenFacts;
  readonly #read = new Set<string>();
  readonly #cluster: Cluster;

  constructor(
    private readonly holder: TokenHolder,
    private readonly table: LockTable,
    private readonly subscriptions: Subscriptions | null,
  ) {
    this.#cluster = holder.cluster;
    this.facts = new ClusterTokenFacts(holder.cluster);
  }

  /** What the holder did, where its pod and its node are. */
  async readHolder(): Promise<void> {
    await this.#readAll([this.holder.user]);
  }

  /** Who else is at these places. */
  async readPlaces(places: readonly string[]): Promise<void> {
    await this.#readAll(places.map(placeScope));
  }

  /** Who requested the holder's tokens, other than its node. */
  async readRequests(): Promise<void> {
    const uses = this.facts.users.get(this.holder.user)?.all() ?? [];
    const accounts = new Set(uses.map(({ account }) => account));
    await this.subscriptions?.to([...accounts].map((account) => topicOfRequests(this.#cluster, account)));
    const credentials = new Set(uses.flatMap(({ credential }) => credential ?? []));
    const items = await this.table.read([...credentials].map((one) => issuanceKey(this.#cluster, one)));
    await this.#readAll(this.#add(items.filter((item) => item !== undefined)));
  }

  /** Reads these scopes, then those that their facts name. */
  async #readAll(scopes: readonly string[]): Promise<void> {
    for (let next = new Set(scopes); next.size > 0;) {
      const fresh = [...next].filter((scope) => !this.#read.has(scope));
      for (const scope of fresh) this.#read.add(scope);
      await this.subscriptions?.to(fresh.map((scope) => partitionOfScope(this.#cluster, scope)));
      const items = await Promise.all(fresh.map((scope) => this.#itemsOf(scope)));
      next = new Set(this.#add(items.flat()).filter((scope) => !this.#read.has(scope)));
    }
  }

  /** Gives the scopes that the facts name. */
  #add(items: readonly StoredItem[]): string[] {
    const facts = items.map(tokenFactIn);
    for (const fact of facts) this.facts.add(fact);
    return facts.flatMap(scopesNamed);
  }

  async #itemsOf(scope: string): Promise<StoredItem[]> {
    const pk = partitionOfScope(this.#cluster, scope);
    const read = (prefix: string, most: number): Promise<StoredItem[]> => this.table.query(pk, prefix, most);
    const most = scope.startsWith('place/') ? MOST_AT_PLACE : MOST_ADDRESSES;
    const isHolder = scope === this.holder.user;
    const hasUses = isHolder || scope.startsWith('pod/');
    const [addresses, ...others] = await Promise.all([
      read(SORT_KEYS.tokenAddress, most),
      read(SORT_KEYS.tokenFact, MOST_OTHERS),
      ...(hasUses ? PLACES.map((kind) => read(kind, MOST_PLACES)) : []),
      ...(isHolder ? [read(SORT_KEYS.tokenUse, MOST_USES)] : []),
    ]);
    if (addresses.length >= MOST_ADDRESSES) this.facts.areAddressesMissing = true;
    return [...addresses, ...others.flat()];
  }
}
