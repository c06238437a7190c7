import type * as z from 'zod';
import { canonicalAddress, canonicalCidr } from '../../lambda/detection/address';
import { hasEksTag } from '../../lambda/detection/changes/eks-tags';
import type {
  Inventory,
  ListedAddress,
  ListedEndpoint,
  ListedInstance,
  ListedInterface,
  ListedNatGateway,
} from '../../lambda/detection/inventory';
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

/** Why something listed gives no fact. A closed list: these words are shown to people. */
export type Unlisted = 'not-understood' | 'not-attached' | 'terminated' | 'no-public-address' | 'gone';

/** What is left out, and how often. */
export type LeftOut = Map<Unlisted, number>;

export type Where = Pick<Inventory, 'partition' | 'account' | 'region' | 'askedAt'>;

/** The listing as an inventory. One item that cannot be read costs no other; what gives nothing is counted. */
export function inventoryOf(listing: Listing, where: Where, leftOut: LeftOut): Inventory {
  const reader = new Reader(leftOut);
  const interfaces = interfacesByInstance(reader.each(listing.interfaces, INTERFACE), reader);
  return {
    ...where,
    // EC2's clock and CloudTrail's have whole seconds.
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

  leave(reason: Unlisted): [] {
    this.leftOut.set(reason, (this.leftOut.get(reason) ?? 0) + 1);
    return [];
  }
}

type Attached = ReadonlyMap<string, readonly { readonly listed: ListedInterface; readonly checked: boolean }[]>;

/** Interfaces of functions, load balancers and endpoints are nobody's own address. */
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
  const { PrivateIpAddresses: ips, Ipv6Addresses: ipv6, Ipv4Prefixes: prefixes4, Ipv6Prefixes: prefixes6 } = one;
  const primaryIp = address(one.PrivateIpAddress ?? ips?.find(({ Primary }) => Primary)?.PrivateIpAddress);
  const listed = (ips ?? []).flatMap(({ PrivateIpAddress: ip }) => address(ip) ?? []);
  const prefixes = [
    ...(prefixes4 ?? []).map(({ Ipv4Prefix: prefix }) => prefix),
    ...(prefixes6 ?? []).map(({ Ipv6Prefix: prefix }) => prefix),
  ];
  return {
    eniId: one.NetworkInterfaceId,
    attachmentId: one.Attachment?.AttachmentId ?? null,
    vpcId: one.VpcId ?? null,
    subnetId: one.SubnetId ?? null,
    privateIps: [...new Set([...(primaryIp === null ? [] : [primaryIp]), ...listed])],
    ipv6: (ipv6 ?? []).flatMap(({ Ipv6Address: ip }) => address(ip) ?? []),
    prefixes: prefixes.flatMap((prefix) => (prefix ? (canonicalCidr(prefix) ?? []) : [])),
    primaryIp,
    attached: one.Attachment?.AttachTime ?? null,
    automaticIp: automaticOf(one),
  };
}

/** Addresses with an allocation are told by themselves; those of AWS's own services belong to no instance. */
function automaticOf({ Association: association }: InterfaceListed): string | null {
  if (!association || association.AllocationId || (association.IpOwnerId ?? 'amazon') !== 'amazon') return null;
  return address(association.PublicIp);
}

function instanceOf(one: InstanceListed, interfaces: Attached, reader: Reader): ListedInstance[] {
  const state = one.State?.Name ?? 'running';
  if (state === 'terminated' || state === 'shutting-down') return reader.leave('terminated');
  const attached = interfaces.get(one.InstanceId) ?? [];
  // Without them all that could be said is that it has none.
  if (attached.length === 0) return reader.leave('not-attached');
  return [
    {
      id: one.InstanceId,
      vpcId: one.VpcId ?? attached[0]?.listed.vpcId ?? null,
      launched: one.LaunchTime ?? null,
      sourceDestCheck: one.SourceDestCheck !== false && attached.every(({ checked }) => checked),
      eksNode: hasEksTag(one.Tags ?? []),
      interfaces: attached.map(({ listed }) => listed),
    },
  ];
}

function addressOf(one: AddressListed, reader: Reader): ListedAddress[] {
  const ip = address(one.PublicIp);
  if (ip === null) return reader.leave('not-understood');
  return [
    {
      ip,
      allocationId: one.AllocationId,
      associationId: one.AssociationId || null,
      instanceId: one.InstanceId || null,
      eniId: one.NetworkInterfaceId || null,
    },
  ];
}

function gatewayOf(one: NatGatewayListed, reader: Reader): ListedNatGateway[] {
  if ((one.State ?? 'available') !== 'available') return reader.leave('gone');
  const all = one.NatGatewayAddresses ?? [];
  const addresses = all.flatMap(({ PublicIp, AllocationId, AssociationId, IsPrimary }) => {
    const ip = address(PublicIp);
    const isPrimary = IsPrimary ?? all.length === 1;
    return ip === null
      ? []
      : [{ ip, allocationId: AllocationId ?? null, associationId: AssociationId ?? null, isPrimary }];
  });
  if (addresses.length === 0) return reader.leave('no-public-address');
  return [{ id: one.NatGatewayId, vpcId: one.VpcId ?? null, created: one.CreateTime ?? null, addresses }];
}

function endpointOf(one: EndpointListed, reader: Reader): ListedEndpoint[] {
  if (/^(?:deleted|deleting|failed|rejected|expired)$/i.test(one.State ?? '')) return reader.leave('gone');
  return [{ id: one.VpcEndpointId, vpcId: one.VpcId, created: one.CreationTimestamp ?? null }];
}

function address(text: string | null | undefined): string | null {
  return text ? canonicalAddress(text) : null;
}
