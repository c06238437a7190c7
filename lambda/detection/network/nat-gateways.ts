import type { Change } from '../facts/facts';
import type { NetworkBook } from './network-book';
import type { Tenure } from './address-tenure';
import type { ElasticAddresses } from './elastic-addresses';
import type { Tenures } from './tenure-ledger';

interface NatGateway {
  vpcId: string | null;
  readonly tenures: Tenure[];
}

/** NAT gateways and their addresses. */
export class NatGateways {
  private readonly gateways = new Map<string, NatGateway>();
  private readonly associations = new Map<string, string>();

  constructor(
    private readonly book: NetworkBook,
    private readonly elastic: ElasticAddresses,
    private readonly tenures: Tenures,
  ) {}

  give(change: Change): void {
    const { natGatewayId: id, associationIds } = change;
    if (id === null) return;
    const gateway = this.gateways.get(id) ?? { vpcId: null, tenures: [] };
    this.gateways.set(id, gateway);
    gateway.vpcId ??= change.vpcId;
    const { account } = change;
    const addresses = this.elastic.namedIn(change);
    const isNamed = addresses.length + privateIn(change).length > 0 && addresses.length >= change.allocationIds.length;
    if (!isNamed && gateway.vpcId !== null) this.book.unnamedNat.add(gateway.vpcId);
    for (const address of [...addresses, ...privateIn(change)]) {
      const holder = { kind: 'nat-gateway', id } as const;
      gateway.tenures.push(this.tenures.begin(change, { address, holder, account, vpcId: gateway.vpcId }));
    }
    if (addresses.length !== associationIds.length) return;
    for (const [at, address] of addresses.entries()) this.associations.set(associationIds[at] ?? '', address);
  }

  vpcOf(id: string | null): string | null {
    return this.gateways.get(id ?? '')?.vpcId ?? null;
  }

  /** An inventory's addresses of a gateway that no record named. */
  list(change: Change): void {
    const isKnown = (address: string): boolean =>
      this.tenures.openAt(address).some(({ holder }) => holder.id === change.natGatewayId);
    const publicIps = this.elastic.namedIn(change).filter((address) => !isKnown(address));
    if (publicIps.length > 0) this.give({ ...change, publicIps });
  }

  delete(change: Change): void {
    for (const tenure of this.gateways.get(change.natGatewayId ?? '')?.tenures ?? []) this.tenures.end(tenure, change);
  }

  take(change: Change): void {
    const associated = change.associationIds.map((id) => this.associations.get(id));
    const addresses = [...associated.filter((address) => address !== undefined), ...this.elastic.namedIn(change)];
    const held = addresses.flatMap((address) => this.tenures.openAt(address));
    const gateway = this.gateways.get(change.natGatewayId ?? '');
    const unassigned = gateway?.tenures.filter(({ address }) => privateIn(change).includes(address)) ?? [];
    for (const tenure of [...held, ...unassigned]) {
      const { kind, id } = tenure.holder;
      if (kind === 'nat-gateway' && id === (change.natGatewayId ?? id)) this.tenures.end(tenure, change);
    }
  }
}

/** Addresses that a gateway shows within private networks. */
function privateIn({ interfaces }: Change): string[] {
  return interfaces.flatMap(({ privateIps }) => privateIps);
}
