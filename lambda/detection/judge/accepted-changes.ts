import { awsClaim } from './aws-claim';
import { anchorsOf } from './anchors';
import { buildBook } from '../network/build-book';
import {
  claimOf,
  endpointStanding,
  isInClusterNetwork,
  isThroughForeignEndpoint,
  networkContextOf,
  slotOf,
  Strength,
  type NetworkBasis,
  type NetworkContext,
} from './plausibility';
import { subjectOf } from './subject';
import { type Subject } from './subject';
import type { Caller, Change } from '../facts/facts';
import type { FactSet } from '../facts/fact-set';
import { JoinedFacts, SomeFacts, type FactList } from '../facts/packed-facts';
import { Makers, type Maker } from '../facts/makers';
import type { Histories, History } from '../facts/workload-history';
import { relayedOrigins } from './relayed-origins';
import { originOf, type SeenOrigin, type Source } from '../model/origin';
import { byGiven, byTime, rejectedChange, type RejectedChange } from './rejected-change';
import { parseSessionArn } from '../model/session-arn';
import type { WorkloadKey } from '../model/workload';

export interface NetworkFacts {
  readonly network: NetworkContext;
  readonly rejected: readonly RejectedChange[];
  readonly awayDaysOf: (history: History) => AwayDays;
}

/**
 * Builds the network book in two steps: from changes that no workload's session made, then from those that workload
 * sessions made at their own base according to the first book. Stolen credentials therefore cannot make an origin plausible.
 */
export function networkFactsOf(facts: FactSet, histories: Histories, given: NetworkBasis): NetworkFacts {
  const makers = new Makers(facts, histories);
  const made = new Map<string, { readonly change: Change; readonly madeBy: readonly Maker[] }>();
  for (const change of facts.changes) {
    const madeBy = makers.of(change);
    if (madeBy.length > 0) made.set(change.id, { change, madeBy });
  }
  const review = new ChangeReview(facts.changes, made, given);
  const rejected = [...made.values()].flatMap(({ change, madeBy }) => {
    const away = review.firstAway(madeBy);
    return away ? [review.rejection(change, away)] : [];
  });
  return review.networkFacts(rejected);
}

/** Reviews the changes that workloads' sessions made, by the network of all other changes. */
export class ChangeReview {
  private readonly byOthers: FactList<Change>;
  private readonly byWorkloads: Change[] = [];
  private readonly network: NetworkContext;
  private readonly base: Base;

  /** `made`: the ids of the changes by workloads' sessions. */
  constructor(changes: FactList<Change>, made: { has(id: string): boolean }, given: NetworkBasis) {
    const others: number[] = [];
    let index = 0;
    for (const change of changes) {
      if (made.has(change.id)) this.byWorkloads.push(change);
      else others.push(index);
      index += 1;
    }
    this.byOthers = new SomeFacts(changes, others);
    this.network = networkContextOf(given, buildBook(this.byOthers, this.byWorkloads));
    this.base = new Base(this.network);
  }

  /** The first of the makers that was away from its base; null if none was. */
  firstAway(madeBy: readonly Maker[]): Maker | null {
    return madeBy.find((maker) => !this.base.holds(maker)) ?? null;
  }

  rejection(change: Change, away: Maker): RejectedChange {
    return rejectedChange(change, away, this.network.privateNetworks);
  }

  /** The network by all changes but those rejected. */
  networkFacts(rejections: readonly RejectedChange[]): NetworkFacts {
    const rejected = [...rejections].sort(byTime);
    const ignored = rejected.map(({ change }) => change);
    const left = new Set(ignored.map(({ id }) => id));
    const accepted = this.byWorkloads.filter(({ id }) => !left.has(id));
    const { network, byOthers, base } = this;
    const book = accepted.length === 0 ? network.book : buildBook(new JoinedFacts(byOthers, accepted), ignored);
    const awayDaysOf = (history: History): AwayDays => base.awayDaysOf(history);
    return { network: { ...network, book, rejectedGifts: byGiven(rejected) }, rejected, awayDaysOf };
  }
}

