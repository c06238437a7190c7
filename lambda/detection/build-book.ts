import { cidrSet, isPrivateAddress } from './address';
import type { Change, ChangeAction, InterfaceDetail } from './facts';
import { emptyLife, instanceKey, NetworkBook, type Door, type InstanceLife } from './network-book';
import type { Holder, Tenure } from './tenure';

/** What stands in the book is decided by event times, so any order of the same changes builds the same book. */
export function buildBook(changes: Iterable<Change>): NetworkBook {
  const sorted = [...changes].sort(byTimeAndRank);
  const writer = new BookWriter(allocationAddresses(sorted));
  for (const change of sorted) writer.write(change);
  return writer.book;
}

/** Records of one second have no order of their own: what makes things comes before what uses them, what ends them last. */
function byTimeAndRank(a: Change, b: Change): number {
  return a.time - b.time || rank(a.action) - rank(b.action) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function rank(action: ChangeAction): number {
  if (/^(Allocate|Create|Run|Accept|Provision|Advertise)/.test(action)) return 0;
  return /^(Terminate|Release|Delete|Disassociate|Detach|Unassign)/.test(action) ? 2 : 1;
}

/** An allocation has one address for its life, so the record that names both tells it for all times. */
function allocationAddresses(changes: readonly Change[]): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const { allocationIds, publicIps } of changes) {
    const [allocation, ...otherAllocations] = allocationIds;
    const [address, ...otherAddresses] = publicIps;
    if (!allocation || !address || otherAllocations.length > 0 || otherAddresses.length > 0) continue;
    if (!addresses.has(allocation)) addresses.set(allocation, address);
  }
  return addresses;
}

interface InterfaceState {
  readonly detail: InterfaceDetail;
  /** False for an interface whose creation was not seen. */
  readonly known: boolean;
  owner: string | null;
  readonly addresses: Set<string>;
  /** Elastic IP addresses on it. */
  readonly elastic: Set<string>;
  unknownElastic: boolean;
}

interface Association {
  readonly address: string | null;
  readonly instance: string | null;
  readonly eniId: string | null;
}

class BookWriter {
  readonly book = new NetworkBook();
  private readonly interfaces = new Map<string, InterfaceState>();
  private readonly interfacesOf = new Map<string, Set<InterfaceState>>();
  private readonly elasticOn = new Map<string, InterfaceState>();
  private readonly attachments = new Map<string, string>();
  private readonly associations = new Map<string, Association>();

  constructor(private readonly allocations: ReadonlyMap<string, string>) {}

  write(change: Change): void {
    if (change.instanceId) this.touch(change);
    WRITERS[change.action]?.(this, change);
  }

  // -- instances

  life(account: string, id: string): InstanceLife {
    const key = instanceKey(account, id);
    let life = this.book.instances.get(key);
    if (!life) {
      life = emptyLife();
      this.book.instances.set(key, life);
    }
    return life;
  }

  private touch(change: Change): void {
    const life = this.life(change.account, change.instanceId ?? '');
    life.region ??= change.region;
    if (change.eksNode) life.eksNode = true;
  }

  run(change: Change): void {
    const life = this.life(change.account, change.instanceId ?? '');
    life.launched ??= change.time;
    life.vpcId ??= change.vpcId;
    if (change.interfaces.length > 0) life.interfacesKnown = true;
    for (const detail of change.interfaces) {
      life.vpcId ??= detail.vpcId;
      this.know(change, detail);
      this.attach(change, detail.eniId);
    }
    if (change.sourceDestCheck === false) life.forwarding.push({ time: change.time, on: true });
  }

  power(change: Change, on: boolean): void {
    const life = this.life(change.account, change.instanceId ?? '');
    life.power.push({ time: change.time, on, eventId: change.eventId });
    if (on) life.doors.push(door(change, 'start', 'public'));
  }

  terminate(change: Change): void {
    const life = this.life(change.account, change.instanceId ?? '');
    life.terminated ??= { time: change.time, eventId: change.eventId };
    for (const tenure of life.tenures) end(tenure, change);
    const owner = instanceKey(change.account, change.instanceId ?? '');
    for (const state of this.interfacesOf.get(owner) ?? []) state.owner = null;
    this.interfacesOf.delete(owner);
  }

