import * as z from 'zod';

// In the EC2 API's spelling. AWS Config snapshots use lower-case initials and times as strings.

const text = z.string().min(1);
const maybe = z
  .string()
  .nullish()
  .transform((value) => value || null);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null);
const time = z
  .union([z.date(), z.string(), z.number()])
  .nullish()
  .transform((value, context) => {
    if (value === null || value === undefined) return null;
    const at = new Date(value).getTime();
    if (!Number.isNaN(at)) return at;
    context.addIssue({ code: 'custom', message: `is not a time: ${String(value)}` });
    return z.NEVER;
  });
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((values) => values ?? []);

export const INSTANCE = z.object({
  InstanceId: text,
  State: z.object({ Name: maybe }).nullish(),
  LaunchTime: time,
  VpcId: maybe,
  SourceDestCheck: flag,
  Tags: listOf(z.object({ Key: maybe })),
});

export const INTERFACE = z.object({
  NetworkInterfaceId: text,
  VpcId: maybe,
  SubnetId: maybe,
  PrivateIpAddress: maybe,
  SourceDestCheck: flag,
  Attachment: z.object({ AttachmentId: maybe, InstanceId: maybe, AttachTime: time, Status: maybe }).nullish(),
  Association: z.object({ PublicIp: maybe, AllocationId: maybe, IpOwnerId: maybe }).nullish(),
  PrivateIpAddresses: listOf(z.object({ PrivateIpAddress: maybe, Primary: flag })),
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
      IsPrimary: flag,
    }),
  ),
});

export const ENDPOINT = z.object({ VpcEndpointId: text, VpcId: text, State: maybe, CreationTimestamp: time });

export type InstanceListed = z.infer<typeof INSTANCE>;
export type InterfaceListed = z.infer<typeof INTERFACE>;
export type AddressListed = z.infer<typeof ADDRESS>;
export type NatGatewayListed = z.infer<typeof NAT_GATEWAY>;
export type EndpointListed = z.infer<typeof ENDPOINT>;

/** The resources of an account in a Region, unvalidated. */
export interface Listing {
  readonly instances: readonly unknown[];
  readonly interfaces: readonly unknown[];
  readonly addresses: readonly unknown[];
  readonly natGateways: readonly unknown[];
  readonly endpoints: readonly unknown[];
}
