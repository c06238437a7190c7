import type * as z from 'zod';
import { canonicalAddress, canonicalCidr } from '../detection/model/address';
import { hasEksTag } from '../detection/records/changes/change-readers';
import type {
  Inventory,
  ListedAddress,
  ListedEndpoint,
  ListedInstance,
  ListedInterface,
  ListedNatGateway,
} from '../detection/network/inventory';
import {
  ADDRESS,
  ENDPOINT,
  INSTANCE,
  INTERFACE,
  NAT_GATEWAY,
  type AddressListed,
  type EndpointListed,
  type InstanceListed,
  type InterfaceListed,
  type Listing,
  type NatGatewayListed,
} from './listed-resources';
import { leaveOut, type LeftOut, type LeftOutReason } from './left-out';

export type Where = Pick<Inventory, 'partition' | 'account' | 'region' | 'askedAt' | 'recordedSince'>;

/** Skips items that give no fact, and counts them in `leftOut`. */
export function inventoryOf(listing: Listing, where: Where, leftOut: LeftOut = new Map()): Inventory {
  const reader = new Reader(leftOut);
  const interfaces = interfacesByInstance(reader.each(listing.interfaces, INTERFACE), reader);
  return {
    ...where,
    // EC2 and CloudTrail use whole seconds.
    askedAt: Math.floor(where.askedAt / 1_000) * 1_000,
    instances: reader.each(listing.instances, INSTANCE).flatMap((one) => instanceOf(one, interfaces, reader)),
    addresses: reader.each(listing.addresses, ADDRESS).flatMap((one) => addressOf(one, reader)),
    natGateways: reader.each(listing.natGateways, NAT_GATEWAY).flatMap((one) => gatewayOf(one, reader)),
    endpoints: reader.each(listing.endpoints, ENDPOINT).flatMap((one) => endpointOf(one, reader)),
  };
}

class Reader {
  constructor(private readonly leftOut: LeftOut) {}

  each<Item extends z.ZodType>(values: readonly unknown[], item: Item): z.infer<Item>[] {
    return values.flatMap((value) => {
      const { data } = item.safeParse(value);
      return data === undefined ? this.leave('not-understood') : [data];
    });
  }

  leave(reason: LeftOutReason): [] {
    leaveOut(this.leftOut, reason);
    return [];
  }
}

type Attached = ReadonlyMap<string, readonly { readonly listed: ListedInterface; readonly checked: boolean }[]>;

/** Skips the interfaces of functions, load balancers and endpoints, which no workload owns. */
function interfacesByInstance(interfaces: readonly InterfaceListed[], reader: Reader): Attached {
  const attached = new Map<string, { listed: ListedInterface; checked: boolean }[]>();
  for (const one of interfaces) {
    const instance = one.Attachment?.InstanceId;
    if (!instance || (one.Attachment?.Status ?? 'attached') !== 'attached') reader.leave('not-attached');
    else {
      const others = attached.get(instance) ?? [];
      attached.set(instance, [...others, { listed: interfaceOf(one), checked: one.SourceDestCheck !== false }]);
    }
  }
  return attached;
}

function interfaceOf(one: InterfaceListed): ListedInterface {
  const { Attachment: attachment, PrivateIpAddresses: ips } = one;
  const primary = one.PrivateIpAddress ?? ips.find(({ Primary }) => Primary)?.PrivateIpAddress ?? null;
  const privateIps = addressesIn([primary, ...ips.map(({ PrivateIpAddress: ip }) => ip)]);
  const prefixes = [
    ...one.Ipv4Prefixes.map(({ Ipv4Prefix: prefix }) => prefix),
    ...one.Ipv6Prefixes.map(({ Ipv6Prefix: prefix }) => prefix),
  ];
  return {
    eniId: one.NetworkInterfaceId,
    attachmentId: attachment?.AttachmentId ?? null,
    vpcId: one.VpcId,
    subnetId: one.SubnetId,
    privateIps,
    ipv6: addressesIn(one.Ipv6Addresses.map(({ Ipv6Address: ip }) => ip)),
    prefixes: prefixes.flatMap((prefix) => canonicalCidr(prefix ?? '') ?? []),
    primaryIp: addressIn(primary),
    attached: attachment?.AttachTime ?? null,
    automaticIp: automaticOf(one),
  };
}

/** Elastic IPs are listed separately; addresses of AWS services belong to no instance. */
function automaticOf({ Association: association }: InterfaceListed): string | null {
  if (!association || association.AllocationId !== null) return null;
  return (association.IpOwnerId ?? 'amazon') === 'amazon' ? addressIn(association.PublicIp) : null;
}

function instanceOf(one: InstanceListed, interfaces: Attached, reader: Reader): ListedInstance[] {
  const state = one.State?.Name ?? 'running';
  if (state === 'terminated' || state === 'shutting-down') return reader.leave('terminated');
  const attached = interfaces.get(one.InstanceId) ?? [];
  if (attached.length === 0) return reader.leave('not-attached');
  return [
    {
      id: one.InstanceId,
      vpcId: one.VpcId,
      launched: one.LaunchTime,
      sourceDestCheck: one.SourceDestCheck !== false && attached.every(({ checked }) => checked),
      eksNode: hasEksTag(one.Tags),
      interfaces: attached.map(({ listed }) => listed),
    },
  ];
}

function addressOf(one: AddressListed, reader: Reader): ListedAddress[] {
  const ip = addressIn(one.PublicIp);
  if (ip === null) return reader.leave('not-understood');
  const { AllocationId: allocationId, AssociationId: associationId } = one;
  return [{ ip, allocationId, associationId, instanceId: one.InstanceId, eniId: one.NetworkInterfaceId }];
}

function gatewayOf(one: NatGatewayListed, reader: Reader): ListedNatGateway[] {
  if ((one.State ?? 'available') !== 'available') return reader.leave('gone');
  const all = one.NatGatewayAddresses;
  const addresses = all.flatMap(({ PublicIp, AllocationId: allocationId, AssociationId: associationId, IsPrimary }) => {
    const ip = addressIn(PublicIp);
    return ip === null ? [] : [{ ip, allocationId, associationId, isPrimary: IsPrimary ?? all.length === 1 }];
  });
  if (addresses.length === 0) return reader.leave('no-public-address');
  return [{ id: one.NatGatewayId, vpcId: one.VpcId, created: one.CreateTime, addresses }];
}

function endpointOf(one: EndpointListed, reader: Reader): ListedEndpoint[] {
  if (/^(?:deleted|deleting|failed|rejected|expired)$/i.test(one.State ?? '')) return reader.leave('gone');
  return [{ id: one.VpcEndpointId, vpcId: one.VpcId, created: one.CreationTimestamp }];
}

function addressIn(text: string | null): string | null {
  return text === null ? null : canonicalAddress(text);
}

function addressesIn(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts.flatMap((text) => addressIn(text) ?? []))];
}
