import { INVENTORY, NO_DETAILS, type Change, type InterfaceDetail } from '../facts/facts';
import { isoTime } from '../model/event-time';

/** The resources of an account in a Region, from EC2 or AWS Config. Addresses are canonical, times epoch milliseconds. */
export interface Inventory {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** Time of the request; resources without a time of their own hold from then on. */
  readonly askedAt: number;
  /**
   * Since when records of changes are read. EC2 gives no time for associations and further addresses of an interface or NAT
   * gateway; one that no record names is older than the records. Null where unknown: it then holds from `askedAt`.
   */
  readonly recordedSince: number | null;
  readonly instances: readonly ListedInstance[];
  readonly addresses: readonly ListedAddress[];
  readonly natGateways: readonly ListedNatGateway[];
  readonly endpoints: readonly ListedEndpoint[];
}

export interface ListedInstance {
  readonly id: string;
  readonly vpcId: string | null;
  /** Of its last start: EC2 sets it anew each time. Null where unknown. */
  readonly launched: number | null;
  /** False where it forwards other hosts' traffic; true where that is unknown. */
  readonly sourceDestCheck: boolean;
  /** Tagged as a node of an EKS cluster. */
  readonly eksNode: boolean;
  /** All that are attached to it. */
  readonly interfaces: readonly ListedInterface[];
}

export interface ListedInterface extends InterfaceDetail {
  /** Its first private address, which stays for its life. */
  readonly primaryIp: string | null;
  readonly attached: number | null;
  /** An automatic public address, which no allocation names. */
  readonly automaticIp: string | null;
}

/** An Elastic IP address. */
export interface ListedAddress {
  readonly ip: string;
  readonly allocationId: string;
  readonly associationId: string | null;
  readonly instanceId: string | null;
  readonly eniId: string | null;
}

export interface ListedNatGateway {
  readonly id: string;
  readonly vpcId: string | null;
  readonly created: number | null;
  /** Public ones; the primary address has been there since the gateway was made. */
  readonly addresses: readonly {
    readonly ip: string;
    readonly allocationId: string | null;
    readonly associationId: string | null;
    readonly isPrimary: boolean;
  }[];
}

export interface ListedEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly created: number | null;
}

/**
 * The inventory as facts. Each holds from the beginning that EC2 gives, else from the time of the request. Facts with a
 * time of their own are the same in a second inventory.
 */
export function inventoryFacts(inventory: Inventory): Change[] {
  return [
    ...inventory.instances.flatMap((instance) => factsOfInstance(instance, inventory)),
    ...inventory.addresses.flatMap((address) => factsOfAddress(address, inventory)),
    ...inventory.natGateways.flatMap((gateway) => factsOfGateway(gateway, inventory)),
    ...inventory.endpoints.map((endpoint) => factOfEndpoint(endpoint, inventory)),
  ];
}

function factsOfInstance(instance: ListedInstance, inventory: Inventory): Change[] {
  const { id, vpcId, sourceDestCheck, eksNode, interfaces } = instance;
  const named = { instanceId: id, vpcId, eksNode };
  const whole = interfaces.map(detailOf);
  return [
    ...interfaces.flatMap((one) => factsOfAttachment(one, instance, inventory)),
    // Named so that at one time the interfaces come before the addresses on them.
    fact(`instance/${id}`, inventory.askedAt, inventory, { ...named, interfaces: whole, sourceDestCheck }),
    ...interfaces.flatMap((one) => factOfAutomaticAddress(one, instance, inventory)),
  ];
}

