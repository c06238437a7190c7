import type { Judgement, Verdict } from './judge';
import type { Peers } from './peers';
import { strictlyHoldsAt } from '../network/address-tenure';
import { heldAt } from '../network/tenures-in-time';

/** False where the workload was terminated before, or its old address is a NAT gateway's that still stands: stolen credentials move, not the egress. */
export function couldMove(
  { verdict, judgement }: { readonly verdict: Verdict; readonly judgement: Judgement },
  { book }: Peers,
): boolean {
  const { time } = verdict.first.event;
  const terminated = judgement.subject.life?.terminated;
  if (terminated && terminated.time <= time) return false;
  const held = heldAt(book.byAddress.get(verdict.anchor?.origin.address ?? ''), time);
  return !held.some((tenure) => tenure.holder.kind === 'nat-gateway' && strictlyHoldsAt(tenure, time));
}
