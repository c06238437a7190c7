import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  GetIpamDiscoveredPublicAddressesCommand,
  type Instance,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { manualClock } from './clock';
import { startWireServer, type WireServer } from './wire-server';

const HOME = ['111122223333', 'eu-central-1'] as const;
let wire: WireServer;
let ec2: EC2Client;

beforeEach(async () => {
  wire = await startWireServer({ clock: manualClock('2026-09-01T00:00:00Z') });
  ec2 = new EC2Client(wire.clientConfig());
});

afterEach(async () => {
  ec2.destroy();
  await wire.close();
});

const INSTANCE: Instance = {
  InstanceId: 'i-0aaaaaaaaaaaaaaa1',
  LaunchTime: new Date('2026-08-31T10:00:00Z'),
  State: { Code: 16, Name: 'running' },
  PublicIpAddress: '192.0.2.10',
  PrivateIpAddress: '10.0.0.10',
  VpcId: 'vpc-1',
  SourceDestCheck: false,
  Tags: [{ Key: 'Name', Value: 'a <b> & "c"' }],
  NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }] }],
};

const INTERFACE: NetworkInterface = {
  NetworkInterfaceId: 'eni-1',
  OwnerId: HOME[0],
  VpcId: 'vpc-1',
  PrivateIpAddress: '10.0.0.10',
  Attachment: {
    InstanceId: 'i-0aaaaaaaaaaaaaaa1',
    AttachTime: new Date('2026-08-31T10:00:01Z'),
    DeleteOnTermination: true,
  },
  PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Primary: true, Association: { PublicIp: '192.0.2.10' } }],
  Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }],
  TagSet: [],
};

function numbered(count: number): Instance[] {
  return Array.from({ length: count }, (_, index) => ({ InstanceId: `i-${String(index).padStart(17, '0')}` }));
}

test('an instance comes back member by member as it was set', async () => {
  wire.ec2.in(...HOME).instances.push(INSTANCE);
  const { Reservations: reservations } = await ec2.send(
    new DescribeInstancesCommand({ InstanceIds: ['i-0aaaaaaaaaaaaaaa1'] }),
  );
  expect(reservations).toEqual([{ ReservationId: expect.any(String), OwnerId: HOME[0], Instances: [INSTANCE] }]);
});

test('interfaces, addresses, NAT gateways and endpoints come back as they were set', async () => {
  const region = wire.ec2.in(...HOME);
  region.networkInterfaces.push(INTERFACE);
  region.addresses.push({ PublicIp: '192.0.2.10', AllocationId: 'eipalloc-1', InstanceId: 'i-0aaaaaaaaaaaaaaa1' });
  region.natGateways.push({
    NatGatewayId: 'nat-1',
    VpcId: 'vpc-1',
    CreateTime: new Date('2026-08-01T00:00:00Z'),
    NatGatewayAddresses: [{ PublicIp: '192.0.2.99', AllocationId: 'eipalloc-2', IsPrimary: true }],
  });
  region.vpcEndpoints.push({
    VpcEndpointId: 'vpce-1',
    VpcId: 'vpc-1',
    OwnerId: HOME[0],
    NetworkInterfaceIds: ['eni-9'],
  });

  const interfaces = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-1'] }));
  expect(interfaces.NetworkInterfaces).toEqual(region.networkInterfaces);
  const addresses = await ec2.send(new DescribeAddressesCommand({ PublicIps: ['192.0.2.10'] }));
  expect(addresses.Addresses).toEqual(region.addresses);
  const gateways = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: ['nat-1'] }));
  expect(gateways.NatGateways).toEqual(region.natGateways);
  const endpoints = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: ['vpce-1'] }));
  expect(endpoints.VpcEndpoints).toEqual(region.vpcEndpoints);
});

const interfacesBy = async (Name: string, ...Values: string[]) => {
  const answer = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name, Values }] }));
  return answer.NetworkInterfaces?.map(({ NetworkInterfaceId: id }) => id);
};

