import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcEndpointsCommand,
  type Address,
  type EC2Client,
  type Filter,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { cidrSet, isIPv6, isPrivateAddress } from '../../detection/model/address';
import type { Listing } from '../../verifying/listed-resources';
import type { Question } from '../../verifying/questions';

/** The actions that `describeHolders` needs. */
export const HOLDER_ACTIONS = [
  'ec2:DescribeAddresses',
  'ec2:DescribeInstances',
  'ec2:DescribeNatGateways',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcEndpoints',
] as const;

/** The SDK's model says `natGateway`, EC2 answers `nat_gateway`. */
const NAT_GATEWAY = /^nat_?gateway$/i;

const NO_NETWORKS = cidrSet([]);

/**
 * What has an address: its Elastic IP address, NAT gateways, instances (the suspected one too) with all their interfaces and
 * Elastic IP addresses, and the VPC endpoint. At most seven requests, whose results fit on a page each.
 */
export async function describeHolders(
  client: EC2Client,
  question: Question,
  abortSignal: AbortSignal,
): Promise<Listing> {
  const { ip, instanceId, endpointId } = question;
  const options = { abortSignal };
  const interfacesBy = async (filter: Filter): Promise<NetworkInterface[]> => {
    const page = await client.send(new DescribeNetworkInterfacesCommand({ Filters: [filter] }), options);
    return page.NetworkInterfaces ?? [];
  };
  const addressesBy = async (filter: Filter): Promise<Address[]> => {
    const page = await client.send(new DescribeAddressesCommand({ Filters: [filter] }), options);
    return page.Addresses ?? [];
  };
  const isPublicIPv4 = !isIPv6(ip) && !isPrivateAddress(ip, NO_NETWORKS);
  const holding = await interfacesBy(filterBy(addressFilter(ip, isPublicIPv4), [ip]));
  const elastic = isPublicIPv4 ? await addressesBy(filterBy('public-ip', [ip])) : [];
  const instanceIds = present([instanceId, ...holding.map(({ Attachment: attachment }) => attachment?.InstanceId)]);
  const isInstance = instanceIds.length > 0;
  const attached = isInstance ? await interfacesBy(filterBy('attachment.instance-id', instanceIds)) : [];
  const others = isInstance ? await addressesBy(filterBy('instance-id', instanceIds)) : [];
  const { Reservations: reservations = [] } = isInstance
    ? await client.send(new DescribeInstancesCommand({ Filters: [filterBy('instance-id', instanceIds)] }), options)
    : {};
  const vpcs = present(holding.map(({ InterfaceType: type, VpcId }) => (NAT_GATEWAY.test(type ?? '') ? VpcId : null)));
  const { NatGateways: natGateways = [] } =
    vpcs.length > 0
      ? await client.send(new DescribeNatGatewaysCommand({ Filter: [filterBy('vpc-id', vpcs)] }), options)
      : {};
  const { VpcEndpoints: endpoints = [] } =
    endpointId === null
      ? {}
      : await client.send(
          new DescribeVpcEndpointsCommand({ Filters: [filterBy('vpc-endpoint-id', [endpointId])] }),
          options,
        );
  return {
    interfaces: attached,
    instances: reservations.flatMap(({ Instances: listed = [] }) => listed),
    addresses: [...elastic, ...others],
    natGateways,
    endpoints,
  };
}

function addressFilter(ip: string, isPublicIPv4: boolean): string {
  if (isIPv6(ip)) return 'ipv6-addresses.ipv6-address';
  return isPublicIPv4 ? 'addresses.association.public-ip' : 'addresses.private-ip-address';
}

function filterBy(name: string, values: readonly string[]): Filter {
  return { Name: name, Values: [...values] };
}

function present(values: readonly (string | null | undefined)[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}
