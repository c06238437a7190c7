import { cidrSet, isPrivateAddress } from '../model/address';
import { INVENTORY, type Change } from '../facts/facts';
import type { NetworkBook } from './network-book';
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
  private readonly open = new Map<string, Set<Tenure>>();

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
    for (const place of placesOf(tenure)) {
      const open = this.open.get(place) ?? new Set();
      this.open.set(place, open.add(tenure));
    }
    if (isPublic(address)) {
      push(this.book.byAddress, address, tenure);
      if (holder.kind === 'nat-gateway' && vpcId !== null) push(this.book.natByVpc, vpcId, tenure);
    } else if (holder.kind === 'nat-gateway') push(this.book.privateNat, address, tenure);
    if (!isPublic(address) && vpcId !== null) push(this.book.privateByVpc, `${vpcId} ${address}`, tenure);
    return tenure;
  }

  end(tenure: Tenure, change: Change): void {
    if (tenure.until !== null) return;
    tenure.until = change.time;
    tenure.untilEvent = change.eventId;
    for (const place of placesOf(tenure)) this.open.get(place)?.delete(tenure);
  }

  /** Ends a tenure that is known from an inventory only. */
  reject(tenure: Tenure, change: Change): void {
    if (tenure.sinceAction === INVENTORY) this.end(tenure, change);
  }

  /** The open tenures of a public address, oldest first. */
  openAt(address: string): Tenure[] {
    return [...(this.open.get(address) ?? [])];
  }

  /** The open tenures of a private address or prefix in a VPC. */
  openIn(vpcId: string, address: string): Tenure[] {
    return [...(this.open.get(`${vpcId} ${address}`) ?? [])];
  }
}

function placesOf({ address, vpcId }: Tenure): string[] {
  if (isPublic(address)) return [address];
  return vpcId === null ? [] : [`${vpcId} ${address}`];
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