test('filters, with wildcards', async () => {
  wire.ec2.in(...HOME).networkInterfaces.push(INTERFACE, { NetworkInterfaceId: 'eni-2', VpcId: 'vpc-2' });
  expect(await interfacesBy('addresses.association.public-ip', '192.0.2.10')).toEqual(['eni-1']);
  expect(await interfacesBy('attachment.instance-id', 'i-0aaaaaaaaaaaaaaa1', 'i-2')).toEqual(['eni-1']);
  expect(await interfacesBy('vpc-id', 'vpc-?')).toEqual(['eni-1', 'eni-2']);
  expect(await interfacesBy('ipv6-addresses.ipv6-address', '2001:db8::2')).toEqual([]);
  await expect(interfacesBy('color', 'red')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
});

test('sees one account and Region only', async () => {
  wire.ec2.in('444455556666', 'eu-central-1').instances.push(INSTANCE);
  wire.ec2.in('111122223333', 'us-east-1').instances.push(INSTANCE);
  expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
});

const discoveredBy = (id: string) =>
  ec2.send(new GetIpamDiscoveredPublicAddressesCommand({ IpamResourceDiscoveryId: id, AddressRegion: 'eu-central-1' }));

test('discovered public addresses need a known resource discovery and are those of one Region', async () => {
  const mine = { Address: '192.0.2.10', AddressRegion: 'eu-central-1', SampleTime: new Date('2026-09-01T00:00:00Z') };
  const other = { Address: '192.0.2.11', AddressRegion: 'us-east-1' };
  wire.ec2.in(...HOME).ipamDiscoveredPublicAddresses.set('ipam-res-disco-1', [mine, other]);
  expect(await discoveredBy('ipam-res-disco-1')).toMatchObject({
    IpamDiscoveredPublicAddresses: [mine],
    OldestSampleTime: new Date('2026-09-01T00:00:00Z'),
  });
  await expect(discoveredBy('ipam-res-disco-2')).rejects.toMatchObject({
    name: 'InvalidIpamResourceDiscoveryId.NotFound',
  });
});

test('pages through everything once', async () => {
  wire.ec2.in(...HOME).instances = numbered(12);
  const seen: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken }));
    seen.push(
      ...(answer.Reservations ?? []).flatMap(({ Instances: found = [] }) => found.map(({ InstanceId: id }) => id)),
    );
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  expect(seen).toEqual(numbered(12).map(({ InstanceId: id }) => id));
});

test('gives at most 1,000 at once, asked for or not', async () => {
  const region = wire.ec2.in(...HOME);
  region.vpcEndpoints = Array.from({ length: 1001 }, (_, index) => ({ VpcEndpointId: `vpce-${index}` }));
  const answer = await ec2.send(new DescribeVpcEndpointsCommand({ MaxResults: 2000 }));
  expect(answer.VpcEndpoints).toHaveLength(1000);
  expect(answer.NextToken).toEqual(expect.any(String));
});

test.each([
  ['a page of 4', new DescribeInstancesCommand({ MaxResults: 4 }), 'InvalidParameterValue'],
  ['a page of 1001', new DescribeNetworkInterfacesCommand({ MaxResults: 1001 }), 'InvalidParameterValue'],
  ['a NAT page of 4', new DescribeNatGatewaysCommand({ MaxResults: 4 }), 'InvalidParameterValue'],
  ['a strange token', new DescribeInstancesCommand({ NextToken: 'x' }), 'InvalidPaginationToken'],
  [
    'ids together with a page size',
    new DescribeInstancesCommand({ InstanceIds: ['i-1'], MaxResults: 5 }),
    'InvalidParameterCombination',
  ],
  [
    'interface ids together with a page size',
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-1'], MaxResults: 5 }),
    'InvalidParameterCombination',
  ],
  [
    '201 filter values',
    new DescribeInstancesCommand({ Filters: [{ Name: 'vpc-id', Values: Array.from({ length: 201 }, () => 'x') }] }),
    'FilterLimitExceeded',
  ],
  ['an unknown instance', new DescribeInstancesCommand({ InstanceIds: ['i-9'] }), 'InvalidInstanceID.NotFound'],
  [
    'an unknown interface',
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ['eni-9'] }),
    'InvalidNetworkInterfaceID.NotFound',
  ],
  ['an unknown address', new DescribeAddressesCommand({ PublicIps: ['192.0.2.1'] }), 'InvalidAddress.NotFound'],
  ['an unknown allocation', new DescribeAddressesCommand({ AllocationIds: ['x'] }), 'InvalidAllocationID.NotFound'],
  ['an unknown NAT gateway', new DescribeNatGatewaysCommand({ NatGatewayIds: ['nat-9'] }), 'NatGatewayNotFound'],
  [
    'an unknown endpoint',
    new DescribeVpcEndpointsCommand({ VpcEndpointIds: ['vpce-9'] }),
    'InvalidVpcEndpointId.NotFound',
  ],
  ['a dry run', new DescribeInstancesCommand({ DryRun: true }), 'NotImplemented'],
])('refuses %s', async (_, command, name) => {
  await expect(ec2.send(command)).rejects.toMatchObject({ name });
});

test('denials and throttling come as EC2 gives them', async () => {
  wire.fail({ operation: 'DescribeInstances' }, { kind: 'error', code: 'UnauthorizedOperation' });
  wire.fail({ operation: 'DescribeInstances' }, { kind: 'throttle' });
  await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({
    name: 'RequestLimitExceeded',
    $metadata: { httpStatusCode: 503 },
  });
});