  forward(change: Change): void {
    const owner = change.instanceId ? instanceKey(change.account, change.instanceId) : this.ownerOf(change);
    const life = owner ? this.book.instances.get(owner) : null;
    if (life && change.sourceDestCheck !== null)
      life.forwarding.push({ time: change.time, on: !change.sourceDestCheck });
  }

  // -- interfaces

  know(change: Change, detail: InterfaceDetail): InterfaceState {
    const known = this.interfaces.get(detail.eniId);
    if (known) return known;
    const addresses = new Set([...detail.privateIps, ...detail.ipv6, ...detail.prefixes]);
    const seen = change.action === 'RunInstances' || change.action === 'CreateNetworkInterface';
    const state = { detail, known: seen, owner: null, addresses, elastic: new Set<string>(), unknownElastic: false };
    this.interfaces.set(detail.eniId, state);
    return state;
  }

  attach(change: Change, eniId: string): void {
    const state = this.interfaces.get(eniId);
    if (!state || !change.instanceId) return;
    state.owner = instanceKey(change.account, change.instanceId);
    const siblings = this.interfacesOf.get(state.owner) ?? new Set();
    this.interfacesOf.set(state.owner, siblings.add(state));
    const attachment = change.attachmentId ?? state.detail.attachmentId;
    for (const id of [attachment, change.interfaces.find((one) => one.eniId === eniId)?.attachmentId])
      if (id) this.attachments.set(id, eniId);
    for (const address of [...state.addresses, ...state.elastic])
      this.own(change, state.owner, address, state.detail.vpcId);
  }

  attachNamed(change: Change): void {
    const life = this.life(change.account, change.instanceId ?? '');
    for (const detail of change.interfaces) {
      const state = this.know(change, detail);
      this.attach(change, detail.eniId);
      if (!state.known) life.doors.push(door(change, 'unknown-interface', 'any'));
      else if (state.unknownElastic) life.doors.push(door(change, 'unknown-eip', 'public'));
    }
  }

  detach(change: Change): void {
    for (const eniId of this.interfacesNamed(change)) {
      const state = this.interfaces.get(eniId);
      if (!state?.owner) continue;
      const owner = state.owner;
      state.owner = null;
      this.interfacesOf.get(owner)?.delete(state);
      for (const address of [...state.addresses, ...state.elastic]) this.disown(change, owner, address);
    }
  }

  assign(change: Change): void {
    for (const detail of change.interfaces) {
      const state = this.know(change, detail);
      for (const address of [...detail.privateIps, ...detail.ipv6, ...detail.prefixes]) {
        state.addresses.add(address);
        if (state.owner) this.own(change, state.owner, address, state.detail.vpcId);
      }
    }
  }

  unassign(change: Change): void {
    for (const detail of change.interfaces) {
      const state = this.interfaces.get(detail.eniId);
      if (!state) continue;
      for (const address of [...detail.privateIps, ...detail.ipv6, ...detail.prefixes]) {
        state.addresses.delete(address);
        if (state.owner) this.disown(change, state.owner, address);
      }
    }
  }

  private interfacesNamed(change: Change): string[] {
    const byAttachment = change.attachmentId ? this.attachments.get(change.attachmentId) : undefined;
    return byAttachment ? [byAttachment] : change.interfaces.map(({ eniId }) => eniId);
  }

  private ownerOf(change: Change): string | null {
    const [eniId] = this.interfacesNamed(change);
    return (eniId && this.interfaces.get(eniId)?.owner) || null;
  }

  // -- Elastic IP addresses

  addressesOf(change: Change): string[] {
    if (change.publicIps.length > 0) return [...change.publicIps];
    return change.allocationIds.map((id) => this.allocations.get(id)).filter((address) => address !== undefined);
  }

  allocate(change: Change): void {
    for (const address of this.addressesOf(change))
      this.open(change, address, { kind: 'allocation', id: change.allocationIds[0] ?? address }, null);
  }

