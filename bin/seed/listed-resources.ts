import * as z from 'zod';

// As EC2's API spells them. AWS Config's snapshots hold the same with names that begin in lower case, times as texts.

const text = z.string().min(1);
const maybe = z.optional(z.nullable(z.string()));
const time = z.optional(
  z.nullable(
    z.union([z.date(), z.string(), z.number()]).transform((value, context) => {
      const at = new Date(value).getTime();
      if (!Number.isNaN(at)) return at;
      context.addIssue({ code: 'custom', message: `is no time: ${String(value)}` });
      return z.NEVER;
    }),
  ),
);
const association = z.optional(
  z.nullable(z.object({ PublicIp: maybe, AllocationId: maybe, AssociationId: maybe, IpOwnerId: maybe })),
);
const listOf = <Item extends z.ZodType>(item: Item) => z.optional(z.nullable(z.array(item)));

export const INSTANCE = z.object({
  InstanceId: text,
  State: z.optional(z.nullable(z.object({ Name: maybe }))),
  LaunchTime: time,
  VpcId: maybe,
  SourceDestCheck: z.optional(z.nullable(z.boolean())),
  Tags: listOf(z.object({ Key: maybe })),
});

export const INTERFACE = z.object({
  NetworkInterfaceId: text,
  VpcId: maybe,
  SubnetId: maybe,
  PrivateIpAddress: maybe,
  SourceDestCheck: z.optional(z.nullable(z.boolean())),
  Attachment: z.optional(
    z.nullable(z.object({ AttachmentId: maybe, InstanceId: maybe, AttachTime: time, Status: maybe })),
  ),
  Association: association,
  PrivateIpAddresses: listOf(z.object({ PrivateIpAddress: maybe, Primary: z.optional(z.nullable(z.boolean())) })),
  Ipv6Addresses: listOf(z.object({ Ipv6Address: maybe })),
  Ipv4Prefixes: listOf(z.object({ Ipv4Prefix: maybe })),
  Ipv6Prefixes: listOf(z.object({ Ipv6Prefix: maybe })),
});

export const ADDRESS = z.object({
  PublicIp: text,
  AllocationId: text,
  AssociationId: maybe,
  InstanceId: maybe,
  NetworkInterfaceId: maybe,
});

export const NAT_GATEWAY = z.object({
  NatGatewayId: text,
  VpcId: maybe,
  State: maybe,
  CreateTime: time,
  NatGatewayAddresses: listOf(
    z.object({
      PublicIp: maybe,
      AllocationId: maybe,
      AssociationId: maybe,
      IsPrimary: z.optional(z.nullable(z.boolean())),
    }),
  ),
});

export const ENDPOINT = z.object({ VpcEndpointId: text, VpcId: text, State: maybe, CreationTimestamp: time });

export type InstanceListed = z.infer<typeof INSTANCE>;
export type InterfaceListed = z.infer<typeof INTERFACE>;
export type AddressListed = z.infer<typeof ADDRESS>;
export type NatGatewayListed = z.infer<typeof NAT_GATEWAY>;
export type EndpointListed = z.infer<typeof ENDPOINT>;

/** What an account has in a Region, as somebody listed it; nothing of it is checked yet. */
export interface Listing {
  readonly instances: readonly unknown[];
  readonly interfaces: readonly unknown[];
  readonly addresses: readonly unknown[];
  readonly natGateways: readonly unknown[];
  readonly endpoints: readonly unknown[];
}
