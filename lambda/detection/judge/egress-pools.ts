import { claimOf, Strength, type NetworkContext } from './plausibility';
import { type Subject } from './subject';
import { mayAnchor, type Anchor } from './anchors';
import { relayedOrigins } from './relayed-origins';
import { egressPlace } from '../model/origin';
import type { WorkloadKey } from '../model/workload';

/** How one workload uses the addresses of a path; see `egressPlace`. */
export interface EgressUse {
  /** Its first plausible addresses there, besides its anchor. */
  readonly uses: readonly string[];
  /** Whether it changed between addresses, back and forth. */
  readonly alternates: boolean;
}

/** Addresses of one workload that are compared with those of others. */
const MOST_USES = 16;
/** Changes between addresses that show more than a move or one episode elsewhere. */
const CHANGES = 3;
/** Hours at its anchor after which a workload that never changed counts as one that does not. */
export const OBSERVED_HOURS = 4;

const NEARLY_ALL = 0.9;
/** Workloads that were all first seen at one address and must use another in turn before the two are a pool. */
const FROM_ONE_ADDRESS = 5;

/** Own addresses are no egress, and implausible ones show nothing. */
export function egressUseOf(subject: Subject, anchor: Anchor, network: NetworkContext): EgressUse {
  const relayed = relayedOrigins(subject, network);
  const shared = new Map<string, boolean>();
  const order: string[] = [];
  for (const sighting of subject.history.sightings) {
    const { origin, event } = sighting;
    if (origin.path !== anchor.origin.path || !mayAnchor(sighting, relayed)) continue;
    if (!shared.has(origin.key)) {
      const { strength } = claimOf({ ...sighting, time: event.time }, subject, network);
      shared.set(origin.key, strength > Strength.none && strength < Strength.own);
    }
    const place = egressPlace(origin);
    if (shared.get(origin.key) && order.at(-1) !== place) order.push(place);
  }
  const places = new Set(order);
  const alternates = order.length > CHANGES && order.length > places.size;
  places.delete(egressPlace(anchor.origin));
  return { uses: [...places].slice(0, MOST_USES), alternates };
}

/** Addresses that the workloads behind them use in turn, as those of a NAT gateway or a proxy with several. */
export interface EgressPool {
  readonly addresses: ReadonlySet<string>;
  /** Workloads seen to change between them, back and forth. */
  readonly workloads: number;
}

interface Member extends EgressUse {
  readonly key: WorkloadKey;
  readonly place: string;
  readonly hours: number;
}

/** The pools of one account and kind of workload. */
export class EgressPools {
  private readonly members = new Map<string, Member[]>();
  private pools: ReadonlyMap<string, EgressPool> | null = null;

  constructor(private readonly minimumWorkloads: number) {}

  add(member: Member): void {
    const there = this.members.get(member.place);
    if (there) there.push(member);
    else this.members.set(member.place, [member]);
    this.pools = null;
  }

  at(place: string): EgressPool | null {
    this.pools ??= this.find();
    return this.pools.get(place) ?? null;
  }

  /** The addresses whose workloads decide whether this one belongs to a pool. */
  around(place: string): ReadonlySet<string> {
    const found = new Set([place]);
    for (const one of found)
      for (const { uses } of this.members.get(one) ?? []) for (const other of uses) found.add(other);
    return found;
  }

  private find(): ReadonlyMap<string, EgressPool> {
    const pools = new Map<string, EgressPool>();
    const seen = new Set<string>();
    const linked = this.links();
    for (const place of linked.keys()) {
      if (seen.has(place)) continue;
      const addresses = new Set([place]);
      for (const one of addresses) for (const other of linked.get(one) ?? []) addresses.add(other);
      for (const one of addresses) seen.add(one);
      const pool = this.poolOf(addresses);
      for (const one of pool?.addresses ?? []) if (pool) pools.set(one, pool);
    }
    return pools;
  }

  /** Two addresses are linked where a workload anchored at each uses the other, too. */
  private links(): ReadonlyMap<string, ReadonlySet<string>> {
    const used = new Map<string, Set<string>>();
    for (const [place, members] of this.members) used.set(place, new Set(members.flatMap(({ uses }) => uses)));
    const mutual = (place: string, uses: ReadonlySet<string>): Set<string> =>
      new Set([...uses].filter((other) => used.get(other)?.has(place)));
    return new Map([...used].map(([place, uses]) => [place, mutual(place, uses)]));
  }

  /**
   * Most workloads must change between the addresses, and an address belongs to them that is used by about as many as the
   * others are: one that an attacker uses with the credentials of a few is not. At one where no workload was first seen,
   * it must be nearly all, and of more workloads where they were all first seen at one address.
   */
  private poolOf(addresses: ReadonlySet<string>): EgressPool | null {
    const observed = [...addresses]
      .flatMap((place) => this.members.get(place) ?? [])
      .filter(({ alternates, hours }) => alternates || hours >= OBSERVED_HOURS);
    const workloads = observed.filter(({ alternates }) => alternates).length;
    const minimum = addresses.size === 1 ? Math.max(this.minimumWorkloads, FROM_ONE_ADDRESS) : this.minimumWorkloads;
    if (workloads < Math.max(minimum, observed.length / 2)) return null;
    const users = new Map<string, number>();
    for (const { place, uses } of observed)
      for (const one of [place, ...uses]) users.set(one, (users.get(one) ?? 0) + 1);
    const all = [...addresses].reduce((sum, place) => sum + (users.get(place) ?? 0), 0);
    const usual = all / addresses.size;
    const needed = (place: string): number => Math.max(minimum, usual * this.shareOf(place, addresses));
    const used = [...users].filter(([place, count]) => count >= needed(place));
    return used.length < 2 ? null : { addresses: new Set(used.map(([place]) => place)), workloads };
  }

  /** Which share of the usual number of workloads must use an address for it to belong to a pool. */
  private shareOf(place: string, linked: ReadonlySet<string>): number {
    if (linked.has(place)) return 1 / 2;
    return this.members.has(place) ? Infinity : NEARLY_ALL;
  }
}
