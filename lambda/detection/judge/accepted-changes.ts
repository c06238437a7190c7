import { anchorsOf } from './anchors';
import { buildBook } from '../network/build-book';
import {
  claimOf,
  endpointStanding,
  networkContextOf,
  Strength,
  type Subject,
  type NetworkContext,
} from './plausibility';
import { awsClaim } from './plausibility';
import type { Caller, Change, ForeignKey, Issuance } from '../facts/facts';
import type { Histories, History } from '../facts/workload-history';
import type { IpRanges } from '../model/ip-ranges';
import type { NetworkBook } from '../network/network-book';
import type { Organization } from '../model/settings';
import { originOf, type SeenOrigin } from '../model/origin';
import { parseSessionArn } from '../model/session-arn';
import type { Settings } from '../model/settings';
import { slotOf } from './plausibility';
import type { Source } from '../model/origin';
import { subjectOf } from './plausibility';
import { workloadKey, type WorkloadKey } from '../model/workload';

/** A change that builds nothing, because a workload session made it away from its base: evidence against both sides. */
export interface RejectedChange {
  readonly change: Change;
  readonly madeBy: WorkloadKey;
}

export interface NetworkFacts {
  readonly ground: NetworkContext;
  readonly rejected: readonly RejectedChange[];
}

/**
 * S1: the book from changes that no workload session made, then from those that workload sessions made at their own
 * base, as that first book shows it. Whoever holds stolen keys can therefore not build his own alibi.
 */
export function networkFactsOf(
  changes: Iterable<Change>,
  histories: Histories,
  foreignKeys: ReadonlyMap<string, ForeignKey>,
  given: { readonly settings: Settings; readonly ipRanges: IpRanges | null; readonly organization: Organization },
): NetworkFacts {
  const byOthers: Change[] = [];
  const byWorkloads: { change: Change; maker: Maker }[] = [];
  for (const change of changes) {
    const maker = makerOf(change.by, histories, foreignKeys);
    if (maker) byWorkloads.push({ change, maker });
    else byOthers.push(change);
  }
  const suspected = byWorkloads.map(({ change }) => change);
  const ground = networkContextOf(given.settings, given.ipRanges, given.organization, buildBook(byOthers, suspected));
  const base = new Base(ground);
  const fromBase = byWorkloads.filter(({ change, maker }) => base.holds(change, maker));
  const accepted = new Set(fromBase.map(({ change }) => change));
  const rejected = byWorkloads
    .filter(({ change }) => !accepted.has(change))
    .map(({ change, maker }) => ({ change, madeBy: maker.history.key }));
  const builtOf = (): NetworkBook =>
    buildBook(
      [...byOthers, ...accepted],
      rejected.map(({ change }) => change),
    );
  return { ground: fromBase.length === 0 ? ground : { ...ground, book: builtOf() }, rejected };
}

/** Who made a change, and the issuance of the key that began it. */
interface Maker {
  readonly history: History;
  readonly issuance: Issuance | null;
}

/**
 * The workload whose session made a change, or began the chain of sessions that did, however long a thief makes it. A
 * look-alike counts: its changes need a base too.
 */
function makerOf(
  by: Caller | null,
  { byWorkload, prover }: Histories,
  foreignKeys: ReadonlyMap<string, ForeignKey>,
): Maker | null {
  for (const caller of chainOf(by, foreignKeys)) {
    const proof = prover.prove(caller);
    const workload = proof?.workload ?? (prover.isDisproved(caller) ? null : caller.workload);
    const history = workload ? byWorkload.get(workloadKey(workload)) : undefined;
    if (history) return { history, issuance: proof?.issuance ?? null };
  }
  return null;
}

/** A caller, who asked for its key, who asked for that one's, and so on; a cycle ends it. */
function* chainOf(by: Caller | null, foreignKeys: ReadonlyMap<string, ForeignKey>): Generator<Caller> {
  const seen = new Set<Caller>();
  for (let caller = by; caller && !seen.has(caller); caller = foreignKeys.get(caller.accessKeyId ?? '')?.by ?? null) {
    seen.add(caller);
    yield caller;
  }
}

/** Where a workload may change its own network from: its addresses, its NAT, declared networks, its earliest plausible origins. */
class Base {
  private readonly makers = new Map<WorkloadKey, { who: Subject; anchored: ReadonlySet<string> }>();

  constructor(private readonly ground: NetworkContext) {}

  holds({ by, time }: Change, { history: maker, issuance }: Maker): boolean {
    if (!by) return false;
    const origin = originOf(by.source, this.ground.privateNetworks);
    if (origin.kind === 'service') return origin.attributed;
    const { who, anchored } = this.of(maker);
    if (anchored.has(slotOf(origin, who, this.ground)) || this.isKindsOwn(origin, by, who)) return true;
    if (issuance?.asked && this.isAskedFrom(origin, issuance.asked.source, who)) return true;
    const role = parseSessionArn(by.sessionArn)?.role ?? '';
    return claimOf({ origin, role, time }, who, this.ground).strength >= Strength.declared;
  }

  /** Kinds without an address of their own may change things from where they may call. */
  private isKindsOwn(origin: SeenOrigin, by: Caller, who: Subject): boolean {
    const { kind, workload } = who.history;
    if (kind.lockPolicy(workload) !== 'aws-address') return false;
    if (origin.kind === 'endpoint') return endpointStanding(origin, who, this.ground) === 'ours';
    return origin.kind === 'public' && awsClaim(origin.ip ?? '', by.region, who, this.ground).trusted;
  }

  /** A key may be used for changes where it was asked for, if that is plausible. */
  private isAskedFrom(origin: SeenOrigin, source: Source, who: Subject): boolean {
    const asked = originOf(source, this.ground.privateNetworks);
    const slot = slotOf(asked, who, this.ground);
    if (slot !== slotOf(origin, who, this.ground)) return false;
    const isOurs = asked.kind === 'endpoint' && endpointStanding(asked, who, this.ground) === 'ours';
    return isOurs || this.of(who.history).anchored.has(slot);
  }

  private of(maker: History): { readonly who: Subject; readonly anchored: ReadonlySet<string> } {
    const known = this.makers.get(maker.key);
    if (known) return known;
    const who = subjectOf(maker, this.ground);
    const anchors = [...anchorsOf(who, this.ground).values()];
    const found = { who, anchored: new Set(anchors.map(({ origin }) => slotOf(origin, who, this.ground))) };
    this.makers.set(maker.key, found);
    return found;
  }
}
