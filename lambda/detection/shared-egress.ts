import type { Claimant } from './claims';
import type { SeenOrigin } from './origin';
import type { Surroundings } from './surroundings';
import { strictlyHoldsAt } from './tenure';

/** How many workloads of an account must be anchored at NAT gateways of another account to make it the egress account. */
const EGRESS_ACCOUNT = 3;
const REPEATED = 2;

/** S3: the anchor of enough other workloads of the account and Region, each seen there in two different hours. */
export function egressByCount(
  origin: SeenOrigin,
  time: number,
  who: Claimant,
  around: Surroundings,
): { reached: boolean; why: string } {
  const ip = origin.ip ?? '';
  const { account } = who.history.workload;
  const holder = around.book.holderOf(ip, time);
  if (holder?.holder.kind === 'instance' && !around.book.forwards(holder.account, holder.holder.id, time)) {
    return { reached: false, why: `${ip} sits on ${holder.holder.id} alone` };
  }
  const others = around
    .anchoredAt(ip)
    .filter(
      ({ key, workload, region, hours }) =>
        key !== who.history.key && workload.account === account && sameRegion(region, who.region) && hours >= REPEATED,
    );
  const { minimumWorkloads, share } = around.settings.sharedEgress;
  const needed = Math.max(minimumWorkloads, Math.ceil(share * around.population(account, who.region)));
  const why = `${others.length} other workloads of the account are anchored at ${ip} and were seen there in two hours; ${needed} are needed`;
  return { reached: others.length >= needed, why };
}

function sameRegion(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}

/** A NAT address of an account of the organisation by which workloads of this account are known to leave. */
export function egressOfAccount(origin: SeenOrigin, time: number, who: Claimant, around: Surroundings): string | null {
  const nat = (around.book.byAddress.get(origin.ip ?? '') ?? []).find(
    (tenure) => tenure.holder.kind === 'nat-gateway' && strictlyHoldsAt(tenure, time),
  );
  if (!nat || around.organization.standing(nat.account) !== 'ours') return null;
  const users = around.anchoredAtNatOf(who.history.workload.account, nat.account);
  const others = users.size - Number(users.has(who.history.key));
  if (others < EGRESS_ACCOUNT) return null;
  return `${nat.holder.id} is a NAT gateway of account ${nat.account}, by which ${others} other workloads of the account leave`;
}