interface KnownMaker {
  readonly subject: Subject;
  readonly anchored: ReadonlySet<string>;
}

/**
 * The days (since the epoch) on which a workload's sessions called from elsewhere than its base, with the first such time.
 * Days, because a service may act for hours on one call, and because the state that others depend on must change rarely.
 */
export type AwayDays = ReadonlyMap<number, number>;

const DAY = 86_400_000;

function wasAway(days: AwayDays, time: number): boolean {
  const day = Math.floor(time / DAY);
  return days.has(day - 1) || (days.get(day) ?? Infinity) <= time;
}

/** The origins from which a workload may change its own network: its addresses, NAT gateways, declared networks and anchors. */
class Base {
  private readonly makers = new Map<WorkloadKey, KnownMaker>();
  private readonly awayDays = new Map<WorkloadKey, AwayDays>();

  constructor(private readonly network: NetworkContext) {}

  /** A call by a service counts as made where the workload's sessions were when they called the service. */
  holds(maker: Maker): boolean {
    const { by, time } = maker;
    const origin = originOf(by.source, this.network.privateNetworks);
    if (origin.kind === 'service') return origin.attributed && !wasAway(this.awayDaysOf(maker.history), time);
    return this.isFromBase({ by, origin, time }, maker);
  }

  awayDaysOf(history: History): AwayDays {
    const known = this.awayDays.get(history.key);
    if (known) return known;
    const relayed = relayedOrigins(this.of(history).subject, this.network);
    const days = new Map<number, number>();
    for (const { caller: by, origin, issuance, event } of history.sightings) {
      const { time } = event;
      const day = Math.floor(time / DAY);
      if (origin.kind === 'service' || relayed.has(origin.key) || days.has(day)) continue;
      if (!this.isFromBase({ by, origin, time }, { history, issuance })) days.set(day, time);
    }
    this.awayDays.set(history.key, days);
    return days;
  }

  private isFromBase(
    { by, origin, time }: { readonly by: Caller; readonly origin: SeenOrigin; readonly time: number },
    { history: maker, issuance }: Pick<Maker, 'history' | 'issuance'>,
  ): boolean {
    const { subject, anchored } = this.of(maker);
    if (isInClusterNetwork(origin, subject)) return true;
    if (anchored.has(slotOf(origin, subject, this.network)) || this.isKindsOwn(origin, by, subject)) return true;
    if (issuance?.asked && this.isAskedFrom(origin, issuance.asked.source, subject)) return true;
    const role = parseSessionArn(by.sessionArn)?.role ?? '';
    return claimOf({ origin, role, time }, subject, this.network).strength >= Strength.declared;
  }

  /** Kinds without addresses of their own may make changes from any origin they may call from. */
  private isKindsOwn(origin: SeenOrigin, by: Caller, subject: Subject): boolean {
    const { kind, workload } = subject.history;
    if (kind.lockPolicy(workload) !== 'aws-address') return false;
    if (origin.kind === 'endpoint') return endpointStanding(origin, subject, this.network) === 'ours';
    if (isThroughForeignEndpoint(origin, subject, this.network)) return false;
    return origin.kind === 'public' && awsClaim(origin.address, by, subject, this.network).trusted;
  }

  /** Credentials may be used for changes from the origin that requested them, if that is plausible. */
  private isAskedFrom(origin: SeenOrigin, source: Source, subject: Subject): boolean {
    const asked = originOf(source, this.network.privateNetworks);
    const slot = slotOf(asked, subject, this.network);
    if (slot !== slotOf(origin, subject, this.network)) return false;
    const isOurs = asked.kind === 'endpoint' && endpointStanding(asked, subject, this.network) === 'ours';
    return isOurs || this.of(subject.history).anchored.has(slot);
  }

  private of(maker: History): KnownMaker {
    const known = this.makers.get(maker.key);
    if (known) return known;
    const subject = subjectOf(maker, this.network);
    const anchors = [...anchorsOf(subject, this.network).values()];
    const found = { subject, anchored: new Set(anchors.map(({ origin }) => slotOf(origin, subject, this.network))) };
    this.makers.set(maker.key, found);
    return found;
  }
}
