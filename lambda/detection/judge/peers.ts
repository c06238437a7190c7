import { anchorsOf, type Anchors } from './anchors';
import { subjectOf, type Subject, type NetworkContext } from './plausibility';
import type { History } from '../facts/workload-history';
import { originText } from '../model/origin';
import { holdsAt } from '../network/address-tenure';
import { instanceKey } from '../network/network-book';
import type { NetworkFacts } from './accepted-changes';
import { workloadKey, type Workload, type WorkloadKey } from '../model/workload';

/** One workload's anchor at an address. */
export interface AnchoredThere {
  readonly key: WorkloadKey;
  readonly workload: Workload;
  readonly region: string | null;
  readonly hours: number;
}

/** What other workloads' judgements need to know of one: where it is anchored and whose endpoints it uses. */
export interface AnchorSummary {
  readonly workload: Workload;
  readonly region: string | null;
  readonly anchors: readonly {
    readonly place: string;
    readonly isPublic: boolean;
    readonly hours: number;
    /** Accounts whose NAT gateway had the address. */
    readonly natAccounts: readonly string[];
  }[];
  readonly endpointOwners: readonly string[];
}

/** All that `judge` asks about other workloads: their anchors and endpoints (S2), never their verdicts. */
export interface Peers extends NetworkContext {
  claimant(history: History): Subject;
  anchors(history: History): Anchors;
  /** Workloads anchored at a public address, or at an endpoint and private address (`vpce-…/10.0.0.5`), by key. */
  anchoredAt(place: string): readonly AnchoredThere[];
  /**
   * How many workloads of an account are anchored at a place where they were seen in two different hours; of a Region too
   * where it is given, those of unknown Region included.
   */
  settledAt(place: string, account: string, region: string | null): number;
  /** Workloads anchored at any public address, of an account and (where given) a Region. */
  population(account: string, region: string | null): number;
  /** Workloads of `account` that are anchored at VPC endpoints of `owner`. */
  endpointUsers(account: string, owner: string): ReadonlySet<WorkloadKey>;
  /** How many workloads of `account` are anchored at NAT gateways of `egressAccount`. */
  anchoredAtNatOf(account: string, egressAccount: string): ReadonlySet<WorkloadKey>;
  /** Whether a change of its network was made with workload keys away from where they belong. */
  forgedAlibi(history: History): boolean;
}

/** S2 and S3 over all histories, and over the footprints of workloads whose histories are elsewhere. */
export function peersOf(
  histories: ReadonlyMap<WorkloadKey, History>,
  { ground, rejected }: NetworkFacts,
  elsewhere: Iterable<AnchorSummary> = [],
): Peers {
  const forged = new Set(
    rejected.flatMap(({ change, madeBy }) => [madeBy, instanceKey(change.account, change.instanceId ?? '')]),
  );
  const index = new AnchorIndex();
  const claimants = new Map<WorkloadKey, Subject>();
  const anchors = new Map<WorkloadKey, Anchors>();
  for (const history of histories.values()) {
    const who = subjectOf(history, ground);
    const own = anchorsOf(who, ground);
    claimants.set(history.key, who);
    anchors.set(history.key, own);
    index.add(anchorSummaryOf(who, own, ground));
  }
  for (const footprint of elsewhere) if (!histories.has(workloadKey(footprint.workload))) index.add(footprint);
  for (const there of index.byPlace.values()) there.sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    ...ground,
    claimant: (history) => claimants.get(history.key) ?? subjectOf(history, ground),
    anchors: (history) => anchors.get(history.key) ?? new Map(),
    anchoredAt: (place) => index.byPlace.get(place) ?? [],
    settledAt: (place, account, region) => index.settledAt(place, account, region),
    population: (account, region) => index.population.get(`${account}/${region ?? ''}`)?.size ?? 0,
    endpointUsers: (account, owner) => index.endpointUsers.get(`${account}/${owner}`) ?? NOBODY,
    forgedAlibi: ({ key, workload }) => forged.has(key) || forged.has(instanceKey(workload.account, workload.id)),
    anchoredAtNatOf: (account, egressAccount) => index.natUsers.get(`${account}/${egressAccount}`) ?? NOBODY,
  };
}

export function anchorSummaryOf({ history, region }: Subject, anchors: Anchors, ground: NetworkContext): AnchorSummary {
  return {
    workload: history.workload,
    region,
    anchors: [...anchors.values()].map(({ origin, hours, sighting }) => ({
      place: originText(origin),
      isPublic: origin.kind === 'public',
      hours,
      natAccounts: natAccountsOf(origin.ip ?? '', sighting.event.time, ground),
    })),
    endpointOwners: [anchors.get('endpoint')?.origin.endpointAccount ?? []].flat(),
  };
}

function natAccountsOf(address: string, time: number, { book }: NetworkContext): string[] {
  const tenures = (book.byAddress.get(address) ?? []).filter(
    (tenure) => tenure.holder.kind === 'nat-gateway' && holdsAt(tenure, time),
  );
  return [...new Set(tenures.map(({ account }) => account))].sort();
}

const NOBODY: ReadonlySet<WorkloadKey> = new Set();

/** Hours at a place that make it more than a passing use. */
export const SETTLED_HOURS = 2;

class AnchorIndex {
  readonly byPlace = new Map<string, AnchoredThere[]>();
  readonly population = new Map<string, Set<WorkloadKey>>();
  readonly endpointUsers = new Map<string, Set<WorkloadKey>>();
  readonly natUsers = new Map<string, Set<WorkloadKey>>();
  /** Settled workloads by place, account and Region (empty where unknown). */
  private readonly settled = new Map<string, Map<string, number>>();

  add({ workload, region, anchors, endpointOwners }: AnchorSummary): void {
    const key = workloadKey(workload);
    const { account } = workload;
    for (const { place, isPublic, hours, natAccounts } of anchors) {
      push(this.byPlace, place, { key, workload, region, hours });
      if (hours >= SETTLED_HOURS) this.settle(place, account, region);
      if (!isPublic) continue;
      put(this.population, `${account}/`, key);
      if (region) put(this.population, `${account}/${region}`, key);
      for (const owner of natAccounts) put(this.natUsers, `${account}/${owner}`, key);
    }
    for (const owner of endpointOwners) put(this.endpointUsers, `${account}/${owner}`, key);
  }

  settledAt(place: string, account: string, region: string | null): number {
    const byRegion = this.settled.get(`${place} ${account}`) ?? new Map<string, number>();
    if (region !== null) return (byRegion.get(region) ?? 0) + (byRegion.get('') ?? 0);
    return [...byRegion.values()].reduce((sum, count) => sum + count, 0);
  }

  private settle(place: string, account: string, region: string | null): void {
    const byRegion = this.settled.get(`${place} ${account}`) ?? new Map<string, number>();
    this.settled.set(`${place} ${account}`, byRegion.set(region ?? '', (byRegion.get(region ?? '') ?? 0) + 1));
  }
}

function put(sets: Map<string, Set<string>>, key: string, member: string): void {
  const set = sets.get(key);
  if (set) set.add(member);
  else sets.set(key, new Set([member]));
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
