import {
  DescribeAddresses$,
  DescribeInstances$,
  DescribeNatGateways$,
  DescribeNetworkInterfaces$,
  DescribeVpcEndpoints$,
  GetIpamDiscoveredPublicAddresses$,
  type Address,
  type DescribeAddressesCommandInput,
  type DescribeAddressesResult,
  type DescribeInstancesCommandInput,
  type DescribeInstancesResult,
  type DescribeNatGatewaysCommandInput,
  type DescribeNatGatewaysResult,
  type DescribeNetworkInterfacesCommandInput,
  type DescribeNetworkInterfacesResult,
  type DescribeVpcEndpointsCommandInput,
  type DescribeVpcEndpointsResult,
  type GetIpamDiscoveredPublicAddressesCommandInput,
  type GetIpamDiscoveredPublicAddressesResult,
  type Instance,
  type IpamDiscoveredPublicAddress,
  type NatGateway,
  type NetworkInterface,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { ec2Filter } from './ec2-filters';
import {
  ADDRESS_FILTERS,
  INSTANCE_FILTERS,
  INTERFACE_FILTERS,
  IPAM_FILTERS,
  NAT_GATEWAY_FILTERS,
  VPC_ENDPOINT_FILTERS,
} from './ec2-resources';
import { operation, type Call, type Operation, type Service } from './operation';
import { page, type Page } from './page';
import { ec2Query } from './protocols/query';
import { WireError } from './wire-error';

/** What EC2 answers in one account and Region: set it, push to it. */
export interface Ec2Region {
  networkInterfaces: NetworkInterface[];
  addresses: Address[];
  instances: Instance[];
  natGateways: NatGateway[];
  vpcEndpoints: VpcEndpoint[];
  /** By resource discovery id. */
  ipamDiscoveredPublicAddresses: Map<string, IpamDiscoveredPublicAddress[]>;
}

export interface Ec2 {
  /** What is there; empty until set. */
  in(account: string, region: string): Ec2Region;
}

/** SDK model, `DescribeNetworkInterfacesMaxResults`, `DescribeNatGatewaysMaxResults`, `IpamMaxResults`: 5 to 1000. */
const PAGE = { least: 5, most: 1000 };

interface Paging {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

export function ec2(): { state: Ec2; service: Service } {
  const regions = new Map<string, Ec2Region>();
  const regionOf = ({ account, region }: { account: string; region: string }): Ec2Region => {
    const key = `${account}/${region}`;
    const found = regions.get(key) ?? {
      networkInterfaces: [],
      addresses: [],
      instances: [],
      natGateways: [],
      vpcEndpoints: [],
      ipamDiscoveredPublicAddresses: new Map<string, IpamDiscoveredPublicAddress[]>(),
    };
    regions.set(key, found);
    return found;
  };

  return {
    state: { in: (account, region) => regionOf({ account, region }) },
    service: {
      name: 'ec2',
      protocol: ec2Query('2016-11-15'),
      refusal: { missing: 'MissingParameter', invalid: 'UnknownParameter' },
      throttle: { code: 'RequestLimitExceeded', message: 'Request limit exceeded.', status: 503 },
      operations: operations(regionOf),
    },
  };
}

function operations(regionOf: (call: Call) => Ec2Region): Operation[] {
  return [
    operation(
      DescribeInstances$,
      { honours: ['InstanceIds', 'Filters', 'MaxResults', 'NextToken'] },
      (input: DescribeInstancesCommandInput, call): DescribeInstancesResult => {
        notBoth(input.InstanceIds, input.MaxResults, 'instancesSet');
        const rows = named(regionOf(call).instances, input.InstanceIds, (row) => row.InstanceId, {
          code: 'InvalidInstanceID.NotFound',
          word: 'instance',
        });
        const { rows: part, nextToken } = paged(rows.filter(ec2Filter(input.Filters ?? [], INSTANCE_FILTERS)), input);
        const reservations = part.map((instance, index) => ({
          ReservationId: `r-${String(index).padStart(17, '0')}`,
          OwnerId: call.account,
          Instances: [instance],
        }));
        return { Reservations: reservations, NextToken: nextToken };
      },
    ),
    operation(
      DescribeNetworkInterfaces$,
      { honours: ['NetworkInterfaceIds', 'Filters', 'MaxResults', 'NextToken'] },
      (input: DescribeNetworkInterfacesCommandInput, call): DescribeNetworkInterfacesResult => {
        notBoth(input.NetworkInterfaceIds, input.MaxResults, 'networkInterfaceIdSet');
        const rows = named(
          regionOf(call).networkInterfaces,
          input.NetworkInterfaceIds,
          (row) => row.NetworkInterfaceId,
          {
            code: 'InvalidNetworkInterfaceID.NotFound',
            word: 'networkInterface',
          },
        );
        const part = paged(rows.filter(ec2Filter(input.Filters ?? [], INTERFACE_FILTERS)), input);
        return { NetworkInterfaces: [...part.rows], NextToken: part.nextToken };
      },
    ),
    operation(
      DescribeAddresses$,
      { honours: ['PublicIps', 'AllocationIds', 'Filters'] },
      (input: DescribeAddressesCommandInput, call): DescribeAddressesResult => {
        const word = 'address';
        const all = regionOf(call).addresses;
        const byIp = named(all, input.PublicIps, (row) => row.PublicIp, { code: 'InvalidAddress.NotFound', word });
        const code = 'InvalidAllocationID.NotFound';
        const rows = named(byIp, input.AllocationIds, (row) => row.AllocationId, { code, word: 'allocation' });
        return { Addresses: rows.filter(ec2Filter(input.Filters ?? [], ADDRESS_FILTERS)) };
      },
    ),
    operation(
      DescribeNatGateways$,
      { honours: ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'] },
      (input: DescribeNatGatewaysCommandInput, call): DescribeNatGatewaysResult => {
        const rows = named(regionOf(call).natGateways, input.NatGatewayIds, (row) => row.NatGatewayId, {
          code: 'NatGatewayNotFound',
          word: 'NatGateway',
        });
        const part = paged(rows.filter(ec2Filter(input.Filter ?? [], NAT_GATEWAY_FILTERS)), input);
        return { NatGateways: [...part.rows], NextToken: part.nextToken };
      },
    ),
    operation(
      DescribeVpcEndpoints$,
      { honours: ['VpcEndpointIds', 'Filters', 'MaxResults', 'NextToken'] },
      (input: DescribeVpcEndpointsCommandInput, call): DescribeVpcEndpointsResult => {
        const rows = named(regionOf(call).vpcEndpoints, input.VpcEndpointIds, (row) => row.VpcEndpointId, {
          code: 'InvalidVpcEndpointId.NotFound',
          word: 'Vpc Endpoint',
        });
        // SDK model, `DescribeVpcEndpointsRequest.MaxResults`: "greater than 1,000, we return only 1,000 items".
        const size = Math.min(input.MaxResults ?? PAGE.most, PAGE.most);
        const part = paged(rows.filter(ec2Filter(input.Filters ?? [], VPC_ENDPOINT_FILTERS)), {
          ...input,
          MaxResults: size,
        });
        return { VpcEndpoints: [...part.rows], NextToken: part.nextToken };
      },
    ),
    operation(
      GetIpamDiscoveredPublicAddresses$,
      { honours: ['IpamResourceDiscoveryId', 'AddressRegion', 'Filters', 'MaxResults', 'NextToken'] },
      (input: GetIpamDiscoveredPublicAddressesCommandInput, call): GetIpamDiscoveredPublicAddressesResult => {
        const id = input.IpamResourceDiscoveryId ?? '';
        const all = regionOf(call).ipamDiscoveredPublicAddresses.get(id);
        if (!all) throw notFound('InvalidIpamResourceDiscoveryId.NotFound', 'IPAM resource discovery', [id]);
        const rows = all.filter(({ AddressRegion: region }) => region === input.AddressRegion);
        const part = paged(rows.filter(ec2Filter(input.Filters ?? [], IPAM_FILTERS)), input);
        return {
          IpamDiscoveredPublicAddresses: [...part.rows],
          OldestSampleTime: new Date(call.now),
          NextToken: part.nextToken,
        };
      },
    ),
  ];
}

/** All rows, or those that `ids` names; throws EC2's NotFound naming what is not there. */
function named<Row>(
  rows: readonly Row[],
  ids: readonly string[] | undefined,
  idOf: (row: Row) => string | undefined,
  error: { code: string; word: string },
): readonly Row[] {
  if (!ids || ids.length === 0) return rows;
  const missing = ids.filter((id) => !rows.some((row) => idOf(row) === id));
  if (missing.length > 0) throw notFound(error.code, error.word, missing);
  return rows.filter((row) => ids.includes(idOf(row) ?? ''));
}

function notFound(code: string, word: string, ids: readonly string[]): WireError {
  const [verb, suffix] = ids.length > 1 ? ['do', 's'] : ['does', ''];
  return new WireError(code, `The ${word} ID${suffix} '${ids.join(', ')}' ${verb} not exist`);
}

/** SDK model, `MaxResults` of DescribeInstances and DescribeNetworkInterfaces: not together with the ids. */
function notBoth(ids: readonly string[] | undefined, size: number | undefined, name: string): void {
  if (!ids || ids.length === 0 || size === undefined) return;
  const message = `The parameter ${name} cannot be used with the parameter maxResults`;
  throw new WireError('InvalidParameterCombination', message);
}

function paged<Row>(rows: readonly Row[], { MaxResults: size = PAGE.most, NextToken: token }: Paging): Page<Row> {
  if (size < PAGE.least || size > PAGE.most) {
    const rule = `Expecting a value from ${PAGE.least} to ${PAGE.most}.`;
    throw new WireError('InvalidParameterValue', `Value ( ${size} ) for parameter maxResults is invalid. ${rule}`);
  }
  const part = page(rows, size, token);
  if (part) return part;
  throw new WireError('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
}
