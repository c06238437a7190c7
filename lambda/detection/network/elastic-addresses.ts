import type { Change } from '../facts/facts';
import { instanceKey } from './network-book';
import type { Instances } from './instances';
import type { Interfaces, InterfaceState } from './interfaces';
import type { Tenures } from './tenure-ledger';

interface Association {
  readonly address: string | null;
  /** Key of the instance it was made with. */
  readonly instance: string | null;
  readonly eniId: string | null;
}

/** Elastic IP addresses: allocated, associated, moved and released. */
export class ElasticAddresses {
  private readonly associations = new Map<string, Association>();
  /** Keys of instances, by the allocation of an address that no record names. */
  private readonly unnamed = new Map<string, string>();

  constructor(
    private readonly allocations: ReadonlyMap<string, string>,
    private readonly instances: Instances,
    private readonly interfaces: Interfaces,
    private readonly tenures: Tenures,
  ) {}

  /** The public addresses a change names, directly or by their allocations. */
  namedIn({ publicIps, allocationIds }: Change): string[] {
    if (publicIps.length > 0) return [...publicIps];
    return allocationIds.map((id) => this.allocations.get(id)).filter((address) => address !== undefined);
  }

  allocate(change: Change): void {
    for (const address of this.namedIn(change)) {
      const holder = { kind: 'allocation', id: change.allocationIds[0] ?? address } as const;
      this.tenures.begin(change, { address, holder, account: change.account, vpcId: null });
    }
  }

  accept(change: Change): void {
    this.release(change);
    this.allocate(change);
  }

  associate(change: Change): void {
    const [address = null] = this.namedIn(change);
    const [detail] = change.interfaces;
    const instance = this.interfaces.instanceNamed(change);
    const state = detail ? this.interfaces.know(change, detail) : null;
    for (const id of change.associationIds)
      this.associations.set(id, { address, instance, eniId: detail?.eniId ?? null });
    if (instance !== null) this.instances.loseAutomatic(change, instance, detail?.eniId ?? null);
    if (address !== null) return this.place(change, address, { instance, state });
    if (state) state.unknownElastic = true;
    if (instance !== null) this.placeUnnamed(change, instance);
  }

  /** Who had the same allocation before has lost its address. */
  private placeUnnamed(change: Change, instance: string): void {
    const [allocation = ''] = change.allocationIds;
    const before = this.unnamed.get(allocation) ?? instance;
    if (before !== instance) this.instances.openDoor(change, before, 'eip-lost');
    this.unnamed.set(allocation, instance);
    this.instances.openDoor(change, instance, 'unknown-eip');
  }

  /** An inventory's allocation and its current association. */
  list(change: Change): void {
    const [address] = this.namedIn(change);
    if (address === undefined) return;
    if (!this.tenures.openAt(address).some(({ holder }) => holder.kind === 'allocation')) this.allocate(change);
    if (this.interfaces.instanceNamed(change) === null) this.leaveInstances(change, address, null);
    else this.associate(change);
  }

  /** An inventory's automatic public address of an instance. */
  listAutomatic(change: Change): void {
    const instance = this.interfaces.instanceNamed(change);
    const [address] = change.publicIps;
    if (instance === null || address === undefined) return;
    this.leaveInstances(change, address, instance);
    this.instances.giveAutomatic(change, instance, address);
  }

  disassociate(change: Change): void {
    const known = change.associationIds.map((id) => this.associations.get(id)).filter((one) => one !== undefined);
    for (const association of known) this.undo(change, association);
    if (known.length > 0) return;
    const named = this.namedIn(change);
    for (const address of named) this.leaveInstances(change, address, null);
    if (named.length === 0) this.instances.loseUnknown(change);
  }

  /** An address on offer may be another account's from then on; an association with it lasts until it is ended. */
  offer(change: Change): void {
    for (const address of this.namedIn(change))
      for (const tenure of this.tenures.openAt(address))
        if (tenure.holder.kind === 'allocation') this.tenures.end(tenure, change);
  }

  release(change: Change): void {
    for (const address of this.namedIn(change))
      for (const tenure of this.tenures.openAt(address)) this.tenures.end(tenure, change);
  }

  private place(
    change: Change,
    address: string,
    { instance, state }: { readonly instance: string | null; readonly state: InterfaceState | null },
  ): void {
    const [privateIp = null] = change.interfaces.flatMap(({ privateIps }) => privateIps);
    this.leaveOthers(change, address, instance);
    if (state) this.interfaces.putElastic(change, state, address, privateIp);
    if (instance !== null) this.instances.give(change, instance, address, this.instances.life(instance).vpcId);
  }

  /** Associating an address elsewhere ends its earlier association without a record. */
  private leaveOthers(change: Change, address: string, instance: string | null): void {
    this.leaveInstances(change, address, instance);
    for (const tenure of this.tenures.openAt(address))
      if (tenure.holder.kind === 'nat-gateway') this.tenures.end(tenure, change);
  }

  private leaveInstances(change: Change, address: string, except: string | null): void {
    const state = this.interfaces.withElastic(address);
    if (state) this.interfaces.removeElastic(state, address);
    for (const { holder, account } of this.tenures.openAt(address)) {
      const key = instanceKey(account, holder.id);
      if (holder.kind === 'instance' && key !== except) this.instances.takeElastic(change, key, address);
    }
  }

  /** Ends an association, unless its address has been associated elsewhere since. */
  private undo(change: Change, { address, instance, eniId }: Association): void {
    const state = eniId === null ? null : this.interfaces.get(eniId);
    const holder = state ? state.owner : instance;
    if (address === null) {
      if (holder !== null) this.instances.openDoor(change, holder, 'eip-lost');
      return;
    }
    if (state && !this.interfaces.removeElastic(state, address)) return;
    if (holder !== null) this.instances.takeElastic(change, holder, address);
  }
}
