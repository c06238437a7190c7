import { anchorsOf, type Anchor, type Anchors } from './anchors';
import { Census, type Place } from './census';
import { egressUseOf, EgressPools, type EgressPool, type EgressUse } from './egress-pools';
import { isEgressPath, type NetworkContext } from './plausibility';
import { successorOf } from './successor';
import { subjectOf } from './subject';
import { type Subject } from './subject';
import type { HistoriesByWorkload, History } from '../facts/workload-history';
import { isIPv6 } from '../model/address';
import { egressPlace, originText, type Path } from '../model/origin';
import { receivedAddresses, type ReceivedAddress } from './received-addresses';
import { usesEks } from './relayed-origins';
import { heldAt } from '../network/tenures-in-time';
import { instanceKey } from '../network/network-book';
import type { NetworkFacts } from './accepted-changes';
import { byTime, type RejectedChange } from './rejected-change';
import { workloadKey, type Workload, type WorkloadKey } from '../model/workload';
import { compareText } from '../model/compare-text';

/** One workload's anchor at an address. */
export interface AnchoredWorkload {
  readonly key: WorkloadKey;
  readonly workload: Workload;
  readonly region: string | null;
  readonly hours: number;
  /** Pods of a cluster call from its address as well. */
  readonly isNode: boolean;
  readonly isRivalled: boolean;
  /** The paths it is anchored on. */
  readonly paths: ReadonlySet<Path>;
}

/** The facts about one workload that judging others needs: where it is anchored, and whose endpoints it uses. */
export interface AnchorSummary {
  readonly workload: Workload;
  readonly region: string | null;
  readonly vpcId: string | null;
  readonly isNode: boolean;
  readonly anchors: readonly {
    readonly place: string;
    readonly isPublic: boolean;
    /** Where the anchor is counted as shared egress: see `egressPlace`. */
    readonly egressPlace: string;
    readonly hours: number;
    /** True if another origin of the workload has a better claim: see `rivalledFirstUses`. */
    readonly isRivalled: boolean;
    /** The place of its successor: see `successorOf`. */
    readonly successor: string | null;
    /** Accounts whose NAT gateway had the address. */
    readonly natAccounts: readonly string[];
    /** Null where it is neither a public address nor one at an endpoint of the organisation. */
    readonly egress: EgressUse | null;
  }[];
  /** Elastic IP addresses that it received, by their addresses as its own calls show them. */
  readonly received: readonly ReceivedAddress[];
  /** Of endpoints it is anchored at. */
  readonly endpointOwners: readonly string[];
  /** Of all endpoints it was seen at. */
  readonly endpointUses: readonly string[];
}

/** An address as one workload received it. */
export interface ReceivedByWorkload extends ReceivedAddress {
  readonly key: WorkloadKey;
  readonly account: string;
}

/** The network, and where the other workloads are anchored; never their verdicts. */
export interface Peers extends NetworkContext {
  subject(history: History): Subject;
  anchors(history: History): Anchors;
  /** Workloads anchored at a public address, at an endpoint and private address (`vpce-…/10.0.0.5`), or at an endpoint, by key. */
  anchoredAt(place: string): readonly AnchoredWorkload[];
  /** At how many places workloads of an account settled after a first use at a place: see `successorOf`. */
  successorsOf(place: string, account: string): number;
  /** Workloads that received a public address, by time: see `receivedAddresses`. */
  receivedAt(address: string): readonly ReceivedByWorkload[];
  /** Null for workloads of which only the anchor summary is known. */
  historyOf(key: WorkloadKey): History | null;
  /** A cache: see `rivalledPlaces`. */
  readonly rivalled: Map<WorkloadKey, ReadonlySet<string>>;
  /** How many workloads of an account, near another, are anchored at a place where they were seen in two different hours. */
  settledAt(place: string, account: string, near: Place): number;
  /** How many workloads of an account, near another, are anchored at any public address. */
  population(account: string, near: Place): number;
  /** Workloads of `account` that are anchored at VPC endpoints of `owner`. */
  endpointUsers(account: string, owner: string): ReadonlySet<WorkloadKey>;
  /** Workloads of `account` that were seen at VPC endpoints of `owner`. */
  endpointUses(account: string, owner: string): ReadonlySet<WorkloadKey>;
  /** The workloads of `account`, or of all others (`EVERY_ACCOUNT`), that are anchored at NAT gateways of `egressAccount`. */
  anchoredAtNatOf(account: string, egressAccount: string): ReadonlySet<WorkloadKey>;
  /** The pool an egress place belongs to, among the workloads of an account and kind. */
  egressPool(place: string, of: Workload): EgressPool | null;
  /** The addresses whose workloads decide about that pool. */
  aroundEgress(place: string, of: Workload): ReadonlySet<string>;
  /** Rejected changes that were made with the workload's credentials or name its instance, by time. */
  rejectedChanges(history: History): readonly RejectedChange[];
}

