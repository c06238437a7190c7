import type { Anchors } from './anchors';
import type { Subject } from './plausibility';
import { originText, type SeenOrigin } from '../model/origin';
import { SETTLED_HOURS, type Peers } from './peers';
import { strictlyHoldsAt } from '../network/address-tenure';

/** How many workloads of an account must be anchored at NAT gateways of another account to make it the egress account. */
const EGRESS_ACCOUNT = 3;

/** S3: the anchor of enough other workloads of the account and Region, each seen there in two different hours. */
export function egressByCount(
  origin: SeenOrigin,
  time: number,
  who: Subject,
  around: Peers,
): { reached: boolean; why: string } {
  const ip = origin.ip ?? '';
  const { history, region } = who;
  const { account } = history.workload;
  const holder = around.book.holderOf(ip, time);
  if (holder?.holder.kind === 'instance' && !around.book.forwards(holder.account, holder.holder.id, time)) {
    return { reached: false, why: `${ip} sits on ${holder.holder.id} alone` };
  }
  const others = around.settledAt(ip, account, region) - Number(isSettledAt(ip, around.anchors(history)));
  const { minimumWorkloads, share } = around.settings.sharedEgress;
  const needed = Math.max(minimumWorkloads, Math.ceil(share * around.population(account, region)));
  const why = `${others} other workloads of the account are anchored at ${ip} and were seen there in two hours; ${needed} are needed`;
  return { reached: others >= needed, why };
}

function isSettledAt(ip: string, anchors: Anchors): boolean {
  return [...anchors.values()].some(({ origin, hours }) => originText(origin) === ip && hours >= SETTLED_HOURS);
}

/** A NAT address of an account of the organisation by which workloads of this account are known to leave. */
export function egressOfAccount(origin: SeenOrigin, time: number, who: Subject, around: Peers): string | null {
  const nat = (around.book.byAddress.get(origin.ip ?? '') ?? []).find(
    (tenure) => tenure.holder.kind === 'nat-gateway' && strictlyHoldsAt(tenure, time),
  );
  if (!nat || around.organization.standing(nat.account) !== 'ours') return null;
  const users = around.anchoredAtNatOf(who.history.workload.account, nat.account);
  const others = users.size - Number(users.has(who.history.key));
  if (others < EGRESS_ACCOUNT) return null;
  return `${nat.holder.id} is a NAT gateway of account ${nat.account}, by which ${others} other workloads of the account leave`;
}
