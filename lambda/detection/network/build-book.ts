import { cidrSet, parseCidr } from '../model/address';
import { ChangesInOrder } from './changes-in-order';
import { consistentInventory } from './consistent-inventory';
import { ElasticAddresses } from './elastic-addresses';
import { Instances } from './instances';
import { Interfaces } from './interfaces';
import { NatGateways } from './nat-gateways';
import { push, Tenures } from './tenure-ledger';
import { INVENTORY, type Change } from '../facts/facts';
import { JoinedFacts, type FactList } from '../facts/packed-facts';
import { instanceKey, NetworkBook } from './network-book';

/**
 * Applies changes in the order of event times, so any order of input gives the same book. `rejectedChanges`,
 * made with credentials that may be stolen, add nothing, and end the validity of what an inventory showed before them; what
 * they made is not taken from an inventory either.
 */
export function buildBook(changes: FactList<Change>, rejectedChanges: readonly Change[] = []): NetworkBook {
  const rejected = new Set(rejectedChanges);
  const accepted = consistentInventory(changes, rejected);
  const writer = new BookWriter(allocationAddresses(new ChangesInOrder(accepted)));
  for (const change of new ChangesInOrder(new JoinedFacts(accepted, rejectedChanges))) {
    if (rejected.has(change)) writer.reject(change);
    else writer.write(change);
  }
  return writer.book;
}

/** No registry gives one holder more than this; a wider range would cover strangers' addresses. */
function isOfOneOwner(cidr: string): boolean {
  const network = parseCidr(cidr);
  return network !== null && network.prefix >= (typeof network.first === 'number' ? 8 : 19);
}

/** An allocation keeps its address for life, so one record that names both is enough. */
function allocationAddresses(changes: Iterable<Change>): Map<string, string> {
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
    this.nat = new NatGateways(this.book, this.elastic, tenures);
  }

  write(change: Change): void {
    this.instances.touch(change);
    EFFECTS[change.action]?.(this, change);
  }

  placeEndpoints({ vpcId, account, region, endpointIds }: Change): void {
    if (vpcId !== null) for (const id of endpointIds) this.book.endpoints.set(id, { vpcId, account, region });
  }

  configure({ account, instanceId, region, vpcId, time, eventId }: Change): void {
    const key = instanceKey(account, instanceId ?? '');
    push(this.book.functions, key, { region, vpcId: vpcId || null, time, eventId });
  }

  /** A route to a NAT gateway is one of its VPC. */
  route({ account, region, natGatewayId, subnetId, time, eventId, action }: Change): void {
    const vpcId = this.nat.vpcOf(natGatewayId);
    push(this.book.moves, account, { region, vpcId, subnetId, time, eventId, action });
  }

  /** An attacker can change what an inventory lists, so its tenures end with the first rejected change. */
  reject(change: Change): void {
    for (const tenure of this.interfaces.touchedBy(change)) this.tenures.reject(tenure, change);
    for (const address of this.elastic.namedIn(change))
      for (const tenure of this.tenures.openAt(address)) this.tenures.reject(tenure, change);
  }

  list(change: Change): void {
    const { natGatewayId, endpointIds, allocationIds, publicIps } = change;
    if (natGatewayId !== null) return this.nat.list(change);
    if (endpointIds.length > 0) return this.placeEndpoints(change);
    if (allocationIds.length > 0) return this.elastic.list(change);
    if (publicIps.length > 0) return this.elastic.listAutomatic(change);
    this.interfaces.list(change);
  }

  /** EC2 advertises only ranges whose ownership it has verified; provisioning is a request that may fail for weeks. */
  bringRanges({ account, cidrs }: Change): void {
    for (const cidr of cidrs.filter(isOfOneOwner)) this.book.byoip.push({ account, cidr, range: cidrSet([cidr]) });
  }
}

/** Actions without an entry change no address; they are read for the state of instances. */
const EFFECTS: Partial<Record<Change['action'], (writer: BookWriter, change: Change) => void>> = {
  RunInstances: ({ interfaces }, change) => interfaces.launch(change),
  StartInstances: ({ instances }, change) => instances.power(change, true),
  StopInstances: ({ instances }, change) => instances.power(change, false),
  BidEvictedEvent: ({ instances }, change) => instances.power(change, false),
  StopTask: ({ instances }, change) => instances.terminate(change),
  TerminateInstances: ({ instances, interfaces }, change) => {
    instances.terminate(change);
    interfaces.terminate(change);
  },
  ModifyInstanceAttribute: ({ interfaces }, change) => interfaces.forward(change),
  ModifyNetworkInterfaceAttribute: ({ interfaces }, change) =>
    change.sourceDestCheck === null ? interfaces.renew(change) : interfaces.forward(change),
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
  EnableAddressTransfer: ({ elastic }, change) => elastic.offer(change),
  ReleaseAddress: ({ elastic }, change) => elastic.release(change),
  CreateNatGateway: ({ nat }, change) => nat.give(change),
  AssociateNatGatewayAddress: ({ nat }, change) => nat.give(change),
  DisassociateNatGatewayAddress: ({ nat }, change) => nat.take(change),
  AssignPrivateNatGatewayAddress: ({ nat }, change) => nat.give(change),
  UnassignPrivateNatGatewayAddress: ({ nat }, change) => nat.take(change),
  DeleteNatGateway: ({ nat }, change) => nat.delete(change),
  CreateVpcEndpoint: (writer, change) => writer.placeEndpoints(change),
  AdvertiseByoipCidr: (writer, change) => writer.bringRanges(change),
  CreateFunction20150331: (writer, change) => writer.configure(change),
  UpdateFunctionConfiguration20150331v2: (writer, change) => writer.configure(change),
  SubmitTaskStateChange: ({ instances }, change) => instances.terminate(change),
  TerminateInstanceInAutoScalingGroup: ({ instances }, change) => instances.scaleIn(change),
  CreateRoute: (writer, change) => writer.route(change),
  ReplaceRoute: (writer, change) => writer.route(change),
  DeleteRoute: (writer, change) => writer.route(change),
  AssociateRouteTable: (writer, change) => writer.route(change),
  ReplaceRouteTableAssociation: (writer, change) => writer.route(change),
  DisassociateRouteTable: (writer, change) => writer.route(change),
  [INVENTORY]: (writer, change) => writer.list(change),
};