/** `elsewhere`: anchor summaries of workloads without a history here; of those with one they are ignored. */
export function peersOf(
  histories: HistoriesByWorkload,
  { network, rejected }: NetworkFacts,
  elsewhere: Iterable<AnchorSummary> = [],
): Peers {
  const rejectedFor = byConcerned(rejected);
  const index = new AnchorIndex(network.settings.sharedEgress.minimumWorkloads);
  const anchors = new Map<WorkloadKey, Anchors>();
  const subjects = new WeakMap<History, Subject>();
  const subjectBy = (history: History): Subject => {
    const subject = subjects.get(history) ?? subjectOf(history, network);
    subjects.set(history, subject);
    return subject;
  };
  for (const history of histories.values()) {
    const subject = subjectBy(history);
    const own = anchorsOf(subject, network);
    anchors.set(history.key, own);
    index.add(anchorSummaryOf(subject, own, network));
  }
  for (const summary of elsewhere) if (!anchors.has(workloadKey(summary.workload))) index.add(summary);
  for (const there of index.byPlace.values()) there.sort((a, b) => compareText(a.key, b.key));
  for (const there of index.received.values())
    there.sort((a, b) => a.time - b.time || compareText(a.eventId, b.eventId));
  return {
    ...network,
    historyOf: (key) => histories.get(key) ?? null,
    rivalled: new Map(),
    subject: subjectBy,
    anchors: (history) => anchors.get(history.key) ?? new Map(),
    anchoredAt: (place) => index.byPlace.get(place) ?? [],
    successorsOf: (place, account) => index.successors.get(`${place} ${account}`)?.size ?? 0,
    receivedAt: (address) => index.received.get(address) ?? [],
    settledAt: (place, account, near) => index.settled.near(`${place} ${account}`, near),
    population: (account, near) => index.population.near(account, near),
    endpointUsers: (account, owner) => index.endpointUsers.get(`${account}/${owner}`) ?? NONE,
    endpointUses: (account, owner) => index.endpointUses.get(`${account}/${owner}`) ?? NONE,
    egressPool: (place, of) => index.pools(of)?.at(place) ?? null,
    aroundEgress: (place, of) => index.pools(of)?.around(place) ?? new Set([place]),
    rejectedChanges: ({ key, workload: { account, id } }) => {
      const found = [...(rejectedFor.get(key) ?? []), ...(rejectedFor.get(instanceKey(account, id)) ?? [])];
      return [...new Set(found)].sort(byTime);
    },
    anchoredAtNatOf: (account, egressAccount) => index.natUsers.get(`${account}/${egressAccount}`) ?? NONE,
  };
}

/** By the workload that made them, and by the instance they name. */
function byConcerned(rejected: readonly RejectedChange[]): ReadonlyMap<string, readonly RejectedChange[]> {
  const concerning = new Map<string, RejectedChange[]>();
  for (const one of rejected)
    for (const key of [one.madeBy, instanceKey(one.change.account, one.change.instanceId ?? '')])
      if (key !== null) push(concerning, key, one);
  return concerning;
}

/** `rivalled`: the places of rivalled first uses; left out where only workloads with a history read the summary. */
export function anchorSummaryOf(
  subject: Subject,
  anchors: Anchors,
  network: NetworkContext,
  rivalled?: ReadonlySet<string>,
): AnchorSummary {
  const { history, region, vpcId } = subject;
  return {
    workload: history.workload,
    region,
    vpcId,
    isNode: usesEks(subject),
    anchors: [...anchors.values()].map((anchor) => ({
      place: originText(anchor.origin),
      isPublic: anchor.origin.kind === 'public',
      egressPlace: egressPlace(anchor.origin),
      hours: anchor.hours,
      isRivalled: rivalled?.has(originText(anchor.origin)) ?? false,
      successor: successorPlace(anchor, subject, network),
      natAccounts: natAccountsOf(anchor.origin.address, anchor.sighting.event.time, network),
      egress: isEgressPath(anchor.origin, subject, network) ? egressUseOf(subject, anchor, network) : null,
    })),
    received: receivedAddresses(subject, network),
    endpointOwners: [anchors.get('endpoint')?.origin.endpointAccount ?? []].flat(),
    endpointUses: [...new Set(history.sightings.flatMap(({ origin }) => origin.endpointAccount ?? []))].sort(),
  };
}

