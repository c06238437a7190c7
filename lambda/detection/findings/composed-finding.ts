import type { Judgement, Verdict } from '../judge/judge';
import { couldMove } from '../judge/moved-egress';
import type { Peers } from '../judge/peers';
import { Strength } from '../judge/plausibility';
import type { Finding } from '../model/finding';
import { originText } from '../model/origin';
import type { WorkloadKey } from '../model/workload';
import { undeclaredAddress } from './undeclared-egress';

const HOUR = 3_600_000;

/** A finding, and what groups are made by: plain data, so that findings can be grouped elsewhere than they were composed. */
export interface ComposedFinding {
  readonly finding: Finding;
  readonly workload: WorkloadKey;
  /** The origin as text. */
  readonly place: string;
  /** First suspicious sighting there, in epoch milliseconds. */
  readonly first: number;
  readonly ownerWhy: string;
  /** See `undeclaredAddress`. */
  readonly undeclared: string | null;
  /** Where the workload may have moved with others. */
  readonly move: Move | null;
}

/** A move from the address of the first use to another address of AWS. */
interface Move {
  /** Partition, old and new origin. */
  readonly key: string;
  readonly from: string;
  /** Workloads anchored at the old address. */
  readonly anchored: number;
}

/** What `groupFindings` needs besides the finding. */
export function groupingOf(verdict: Verdict, judgement: Judgement, peers: Peers): Omit<ComposedFinding, 'finding'> {
  return {
    workload: judgement.history.key,
    place: originText(verdict.origin),
    first: verdict.first.event.time,
    ownerWhy: verdict.owner.why,
    undeclared: undeclaredAddress({ verdict, judgement }),
    move: moveOf(verdict, judgement, peers),
  };
}

function moveOf(verdict: Verdict, judgement: Judgement, peers: Peers): Move | null {
  const { anchor, origin, owner } = verdict;
  if (
    origin.kind !== 'public' ||
    verdict.rule !== 'unexplained' ||
    anchor === null ||
    anchor.claim.strength === Strength.none
  )
    return null;
  if (owner.ownership === 'outside-aws' || owner.ownership === 'unknown' || verdict.strength === Strength.none)
    return null;
  if (wentBack(verdict, judgement) || !couldMove({ verdict, judgement }, peers)) return null;
  const from = originText(anchor.origin);
  const key = `${judgement.history.workload.partition} ${anchor.origin.key} ${origin.key}`;
  return { key, from, anchored: peers.anchoredAt(from).length };
}

/** A fleet that moved is not seen at its old address again; one whose keys were stolen is. */
function wentBack({ anchor, first }: Verdict, { history }: Judgement): boolean {
  const hour = Math.floor(first.event.time / HOUR);
  return history.sightings.some(
    ({ origin, event }) => origin.key === anchor?.origin.key && Math.floor(event.time / HOUR) > hour,
  );
}
