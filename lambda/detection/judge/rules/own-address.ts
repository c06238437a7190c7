import { ownAddress } from '../plausibility';
import { ruledOut, trusted, type RuleInput, type Rule, type RuleAnswer } from '../rule';
import { rejectedText, type RejectedChange } from '../rejected-change';
import { isoTime } from '../../model/event-time';
import type { Tenure } from '../../network/address-tenure';
import { heldAt, tenuresAt } from '../../network/tenures-in-time';

/** An address that belonged to the workload at the time of the call, according to the records. */
export const ownAddressRule: Rule = { name: 'own-address', apply };

function apply(input: RuleInput): RuleAnswer {
  const claim = ownAddress(input.origin, input.time, input.subject, input.peers);
  if (!claim) return input.origin.path === null ? [] : ruledOut('own-address', () => whyNot(input));
  return trusted(claim.because ?? 'own-address', claim.why, claim.events, tenureOf(input)?.until ?? null);
}

function tenureOf({ subject, origin, time }: RuleInput): Tenure | null {
  const had = tenuresAt(subject.life?.tenures ?? [], origin.address);
  return heldAt(had, time).at(-1) ?? had.at(-1) ?? null;
}

/** A rejected change before the call that names the address. */
function rejectedGift({ origin, subject, peers, time }: RuleInput): RejectedChange | undefined {
  const ip = origin.address;
  const names = ({ change: { publicIps, interfaces } }: RejectedChange): boolean =>
    publicIps.includes(ip) || interfaces.some(({ privateIps, ipv6 }) => privateIps.includes(ip) || ipv6.includes(ip));
  return peers.rejectedChanges(subject.history).findLast((one) => one.change.time <= time && names(one));
}

function whyNot(input: RuleInput): string {
  const had = tenureOf(input);
  if (had && had.until !== null && had.until < input.time)
    return `it had ${had.address} only until ${isoTime(had.until)}`;
  if (had) return `it has ${had.address} only since ${isoTime(had.since)}`;
  const held = input.peers.book.holderOf(input.origin.address, input.time);
  if (held && held.holder.id !== input.subject.history.workload.id)
    return `${held.holder.id} of account ${held.account} had the address at the time`;
  const given = rejectedGift(input);
  if (given) return rejectedText(given);
  const known = input.subject.life?.tenures.length ?? 0;
  return known === 0
    ? 'no record gives the workload any address'
    : `none of the ${known} addresses the records gave it`;
}
