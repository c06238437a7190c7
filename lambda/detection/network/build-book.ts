import { cidrSet } from '../model/address';
import { ElasticAddresses } from './elastic-addresses';
import { Instances } from './instances';
import { Interfaces } from './interfaces';
import { NatGateways } from './nat-gateways';
import { Tenures } from './tenure-ledger';
import { INVENTORY, type Change } from '../facts/facts';
import { NetworkBook } from './network-book';

/**
 * S1: what stands in the book is decided by event times, so any order of the same changes builds the same book. `doubted`
 * changes build nothing; but what an inventory showed before them, they may have made or ended.
 */
export function buildBook(changes: Iterable<Change>, doubted: Iterable<Change> = []): NetworkBook {
  const doubts = new Set(doubted);
  const believed = [...changes];
  const sorted = [...believed, ...doubts].sort(byTimeAndRank);
  const writer = new BookWriter(allocationAddresses(believed));
  for (const change of sorted) {
    if (doubts.has(change)) writer.doubt(change);
    else writer.write(change);
  }
  return writer.book;
}

/** Records of one second have no order of their own: what makes things comes before what uses them, what ends them last; then what was found to be so. */
function byTimeAndRank(a: Change, b: Change): number {
  return a.time - b.time || rank(a.action) - rank(b.action) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function rank(action: Change['action']): number {
  if (action === INVENTORY) return 3;
  if (/^(?:Allocate|Create|Run|Accept|Provision|Advertise)/.test(action)) return 0;
  return /^(?:Terminate|Release|Delete|Disassociate|Detach|Unassign)/.test(action) ? 2 : 1;
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

class BookWriter {
  readonly book = new NetworkBook();
  readonly instances: Instances;
  readonly interfaces: Interfaces;
  readonly elastic: ElasticAddresses;
  readonly nat: NatGateways;
  private readonly tenures: Tenures;

  constructor(allocations: ReadonlyMap<string, string>) {
    const tenures = new Tenures(this.book);
    this.tenures = tenures;
    this.instances = new Instances(this.book, tenures);
    this.interfaces = new Interfaces(this.instances);
    this.elastic = new ElasticAddresses(allocations, this.instances, this.interfaces, tenures);
    this.nat = new NatGateways(this.elastic, tenures);
  }

  write(change: Change): void {
    this.instances.touch(change);
    EFFECTS[change.action]?.(this, change);
  }

  placeEndpoints({ vpcId, account, region, endpointIds }: Change): void {
    if (vpcId !== null) for (const id of endpointIds) this.book.endpoints.set(id, { vpcId, account, region });
  }

  /** Whoever holds stolen keys can change what an inventory then finds: it speaks for nobody from his next change on. */
  doubt(change: Change): void {
    for (const tenure of this.interfaces.touchedBy(change)) this.tenures.doubt(tenure, change);
    for (const address of this.elastic.namedIn(change))
      for (const tenure of this.tenures.openAt(address)) this.tenures.doubt(tenure, change);
  }

  list(change: Change): void {
    const { natGatewayId, endpointIds, allocationIds, publicIps } = change;
    if (natGatewayId !== null) return this.nat.list(change);
    if (endpointIds.length > 0) return this.placeEndpoints(change);
    if (allocationIds.length > 0) return this.elastic.list(change);
    if (publicIps.length > 0) return this.elastic.listAutomatic(change);
    this.interfaces.list(change);
  }

  bringRanges({ account, cidrs }: Change): void {
    for (const cidr of cidrs) this.book.byoip.push({ account, cidr, range: cidrSet([cidr]) });
  }
}

/** The actions that stand here change who has which address; the others are read for what they say of instances. */
const EFFECTS: Partial<Record<Change['action'], (writer: BookWriter, change: Change) => void>> = {
  RunInstances: ({ interfaces }, change) => interfaces.launch(change),
  StartInstances: ({ instances }, change) => instances.power(change, true),
  StopInstances: ({ instances }, change) => instances.power(change, false),
  TerminateInstances: ({ instances, interfaces }, change) => {
    instances.terminate(change);
    interfaces.terminate(change);
  },
  ModifyInstanceAttribute: ({ interfaces }, change) => interfaces.forward(change),
  ModifyNetworkInterfaceAttribute: ({ interfaces }, change) => interfaces.forward(change),
  CreateNetworkInterface: ({ interfaces }, change) => interfaces.create(change),
  AttachNetworkInterface: ({ interfaces }, change) => interfaces.attach(change),
  DetachNetworkInterface: ({ interfaces }, change) => interfaces.detach(change),
  DeleteNetworkInterface: ({ interfaces }, change) => interfaces.detach(change),
  AssignPrivateIpAddresses: ({ interfaces }, change) => interfaces.assign(change),
  AssignIpv6Addresses: ({ interfaces }, change) => interfaces.assign(change),
  UnassignPrivateIpAddresses: ({ interfaces }, change) => interfaces.unassign(change),
  UnassignIpv6Addresses: ({ interfaces }, change) => interfaces.unassign(change),
  AllocateAddress: ({ elastic }, change) => elastic.allocate(change),
  AcceptAddressTransfer: ({ elastic }, change) => elastic.accept(change),
  AssociateAddress: ({ elastic }, change) => elastic.associate(change),
  DisassociateAddress: ({ elastic }, change) => elastic.disassociate(change),
  ReleaseAddress: ({ elastic }, change) => elastic.release(change),
  CreateNatGateway: ({ nat }, change) => nat.give(change),
  AssociateNatGatewayAddress: ({ nat }, change) => nat.give(change),
  DisassociateNatGatewayAddress: ({ nat }, change) => nat.take(change),
  DeleteNatGateway: ({ nat }, change) => nat.delete(change),
  CreateVpcEndpoint: (writer, change) => writer.placeEndpoints(change),
  ProvisionByoipCidr: (writer, change) => writer.bringRanges(change),
  AdvertiseByoipCidr: (writer, change) => writer.bringRanges(change),
  [INVENTORY]: (writer, change) => writer.list(change),
};
