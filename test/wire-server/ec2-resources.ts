import type {
  Address,
  Instance,
  IpamDiscoveredPublicAddress,
  NatGateway,
  NetworkInterface,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { FilterReads } from './ec2-filters';

// The filters of each operation that this server models; the names are those of the API reference.

export const INSTANCE_FILTERS: FilterReads<Instance> = {
  'instance-id': (row) => [row.InstanceId],
  'instance-state-name': (row) => [row.State?.Name],
  'vpc-id': (row) => [row.VpcId],
  'ip-address': (row) => [row.PublicIpAddress],
  'private-ip-address': (row) => [row.PrivateIpAddress],
};

export const INTERFACE_FILTERS: FilterReads<NetworkInterface> = {
  'network-interface-id': (row) => [row.NetworkInterfaceId],
  'attachment.instance-id': (row) => [row.Attachment?.InstanceId],
  'vpc-id': (row) => [row.VpcId],
  'association.public-ip': (row) => [row.Association?.PublicIp],
  'addresses.association.public-ip': (row) =>
    (row.PrivateIpAddresses ?? []).map(({ Association: association }) => association?.PublicIp),
  'addresses.private-ip-address': (row) => (row.PrivateIpAddresses ?? []).map(({ PrivateIpAddress: ip }) => ip),
  'private-ip-address': (row) => [row.PrivateIpAddress],
  'ipv6-addresses.ipv6-address': (row) => (row.Ipv6Addresses ?? []).map(({ Ipv6Address: ip }) => ip),
};

export const ADDRESS_FILTERS: FilterReads<Address> = {
  'allocation-id': (row) => [row.AllocationId],
  'instance-id': (row) => [row.InstanceId],
  'network-interface-id': (row) => [row.NetworkInterfaceId],
  'public-ip': (row) => [row.PublicIp],
  'private-ip-address': (row) => [row.PrivateIpAddress],
};

export const NAT_GATEWAY_FILTERS: FilterReads<NatGateway> = {
  'nat-gateway-id': (row) => [row.NatGatewayId],
  'vpc-id': (row) => [row.VpcId],
  'subnet-id': (row) => [row.SubnetId],
  state: (row) => [row.State],
};

export const VPC_ENDPOINT_FILTERS: FilterReads<VpcEndpoint> = {
  'vpc-endpoint-id': (row) => [row.VpcEndpointId],
  'vpc-id': (row) => [row.VpcId],
  'service-name': (row) => [row.ServiceName],
  'vpc-endpoint-type': (row) => [row.VpcEndpointType],
};

export const IPAM_FILTERS: FilterReads<IpamDiscoveredPublicAddress> = {
  address: (row) => [row.Address],
  'address-owner-id': (row) => [row.AddressOwnerId],
  'instance-id': (row) => [row.InstanceId],
};