  associate(change: Change): void {
    const [address = null] = this.addressesOf(change);
    const eniId = change.interfaces[0]?.eniId ?? null;
    const instance = change.instanceId ? instanceKey(change.account, change.instanceId) : this.ownerOf(change);
    const state = eniId ? this.know(change, change.interfaces[0] as InterfaceDetail) : null;
    for (const id of change.associationIds) this.associations.set(id, { address, instance, eniId });
    if (address) this.leaveOthers(change, address, instance);
    if (state && address) {
      state.elastic.add(address);
      this.elasticOn.set(address, state);
    }
    if (state && !address) state.unknownElastic = true;
    if (!instance) return;
    const life = this.book.instances.get(instance);
    if (address) this.own(change, instance, address, life?.vpcId ?? null);
    else life?.doors.push(door(change, 'unknown-eip', 'public'));
  }

  /** Associating an address elsewhere takes it away silently. */
  private leaveOthers(change: Change, address: string, instance: string | null): void {
    this.elasticOn.get(address)?.elastic.delete(address);
    for (const tenure of this.openTenures(address)) {
      if (tenure.holder.kind === 'instance' && instanceKey(tenure.account, tenure.holder.id) === instance) continue;
      if (tenure.holder.kind !== 'allocation') this.lose(change, tenure);
    }
  }

  disassociate(change: Change): void {
    const associations = change.associationIds
      .map((id) => this.associations.get(id))
      .filter((one) => one !== undefined);
    const addresses = new Set([
      ...this.addressesOf(change),
      ...associations.map(({ address }) => address).filter((ip) => ip !== null),
    ]);
    for (const address of addresses) {
      this.elasticOn.get(address)?.elastic.delete(address);
      for (const tenure of this.openTenures(address)) if (tenure.holder.kind === 'instance') this.lose(change, tenure);
    }
    for (const { address, instance } of associations) {
      const life = address === null && instance ? this.book.instances.get(instance) : null;
      life?.doors.push(door(change, 'eip-lost', 'public'));
    }
  }

  release(change: Change): void {
    for (const address of this.addressesOf(change)) for (const tenure of this.openTenures(address)) end(tenure, change);
  }

  private lose(change: Change, tenure: Tenure): void {
    end(tenure, change);
    if (tenure.holder.kind === 'instance')
      this.life(tenure.account, tenure.holder.id).doors.push(door(change, 'eip-lost', 'public'));
  }

  // -- NAT gateways and endpoints

  nat(change: Change): void {
    if (!change.natGatewayId) return;
    for (const address of this.addressesOf(change))
      this.open(change, address, { kind: 'nat-gateway', id: change.natGatewayId }, change.vpcId);
    for (const [at, id] of change.associationIds.entries()) {
      const address = this.addressesOf(change)[at] ?? null;
      this.associations.set(id, { address, instance: null, eniId: null });
    }
  }

  natAddress(change: Change): void {
    const vpcId = change.vpcId ?? this.natVpc(change.natGatewayId);
    this.nat({ ...change, vpcId });
  }

  private natVpc(natGatewayId: string | null): string | null {
    for (const [vpcId, tenures] of this.book.natByVpc)
      if (tenures.some(({ holder }) => holder.id === natGatewayId)) return vpcId;
    return null;
  }

  endNat(change: Change): void {
    for (const tenures of this.book.natByAccount.values()) {
      for (const tenure of tenures) if (tenure.holder.id === change.natGatewayId) end(tenure, change);
    }
  }

  endNatAddress(change: Change): void {
    const named = change.associationIds
      .map((id) => this.associations.get(id)?.address)
      .filter((address) => address !== undefined);
    for (const address of [...named, ...this.addressesOf(change)]) {
      for (const tenure of this.openTenures(address ?? ''))
        if (tenure.holder.kind === 'nat-gateway') end(tenure, change);
    }
  }

  endpoint(change: Change): void {
    const { vpcId, account, region } = change;
    if (vpcId) for (const id of change.endpointIds) this.book.endpoints.set(id, { vpcId, account, region });
  }

  byoip(change: Change): void {
    for (const cidr of change.cidrs) this.book.byoip.push({ account: change.account, cidr, range: cidrSet([cidr]) });
  }

  // -- tenures

