import { anchorsOf } from './anchors';
import { buildBook } from './build-book';
import { claimOf, groundOf, Strength, type Claimant, type Ground } from './claims';
import type { Caller, Change, ForeignKey } from './facts';
import type { Histories, History } from './history';
import type { IpRanges } from './ip-ranges';
import type { Organization } from './organization';
import { originOf } from './origin';
import { parseSessionArn } from './session-arn';
import type { Settings } from './settings';
import { claimantOf } from './surroundings';
import { workloadKey, type WorkloadKey } from './workload';

/** A change that builds nothing, because a workload session made it away from its base: evidence against both sides. */
export interface RejectedChange {
  readonly change: Change;
  readonly madeBy: WorkloadKey;
}

export interface NetworkFacts {
  readonly ground: Ground;
  readonly rejected: readonly RejectedChange[];
}

/** How far a session may be chained from a workload's and still be taken for it. */
const HOPS = 2;

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
  const byWorkloads: { change: Change; maker: History }[] = [];
  for (const change of changes) {
    const maker = makerOf(change.by, histories, foreignKeys);
    if (maker) byWorkloads.push({ change, maker });
    else byOthers.push(change);
  }
  const ground = groundOf(given.settings, given.ipRanges, given.organization, buildBook(byOthers));
  const base = new Base(ground);
  const fromBase = byWorkloads.filter(({ change, maker }) => base.holds(change, maker));
  const accepted = new Set(fromBase.map(({ change }) => change));
  const book = fromBase.length === 0 ? ground.book : buildBook([...byOthers, ...accepted]);
  const rejected = byWorkloads
    .filter(({ change }) => !accepted.has(change))
    .map(({ change, maker }) => ({ change, madeBy: maker.key }));
  return { ground: { ...ground, book }, rejected };
}

/** The workload whose session, or whose session's session, made a change. A look-alike counts: its changes need a base too. */
function makerOf(
  by: Caller | null,
  { byWorkload, prover }: Histories,
  foreignKeys: ReadonlyMap<string, ForeignKey>,
): History | null {
  let caller = by;
  for (let hop = 0; hop <= HOPS && caller; hop += 1) {
    const proof = prover.prove(caller);
    const workload = proof?.workload ?? (prover.isDisproved(caller) ? null : caller.workload);
    const history = workload ? byWorkload.get(workloadKey(workload)) : undefined;
    if (history) return history;
    caller = foreignKeys.get(caller.accessKeyId ?? '')?.by ?? null;
  }
  return null;
}

/** Where a workload may change its own network from: its addresses, its NAT, declared networks, its earliest plausible origins. */
class Base {
  private readonly makers = new Map<WorkloadKey, { who: Claimant; anchored: ReadonlySet<string> }>();

  constructor(private readonly ground: Ground) {}

  holds({ by, time }: Change, maker: History): boolean {
    if (!by) return false;
    const origin = originOf(by.source, this.ground.privateNetworks);
    if (origin.kind === 'service') return origin.attributed;
    const { who, anchored } = this.of(maker);
    if (anchored.has(origin.key)) return true;
    const role = parseSessionArn(by.sessionArn)?.role ?? '';
    return claimOf({ origin, role, time }, who, this.ground).strength >= Strength.declared;
  }

  private of(maker: History): { readonly who: Claimant; readonly anchored: ReadonlySet<string> } {
    const known = this.makers.get(maker.key);
    if (known) return known;
    const who = claimantOf(maker, this.ground);
    const anchors = [...anchorsOf(who, this.ground).values()];
    const found = { who, anchored: new Set(anchors.map(({ origin }) => origin.key)) };
    this.makers.set(maker.key, found);
    return found;
  }
}