function factsOfAttachment(
  { primaryIp, attached, ...one }: ListedInterface,
  { id, vpcId }: ListedInstance,
  inventory: Inventory,
): Change[] {
  if (attached === null || attached >= inventory.askedAt) return [];
  const detail = detailOf(one);
  const primary = { ...detail, privateIps: primaryIp === null ? [] : [primaryIp], ipv6: [], prefixes: [] };
  const since = Math.max(attached, recordedSince(inventory));
  const further = detail.privateIps.length + detail.ipv6.length + detail.prefixes.length > primary.privateIps.length;
  return [
    fact(`attachment/${one.eniId}`, attached, inventory, { instanceId: id, vpcId, interfaces: [primary] }),
    ...(further && since < inventory.askedAt
      ? [fact(`addresses/${one.eniId}`, since, inventory, { instanceId: id, vpcId, interfaces: [detail] })]
      : []),
  ];
}

function recordedSince({ recordedSince: since, askedAt }: Inventory): number {
  return Math.min(since ?? askedAt, askedAt);
}

function factOfAutomaticAddress(
  { automaticIp, attached, ...one }: ListedInterface,
  { id, launched }: ListedInstance,
  inventory: Inventory,
): Change[] {
  if (automaticIp === null) return [];
  const since = launched === null ? inventory.askedAt : Math.max(launched, attached ?? launched);
  const detail = { ...detailOf(one), privateIps: [], ipv6: [], prefixes: [] };
  return [
    fact(`public/${one.eniId}`, Math.min(since, inventory.askedAt), inventory, {
      instanceId: id,
      interfaces: [detail],
      publicIps: [automaticIp],
    }),
  ];
}

function factsOfAddress(address: ListedAddress, inventory: Inventory): Change[] {
  const { ip, allocationId, associationId, instanceId, eniId } = address;
  const details = {
    instanceId,
    interfaces: eniId === null ? [] : [{ ...NO_INTERFACE, eniId }],
    allocationIds: [allocationId],
    associationIds: associationId === null ? [] : [associationId],
    publicIps: [ip],
  };
  const since = recordedSince(inventory);
  return [
    ...(associationId !== null && instanceId !== null && since < inventory.askedAt
      ? [fact(`association/${associationId}`, since, inventory, details)]
      : []),
    fact(`ip/${allocationId}`, inventory.askedAt, inventory, details),
  ];
}

function factsOfGateway({ id, vpcId, created, addresses }: ListedNatGateway, inventory: Inventory): Change[] {
  const primarySince = created ?? inventory.askedAt;
  const since = Math.max(primarySince, recordedSince(inventory));
  return addresses.map(({ ip, allocationId, associationId, isPrimary }) =>
    fact(`nat/${id}/${ip}`, isPrimary ? primarySince : since, inventory, {
      natGatewayId: id,
      vpcId,
      publicIps: [ip],
      allocationIds: allocationId === null ? [] : [allocationId],
      associationIds: associationId === null ? [] : [associationId],
    }),
  );
}

function factOfEndpoint({ id, vpcId, created }: ListedEndpoint, inventory: Inventory): Change {
  return fact(`endpoint/${id}`, created ?? inventory.askedAt, inventory, { endpointIds: [id], vpcId });
}

function detailOf(one: InterfaceDetail): InterfaceDetail {
  const { eniId, attachmentId, vpcId, subnetId, privateIps, ipv6, prefixes } = one;
  return { eniId, attachmentId, vpcId, subnetId, privateIps, ipv6, prefixes };
}

const NO_INTERFACE = {
  attachmentId: null,
  vpcId: null,
  subnetId: null,
  privateIps: [],
  ipv6: [],
  prefixes: [],
} as const;

function fact(
  what: string,
  time: number,
  { partition, account, region }: Inventory,
  details: Partial<Omit<Change, 'fact' | 'id' | 'eventId' | 'action' | 'time'>>,
): Change {
  return {
    fact: 'change',
    id: `${account}/inventory/${what}/${isoTime(time)}`,
    eventId: `inventory of ${region}, ${what} since ${isoTime(time)}`,
    time,
    partition,
    account,
    region,
    action: INVENTORY,
    ...NO_DETAILS,
    ...details,
  };
}