  private own(change: Change, owner: string, address: string, vpcId: string | null): void {
    const [account = '', id = ''] = owner.split('/');
    const life = this.book.instances.get(owner);
    if (!life || life.tenures.some((tenure) => tenure.address === address && tenure.until === null)) return;
    const tenure = this.open({ ...change, account }, address, { kind: 'instance', id }, vpcId);
    life.tenures.push(tenure);
    if (vpcId) push(this.book.privateByVpc, `${vpcId} ${address}`, tenure);
  }

  private disown(change: Change, owner: string, address: string): void {
    for (const tenure of this.book.instances.get(owner)?.tenures ?? []) {
      if (tenure.address !== address || tenure.until !== null) continue;
      if (this.book.byAddress.get(address)?.some((open) => open.holder.kind === 'allocation'))
        this.lose(change, tenure);
      else end(tenure, change);
    }
  }

  private open(change: Change, address: string, holder: Holder, vpcId: string | null): Tenure {
    const tenure: Tenure = {
      address,
      holder,
      account: change.account,
      region: change.region,
      vpcId,
      since: change.time,
      sinceEvent: change.eventId,
      sinceAction: change.action,
      until: null,
      untilEvent: null,
    };
    if (isPublic(address)) push(this.book.byAddress, address, tenure);
    if (holder.kind === 'nat-gateway') {
      push(this.book.natByAccount, `${change.account}/${change.region}`, tenure);
      if (vpcId) push(this.book.natByVpc, vpcId, tenure);
    }
    return tenure;
  }

  private openTenures(address: string): Tenure[] {
    return (this.book.byAddress.get(address) ?? []).filter(({ until }) => until === null);
  }
}

const WRITERS: Partial<Record<ChangeAction, (writer: BookWriter, change: Change) => void>> = {
  RunInstances: (writer, change) => writer.run(change),
  StartInstances: (writer, change) => writer.power(change, true),
  StopInstances: (writer, change) => writer.power(change, false),
  TerminateInstances: (writer, change) => writer.terminate(change),
  ModifyInstanceAttribute: (writer, change) => writer.forward(change),
  ModifyNetworkInterfaceAttribute: (writer, change) => writer.forward(change),
  CreateNetworkInterface: (writer, change) => {
    for (const detail of change.interfaces) writer.know(change, detail);
  },
  AttachNetworkInterface: (writer, change) => writer.attachNamed(change),
  DetachNetworkInterface: (writer, change) => writer.detach(change),
  DeleteNetworkInterface: (writer, change) => writer.detach(change),
  AssignPrivateIpAddresses: (writer, change) => writer.assign(change),
  AssignIpv6Addresses: (writer, change) => writer.assign(change),
  UnassignPrivateIpAddresses: (writer, change) => writer.unassign(change),
  UnassignIpv6Addresses: (writer, change) => writer.unassign(change),
  AllocateAddress: (writer, change) => writer.allocate(change),
  AcceptAddressTransfer: (writer, change) => {
    writer.release(change);
    writer.allocate(change);
  },
  AssociateAddress: (writer, change) => writer.associate(change),
  DisassociateAddress: (writer, change) => writer.disassociate(change),
  ReleaseAddress: (writer, change) => writer.release(change),
  CreateNatGateway: (writer, change) => writer.nat(change),
  AssociateNatGatewayAddress: (writer, change) => writer.natAddress(change),
  DeleteNatGateway: (writer, change) => writer.endNat(change),
  DisassociateNatGatewayAddress: (writer, change) => writer.endNatAddress(change),
  CreateVpcEndpoint: (writer, change) => writer.endpoint(change),
  ProvisionByoipCidr: (writer, change) => writer.byoip(change),
  AdvertiseByoipCidr: (writer, change) => writer.byoip(change),
};

const NO_NETWORKS = cidrSet([]);

/** Private addresses and delegated prefixes are nobody's alone, so only their instance and VPC can be asked for them. */
function isPublic(address: string): boolean {
  return !address.includes('/') && !isPrivateAddress(address, NO_NETWORKS);
}

function door(change: Change, cause: Door['cause'], admits: Door['admits']): Door {
  return { cause, admits, time: change.time, eventId: change.eventId, action: change.action };
}

function end(tenure: Tenure, change: Change): void {
  if (tenure.until !== null) return;
  tenure.until = change.time;
  tenure.untilEvent = change.eventId;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
