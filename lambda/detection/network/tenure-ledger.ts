import { cidrSet, isPrivateAddress } from '../model/address';
import { joinedKey } from '../model/joined-key';
import { INVENTORY, type Change } from '../facts/facts';
import type { NetworkBook } from './network-book';
import { without } from './short-list';
import type { Holder, Tenure } from './address-tenure';

/** The subject of one tenure. */
export interface Held {
  /** A canonical address, or a delegated prefix in CIDR form. */
  readonly address: string;
  readonly holder: Holder;
  readonly account: string;
  readonly vpcId: string | null;
}

/** Begins and ends tenures, and tracks the open ones. */
export class Tenures {
  /** By place, oldest first. */
  private readonly open = new Map<string, readonly Tenure[]>();

  constructor(private readonly book: NetworkBook) {}

  begin(change: Change, { address, holder, account, vpcId }: Held): Tenure {
    const tenure: Tenure = {
      address,
      range: address.includes('/') ? cidrSet([address]) : null,
      holder,
      account,
      region: change.region,
      vpcId,
      since: change.time,
      sinceEvent: change.eventId,
      sinceAction: change.action,
      until: null,
      untilEvent: null,
    };
    const place = placeOf(tenure);
    if (place !== null) this.open.set(place, [...(this.open.get(place) ?? NONE), tenure]);
    if (isPublic(address)) {
      push(this.book.byAddress, address, tenure);
      if (holder.kind === 'nat-gateway' && vpcId !== null) push(this.book.natByVpc, vpcId, tenure);
      return tenure;
    }
    if (holder.kind === 'nat-gateway') push(this.book.privateNat, address, tenure);
    if (place !== null) push(this.book.privateByVpc, place, tenure);
    return tenure;
  }

  end(tenure: Tenure, change: Change): void {
    if (tenure.until !== null) return;
    tenure.until = change.time;
    tenure.untilEvent = change.eventId;
    const place = placeOf(tenure);
    if (place === null) return;
    const left = without(this.open.get(place) ?? NONE, tenure);
    if (left.length === 0) this.open.delete(place);
    else this.open.set(place, left);
  }

  /** Ends a tenure that is known from an inventory only. */
  reject(tenure: Tenure, change: Change): void {
    if (tenure.sinceAction === INVENTORY) this.end(tenure, change);
  }

  /** The open tenures of a public address, oldest first. */
  openAt(address: string): readonly Tenure[] {
    return this.open.get(address) ?? NONE;
  }

  /** The open tenures of a private address or prefix in a VPC. */
  openIn(vpcId: string, address: string): readonly Tenure[] {
    return this.open.get(joinedKey(vpcId, address)) ?? NONE;
  }
}

const NONE: readonly Tenure[] = [];

/** Null for an address that is neither public nor known to be in a VPC. */
function placeOf({ address, vpcId }: Tenure): string | null {
  if (isPublic(address)) return address;
  return vpcId === null ? null : joinedKey(vpcId, address);
}

const NO_NETWORKS = cidrSet([]);

/** Private addresses and delegated prefixes repeat across VPCs, so they are kept by instance and VPC only. */
function isPublic(address: string): boolean {
  return !address.includes('/') && !isPrivateAddress(address, NO_NETWORKS);
}

export function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
