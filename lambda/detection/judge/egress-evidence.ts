import type { Anchor, Anchors } from './anchors';
import type { EgressPool } from './egress-pools';
import { claimOf, Strength, type Use } from './plausibility';
import type { RuleInput } from './rule';
import { type Subject } from './subject';
import { egressPlace, originText, type SeenOrigin } from '../model/origin';
import { EVERY_ACCOUNT, SETTLED_HOURS, type Peers } from './peers';
import { isoTime } from '../model/event-time';
import { holdsAt, strictlyHoldsAt, type Tenure } from '../network/address-tenure';
import { heldAt } from '../network/tenures-in-time';

/** Workloads that must be anchored at NAT gateways of another account before it counts as the egress account. */
const EGRESS_ACCOUNT = 3;

/**
 * Whether enough other workloads of the account and VPC (Region where the VPC is unknown) are anchored at the address, each
 * seen there in two different hours.
 */
export function egressByCount(
  origin: SeenOrigin,
  time: number,
  subject: Subject,
  peers: Peers,
): { reached: boolean; why: string } {
  const ip = origin.address;
  const { history } = subject;
  const { account } = history.workload;
  const holder = holderOf(origin, time, subject, peers);
  if (holder?.holder.kind === 'instance' && !peers.book.forwards(holder.account, holder.holder.id, time)) {
    return { reached: false, why: `${ip} belongs to ${holder.holder.id} alone` };
  }
  const lost = peers.book.lostAt(ip, time);
  if (lost !== null) return { reached: false, why: `${ip} was given up at ${isoTime(lost)}` };
  const place = egressPlace(origin);
  const others = peers.settledAt(place, account, subject) - Number(isSettledAt(place, peers.anchors(history)));
  const { minimumWorkloads, share } = peers.settings.sharedEgress;
  const needed = Math.max(minimumWorkloads, Math.ceil(share * peers.population(account, subject)));
  const why = `${others} other workloads of the account are anchored at ${ip} and were seen there in two hours; ${needed} are needed`;
  return { reached: others >= needed, why };
}

function holderOf(origin: SeenOrigin, time: number, { life }: Subject, { book }: Peers): Tenure | null {
  const ip = origin.address;
  if (origin.kind === 'public') return book.holderOf(ip, time);
  const vpcId = life?.vpcId ?? book.endpoints.get(origin.endpoint)?.vpcId ?? '';
  const held = heldAt(book.privateByVpc.get(`${vpcId} ${ip}`), time);
  return held.findLast((tenure) => strictlyHoldsAt(tenure, time)) ?? null;
}

function isSettledAt(place: string, anchors: Anchors): boolean {
  return [...anchors.values()].some(({ origin, hours }) => egressPlace(origin) === place && hours >= SETTLED_HOURS);
}

/** Why an address is shared egress: a NAT gateway of an account in the organisation, used by other workloads of this account. */
export function egressOfAccount(origin: SeenOrigin, time: number, subject: Subject, peers: Peers): string | null {
  const nat = heldAt(peers.book.byAddress.get(origin.address), time).find(
    (tenure) => tenure.holder.kind === 'nat-gateway' && strictlyHoldsAt(tenure, time),
  );
  if (!nat || nat.account === subject.history.workload.account || peers.organization.standing(nat.account) !== 'ours')
    return null;
  const othersOf = (account: string): number => {
    const users = peers.anchoredAtNatOf(account, nat.account);
    return users.size - Number(users.has(subject.history.key));
  };
  const gateway = `${nat.holder.id} is a NAT gateway of account ${nat.account}`;
  const own = othersOf(subject.history.workload.account);
  if (own >= EGRESS_ACCOUNT) return `${gateway}, which ${own} other workloads of the account use for egress`;
  const all = othersOf(EVERY_ACCOUNT);
  return all < EGRESS_ACCOUNT ? null : `${gateway}, which ${all} other workloads of the organisation use for egress`;
}

/**
 * Why an address is shared egress: it is a NAT gateway's in the VPC through which the workload first called, wherever the
 * workload is itself. Not where another origin has the better claim to that first use.
 */
export function egressBeside({ origin, time, learned, peers }: RuleInput): string | null {
  const home = origin.path === null ? undefined : learned.anchors.get(origin.path);
  if (!home || learned.displaced.has(home.origin.path ?? 'endpoint')) return null;
  const first = natsAt(home.origin, peers).filter((tenure) => holdsAt(tenure, home.sighting.event.time));
  const beside = natsAt(origin, peers).find(
    (tenure) =>
      strictlyHoldsAt(tenure, time) &&
      tenure.vpcId !== null &&
      first.some(({ account, vpcId }) => account === tenure.account && vpcId === tenure.vpcId),
  );
  if (!beside) return null;
  return `${beside.holder.id} is in ${beside.vpcId ?? ''}, whose NAT gateway at ${originText(home.origin)} the workload first called through`;
}

function natsAt({ kind, address }: SeenOrigin, { book }: Peers): readonly Tenure[] {
  const held = (kind === 'public' ? book.byAddress : book.privateNat).get(address) ?? [];
  return held.filter(({ holder }) => holder.kind === 'nat-gateway');
}

/** Why an address is shared egress: the workloads behind the anchor's address use both in turn. */
export function egressInTurn({ origin, role, time }: Use, subject: Subject, peers: Peers): string | null {
  const anchor = origin.path === null ? undefined : peers.anchors(subject.history).get(origin.path);
  const pool = anchor && samePool(anchor, origin, subject, peers);
  if (peers.book.lostAt(origin.address, time) !== null) return null;
  if (!anchor || !pool || claimOf({ origin, role, time }, subject, peers).strength === Strength.none) return null;
  return `${pool.workloads} workloads of the account use ${pool.addresses.size} addresses in turn, ${originText(anchor.origin)} and ${originText(origin)} among them`;
}

/** The pool to which an anchor and an origin both belong. */
export function samePool(
  { origin: home }: Anchor,
  origin: SeenOrigin,
  subject: Subject,
  peers: Peers,
): EgressPool | null {
  const pool = peers.egressPool(egressPlace(home), subject.history.workload);
  return pool?.addresses.has(egressPlace(origin)) && pool.addresses.has(egressPlace(home)) ? pool : null;
}
