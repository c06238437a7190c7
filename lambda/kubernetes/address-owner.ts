import type { Ownership } from '../detection/model/finding';
import type { IpRanges } from '../detection/model/ip-ranges';
import type { Organization } from '../detection/model/settings';
import type { NetworkBook } from '../detection/network/network-book';

export interface AddressOwner {
  readonly ownership: Ownership;
  readonly account: string | null;
  readonly region: string | null;
  readonly why: string;
}

/** The owner of a public address at a time; `home`: the cluster's account. */
export type OwnerOf = (ip: string, time: number, home: string | null) => AddressOwner;

export interface OwnerSources {
  /** Null: no records of changes. */
  readonly book: Pick<NetworkBook, 'accountOf'> | null;
  /** Null: no `ip-ranges.json`. */
  readonly ipRanges: Pick<IpRanges, 'lookup' | 'createDate'> | null;
  readonly organization: Organization;
}

const BY_STANDING = { ours: 'organization-account', foreign: 'foreign-account', unknown: 'unknown' } as const;

/** By the records of changes first, then by AWS's ranges. */
export function addressOwners({ book, ipRanges, organization }: OwnerSources): OwnerOf {
  return (ip, time, home) => {
    const ranged = ownerByRanges(ip, ipRanges);
    const booked = book?.accountOf(ip, time);
    if (!booked) return ranged;
    const { account } = booked;
    const ownership = account === home ? 'same-account' : BY_STANDING[organization.standing(account)];
    return {
      ownership,
      account,
      region: booked.region || ranged.region,
      why: `${ip} was an address of account ${account}`,
    };
  };
}

function ownerByRanges(ip: string, ipRanges: OwnerSources['ipRanges']): AddressOwner {
  const unowned = { account: null, region: null };
  if (!ipRanges)
    return { ownership: 'unknown', ...unowned, why: `the owner of ${ip} is unknown without ip-ranges.json` };
  const aws = ipRanges.lookup(ip);
  if (!aws)
    return {
      ownership: 'outside-aws',
      ...unowned,
      why: `${ip} is in no AWS range (ip-ranges.json of ${ipRanges.createDate})`,
    };
  const why = `${ip} is an AWS address in ${aws.region} of no account known here`;
  return { ownership: 'aws', account: null, region: aws.region, why };
}