function successorPlace(anchor: Anchor, subject: Subject, network: NetworkContext): string | null {
  const successor = successorOf(anchor, subject, network);
  return successor && originText(successor.origin);
}

function natAccountsOf(address: string, time: number, { book }: NetworkContext): string[] {
  const tenures = heldAt(book.byAddress.get(address), time).filter(({ holder }) => holder.kind === 'nat-gateway');
  return [...new Set(tenures.map(({ account }) => account))].sort();
}

/** Small accounts use the egress account that larger ones are known to use. */
export const EVERY_ACCOUNT = '*';

const NONE: ReadonlySet<WorkloadKey> = new Set();

/** Distinct hours at a place from which on a workload counts as settled there. */
export const SETTLED_HOURS = 2;

/** Where an anchor is looked up: one at an endpoint or cluster also by that alone. */
export function placesAt(place: string): string[] {
  const end = place.lastIndexOf('/');
  return end < 0 ? [place] : [place, place.slice(0, end)];
}

function pathOf({ place, isPublic }: AnchorSummary['anchors'][number]): Path {
  const [, network = place] = placesAt(place);
  if (!isPublic) return network.startsWith('arn:') ? `cluster/${network}` : 'endpoint';
  return isIPv6(place) ? 'public-ipv6' : 'public-ipv4';
}

class AnchorIndex {
  readonly byPlace = new Map<string, AnchoredWorkload[]>();
  readonly received = new Map<string, ReceivedByWorkload[]>();
  /** Places, by the place before and account. */
  readonly successors = new Map<string, Set<string>>();
  /** Workloads with a public anchor, by account. */
  readonly population = new Census();
  /** Settled workloads, by place and account. */
  readonly settled = new Census();
  readonly endpointUsers = new Map<string, Set<WorkloadKey>>();
  readonly endpointUses = new Map<string, Set<WorkloadKey>>();
  readonly natUsers = new Map<string, Set<WorkloadKey>>();
  private readonly egress = new Map<string, EgressPools>();

  constructor(private readonly minimumWorkloads: number) {}

  add({ workload, region, vpcId, isNode, anchors, received, endpointOwners, endpointUses }: AnchorSummary): void {
    const key = workloadKey(workload);
    const { account } = workload;
    for (const one of received) push(this.received, one.address, { ...one, key, account });
    this.addSuccessors(anchors, account);
    if (anchors.some(({ isPublic }) => isPublic)) this.population.add(account, { region, vpcId });
    const paths = new Set(anchors.map(pathOf));
    for (const { place, egressPlace: shared, isPublic, hours, isRivalled, natAccounts, egress } of anchors) {
      for (const at of placesAt(place))
        push(this.byPlace, at, { key, workload, region, hours, isNode, isRivalled, paths });
      if (hours >= SETTLED_HOURS) this.settled.add(`${shared} ${account}`, { region, vpcId });
      if (egress) this.poolsOf(workload).add({ key, place: shared, hours, ...egress });
      for (const owner of isPublic ? natAccounts : []) {
        put(this.natUsers, `${account}/${owner}`, key);
        if (owner !== account) put(this.natUsers, `${EVERY_ACCOUNT}/${owner}`, key);
      }
    }
    for (const owner of endpointUses) put(this.endpointUses, `${account}/${owner}`, key);
    for (const owner of endpointOwners) put(this.endpointUsers, `${account}/${owner}`, key);
  }

  private addSuccessors(anchors: AnchorSummary['anchors'], account: string): void {
    for (const { place, successor } of anchors)
      if (successor !== null) put(this.successors, `${place} ${account}`, successor);
  }

  pools({ account, kind }: Workload): EgressPools | undefined {
    return this.egress.get(`${account}/${kind}`);
  }

  private poolsOf(workload: Workload): EgressPools {
    const pools = this.pools(workload) ?? new EgressPools(this.minimumWorkloads);
    this.egress.set(`${workload.account}/${workload.kind}`, pools);
    return pools;
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
