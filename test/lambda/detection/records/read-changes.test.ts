import fc from 'fast-check';
import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import type { Caller, Change } from '../../../../lambda/detection/facts/facts';
import { isChangeAction, readChanges } from '../../../../lambda/detection/records/read-changes';
import { readRecord } from '../../../../lambda/detection/records/read-record';

type Fields = Readonly<Record<string, unknown>>;

function recordOf(eventName: string, request: unknown, response: unknown, fields: Fields = {}): CloudTrailRecord {
  const reading = readRecord({
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ops', accountId: '111122223333' },
    eventTime: '2026-08-01T10:05:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '192.0.2.7',
    requestParameters: request,
    responseElements: response,
    eventID: 'event-1',
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...fields,
  });
  if ('skip' in reading) throw new Error(reading.skip);
  return reading.record;
}

function changes(eventName: string, request: unknown, response: unknown = null, fields: Fields = {}): Change[] {
  return readChanges(recordOf(eventName, request, response, fields), null);
}

/** The one change of a record, without the fields that say nothing. */
function change(eventName: string, request: unknown, response: unknown = null): Partial<Change> {
  const all = changes(eventName, request, response);
  expect(all).toHaveLength(1);
  return all.map(said)[0] ?? {};
}

const ALWAYS = ['fact', 'id', 'eventId', 'time', 'partition', 'account', 'region', 'action', 'by'];

const isSaid = (value: unknown) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

function said(whole: Change): Partial<Change> {
  return Object.fromEntries(
    Object.entries(whole).filter(
      ([key, value]) => !ALWAYS.includes(key) && (isSaid(value) || (key === 'sourceDestCheck' && value !== null)),
    ),
  );
}

function eni(eniId: string, fields: Fields = {}): Fields {
  return { eniId, attachmentId: null, vpcId: null, subnetId: null, privateIps: [], ipv6: [], prefixes: [], ...fields };
}

const launched = (n: number, fields: Fields = {}): Fields => ({
  instanceId: `i-000000000000000${n}`,
  instanceState: { code: 0, name: 'pending' },
  subnetId: 'subnet-1',
  vpcId: 'vpc-1',
  privateIpAddress: `10.0.1.${n}`,
  privateDnsName: `ip-10-0-1-${n}.ec2.internal`,
  sourceDestCheck: true,
  networkInterfaceSet: {
    items: [
      {
        networkInterfaceId: `eni-${n}`,
        subnetId: 'subnet-1',
        vpcId: 'vpc-1',
        privateIpAddress: `10.0.1.${n}`,
        attachment: { attachmentId: `eni-attach-${n}`, deviceIndex: 0 },
        privateIpAddressesSet: { item: [{ privateIpAddress: `10.0.1.${n}`, primary: true }] },
        ipv6AddressesSet: {},
        tagSet: {},
      },
    ],
  },
  ...fields,
});

const launchedEni = (n: number): Fields =>
  eni(`eni-${n}`, {
    attachmentId: `eni-attach-${n}`,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    privateIps: [`10.0.1.${n}`],
  });

const states = (instanceId: string, previous: string, current: string): Fields => ({
  instanceId,
  currentState: { code: 0, name: current },
  previousState: { code: 80, name: previous },
});

describe('every change', () => {
  const by: Caller = {
    sessionArn: 'arn:aws:sts::111122223333:assumed-role/shop/i-1',
    accessKeyId: 'ASIAEXAMPLEKEY000001',
    workload: null,
    shown: 'shape',
    delivery: null,
    legacy: false,
    source: { ip: '192.0.2.7', service: null, attributed: false, endpointId: null, endpointAccount: null },
    region: null,
  };

  it('carries where, when and by whom, and an id of account, event and instance', () => {
    const record = recordOf('ReleaseAddress', { allocationId: 'eipalloc-1' }, { _return: true });
    expect(readChanges(record, by)).toEqual([
      {
        fact: 'change',
        id: '111122223333/event-1/-',
        eventId: 'event-1',
        time: Date.UTC(2026, 7, 1, 10, 5),
        partition: 'aws',
        account: '111122223333',
        region: 'eu-west-1',
        action: 'ReleaseAddress',
        by,
        instanceId: null,
        interfaces: [],
        allocationIds: ['eipalloc-1'],
        associationIds: [],
        attachmentId: null,
        publicIps: [],
        natGatewayId: null,
        endpointIds: [],
        vpcId: null,
        subnetId: null,
        transferTo: null,
        sourceDestCheck: null,
        eksNode: false,
        cidrs: [],
      },
    ]);
  });

  it('is named by the shared event where there is one', () => {
    const [first] = changes('ReleaseAddress', { allocationId: 'eipalloc-1' }, null, { sharedEventID: 'shared-1' });
    expect(first).toMatchObject({ id: '111122223333/shared-1/-', eventId: 'event-1' });
  });

  it('is nothing when the call failed', () => {
    const request = { allocationId: 'eipalloc-1' };
    expect(changes('ReleaseAddress', request, null, { errorCode: 'Client.DryRunOperation' })).toEqual([]);
    expect(changes('ReleaseAddress', request, { _return: false })).toEqual([]);
  });

  it('comes from EC2 only, in every partition', () => {
    const request = { allocationId: 'eipalloc-1' };
    expect(changes('ReleaseAddress', request, null, { eventSource: 'ec2.amazonaws.com.cn' })).toHaveLength(1);
    expect(changes('ReleaseAddress', request, null, { eventSource: 'lightsail.amazonaws.com' })).toEqual([]);
    expect(changes('ReleaseAddress', request, null, { eventSource: 'ec2-instance-connect.amazonaws.com' })).toEqual([]);
  });

  it('comes from no other action', () => {
    expect(changes('DescribeAddresses', { allocationId: 'eipalloc-1' })).toEqual([]);
    expect(changes('toString', {})).toEqual([]);
    expect([isChangeAction('AssociateAddress'), isChangeAction('DescribeAddresses')]).toEqual([true, false]);
    expect(isChangeAction('constructor')).toBe(false);
  });

  it('survives parameters that are missing or no objects', () => {
    expect(change('AllocateAddress', null, null)).toEqual({});
    expect(change('AllocateAddress', 'x', ['eipalloc-1'])).toEqual({});
    expect(change('AllocateAddress', { allocationId: null, associationId: {} }, { vpcId: '', subnetId: [] })).toEqual(
      {},
    );
    expect(changes('RunInstances', null, null)).toEqual([]);
    expect(changes('StopInstances', null, null)).toEqual([]);
  });
});

describe('Elastic IPs', () => {
  it('are allocated with their address', () => {
    const response = {
      requestId: 'r',
      publicIp: '198.51.100.7',
      domain: 'vpc',
      allocationId: 'eipalloc-1',
      publicIpv4Pool: 'amazon',
    };
    expect(change('AllocateAddress', { domain: 'vpc' }, response)).toEqual({
      publicIps: ['198.51.100.7'],
      allocationIds: ['eipalloc-1'],
    });
  });

  it.each(['carrierIp', 'customerOwnedIp', 'publicIpAddress'])('may be called %s', (name) => {
    expect(change('AllocateAddress', {}, { [name]: '198.51.100.7' })).toEqual({ publicIps: ['198.51.100.7'] });
  });

  it('that are no addresses are left out', () => {
    expect(change('AllocateAddress', {}, { publicIp: 'pending', carrierIp: '198.51.100.007' })).toEqual({});
  });

  it('are associated with an instance', () => {
    const request = { allocationId: 'eipalloc-1', instanceId: 'i-1', allowReassociation: true };
    expect(change('AssociateAddress', request, { _return: true, associationId: 'eipassoc-1' })).toEqual({
      instanceId: 'i-1',
      allocationIds: ['eipalloc-1'],
      associationIds: ['eipassoc-1'],
    });
  });

  it('are associated with an interface and one of its addresses', () => {
    const request = { publicIp: '198.51.100.7', networkInterfaceId: 'eni-1', privateIpAddress: '10.0.1.5' };
    expect(change('AssociateAddress', request, { associationId: 'eipassoc-1' })).toEqual({
      interfaces: [eni('eni-1', { privateIps: ['10.0.1.5'] })],
      publicIps: ['198.51.100.7'],
      associationIds: ['eipassoc-1'],
    });
  });

  it('are associated in the XML form too', () => {
    const request = { AssociateAddressRequest: { AllocationId: 'eipalloc-1', InstanceId: 'i-1' } };
    const response = { AssociateAddressResponse: { xmlns: 'http://ec2', return: true, associationId: 'eipassoc-1' } };
    expect(change('AssociateAddress', request, response)).toEqual({
      instanceId: 'i-1',
      allocationIds: ['eipalloc-1'],
      associationIds: ['eipassoc-1'],
    });
  });

  it('are disassociated by association or address', () => {
    expect(change('DisassociateAddress', { associationId: 'eipassoc-1' })).toEqual({ associationIds: ['eipassoc-1'] });
    expect(change('DisassociateAddress', { publicIp: '198.51.100.7' })).toEqual({ publicIps: ['198.51.100.7'] });
  });

  it('are transferred to an account', () => {
    const request = { EnableAddressTransferRequest: { AllocationId: 'eipalloc-1', TransferAccountId: 444455556666 } };
    const addressTransfer = { publicIp: '198.51.100.7', allocationId: 'eipalloc-1', transferAccountId: '444455556666' };
    const response = { EnableAddressTransferResponse: { addressTransfer } };
    expect(change('EnableAddressTransfer', request, response)).toEqual({
      allocationIds: ['eipalloc-1'],
      publicIps: ['198.51.100.7'],
      transferTo: '444455556666',
    });
  });

  it('are transferred to an account that lost its zeros', () => {
    expect(change('EnableAddressTransfer', { TransferAccountId: 4455556666 })).toEqual({ transferTo: '004455556666' });
    expect(change('EnableAddressTransfer', { TransferAccountId: 'somebody' })).toEqual({});
    expect(change('EnableAddressTransfer', {})).toEqual({});
  });

  it('are accepted by their address', () => {
    const response = { addressTransfer: { publicIp: '198.51.100.7', transferAccountId: '111122223333' } };
    expect(change('AcceptAddressTransfer', { address: '198.51.100.7' }, response)).toEqual({
      publicIps: ['198.51.100.7'],
    });
  });

  it('come from ranges of one’s own', () => {
    const request = {
      ProvisionByoipCidrRequest: { Cidr: '198.51.100.0/24', CidrAuthorizationContext: { Message: 'm' } },
    };
    const response = {
      ProvisionByoipCidrResponse: { byoipCidr: { cidr: '198.51.100.0/24', state: 'pending-provision' } },
    };
    expect(change('ProvisionByoipCidr', request, response)).toEqual({ cidrs: ['198.51.100.0/24'] });
    expect(change('AdvertiseByoipCidr', { cidr: '2001:DB8::/48' })).toEqual({ cidrs: ['2001:db8::/48'] });
    expect(change('AdvertiseByoipCidr', { cidr: '198.51.100.7/24' })).toEqual({});
    expect(change('AdvertiseByoipCidr', { cidr: '198.51.100.7' })).toEqual({});
  });
});

describe('interfaces', () => {
  it('are created with their addresses', () => {
    const request = {
      subnetId: 'subnet-1',
      privateIpAddressesSet: { items: [{ privateIpAddress: '10.0.1.5', primary: true }] },
    };
    const networkInterface = {
      networkInterfaceId: 'eni-1',
      subnetId: 'subnet-1',
      vpcId: 'vpc-1',
      privateIpAddress: '10.0.1.5',
      sourceDestCheck: true,
      privateIpAddressesSet: { item: [{ privateIpAddress: '10.0.1.5' }, { privateIpAddress: '10.0.1.6' }] },
      ipv6AddressesSet: { item: [{ ipv6Address: '2001:DB8:e1::5' }] },
      ipv4PrefixSet: { item: [{ ipv4Prefix: '10.0.1.16/28' }] },
      ipv6PrefixSet: [{ ipv6Prefix: '2001:db8:e1:1::/80' }],
      tagSet: {},
    };
    expect(change('CreateNetworkInterface', request, { requestId: 'r', networkInterface })).toEqual({
      interfaces: [
        eni('eni-1', {
          vpcId: 'vpc-1',
          subnetId: 'subnet-1',
          privateIps: ['10.0.1.5', '10.0.1.6'],
          ipv6: ['2001:db8:e1::5'],
          prefixes: ['10.0.1.16/28', '2001:db8:e1:1::/80'],
        }),
      ],
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
    });
  });

  it('are deleted by id', () => {
    expect(change('DeleteNetworkInterface', { networkInterfaceId: 'eni-1' }, { _return: true })).toEqual({
      interfaces: [eni('eni-1')],
    });
  });

  it('are attached to an instance, and detached by attachment', () => {
    const request = { networkInterfaceId: 'eni-1', instanceId: 'i-1', deviceIndex: 1 };
    expect(change('AttachNetworkInterface', request, { requestId: 'r', attachmentId: 'eni-attach-1' })).toEqual({
      instanceId: 'i-1',
      interfaces: [eni('eni-1', { attachmentId: 'eni-attach-1' })],
      attachmentId: 'eni-attach-1',
    });
    expect(change('DetachNetworkInterface', { attachmentId: 'eni-attach-1', force: true }, { _return: true })).toEqual({
      attachmentId: 'eni-attach-1',
    });
  });
});

describe('assigned addresses', () => {
  const assigned = eni('eni-1', { privateIps: ['10.0.1.5', '10.0.1.6'] });

  it.each([
    [
      'nested sets',
      {
        assignedPrivateIpAddressesSet: {
          assignedPrivateIpAddressSetType: [{ privateIpAddress: '10.0.1.5' }, { privateIpAddress: '10.0.1.6' }],
        },
      },
    ],
    [
      'items',
      {
        assignedPrivateIpAddressesSet: { items: [{ privateIpAddress: '10.0.1.5' }, { privateIpAddress: '10.0.1.6' }] },
      },
    ],
    [
      'item',
      { assignedPrivateIpAddressesSet: { item: [{ privateIpAddress: '10.0.1.5' }, { privateIpAddress: '10.0.1.6' }] } },
    ],
    ['texts', { assignedPrivateIpAddressesSet: ['10.0.1.5', '10.0.1.6'] }],
    ['item texts', { assignedPrivateIpAddressesSet: { item: ['10.0.1.5', '10.0.1.6'] } }],
  ])('are read from the response as %s', (_, lists) => {
    const request = { networkInterfaceId: 'eni-1', secondaryPrivateIpAddressCount: 2 };
    const response = { networkInterfaceId: 'eni-1', _return: true, ...lists };
    expect(change('AssignPrivateIpAddresses', request, response)).toEqual({ interfaces: [assigned] });
  });

  it('are read from the request', () => {
    const request = {
      networkInterfaceId: 'eni-1',
      privateIpAddressesSet: { items: [{ privateIpAddress: '10.0.1.5' }] },
    };
    expect(change('UnassignPrivateIpAddresses', request, { _return: true })).toEqual({
      interfaces: [eni('eni-1', { privateIps: ['10.0.1.5'] })],
    });
  });

  it.each([
    ['one', { item: '2001:DB8:e1::5' }, ['2001:db8:e1::5']],
    ['several', { item: ['2001:db8:e1::5', '2001:db8:e1::6'] }, ['2001:db8:e1::5', '2001:db8:e1::6']],
    ['objects', { item: [{ ipv6Address: '2001:db8:e1::5' }] }, ['2001:db8:e1::5']],
  ])('of IPv6 are read in the XML form, %s', (_, assignedIpv6Addresses, ipv6) => {
    const request = { AssignIpv6AddressesRequest: { NetworkInterfaceId: 'eni-1', Ipv6AddressCount: 1 } };
    const response = { AssignIpv6AddressesResponse: { networkInterfaceId: 'eni-1', assignedIpv6Addresses } };
    expect(change('AssignIpv6Addresses', request, response)).toEqual({ interfaces: [eni('eni-1', { ipv6 })] });
  });

  it('of IPv6 are read from a numbered list', () => {
    const list = [
      { tag: 1, content: '2001:db8:e1::5' },
      { tag: 2, content: '2001:db8:e1::6' },
    ];
    const request = { UnassignIpv6AddressesRequest: { NetworkInterfaceId: 'eni-1', Ipv6Addresses: list } };
    expect(change('UnassignIpv6Addresses', request)).toEqual({
      interfaces: [eni('eni-1', { ipv6: ['2001:db8:e1::5', '2001:db8:e1::6'] })],
    });
  });

  it('may be prefixes, of both families; a count of them names none', () => {
    const request = { networkInterfaceId: 'eni-1', ipv4PrefixCount: 1 };
    const response = { networkInterfaceId: 'eni-1', assignedIpv4PrefixSet: { item: [{ ipv4Prefix: '10.0.1.16/28' }] } };
    expect(change('AssignPrivateIpAddresses', request, response)).toEqual({
      interfaces: [eni('eni-1', { prefixes: ['10.0.1.16/28'] })],
    });
    const ipv6 = {
      AssignIpv6AddressesResponse: {
        networkInterfaceId: 'eni-1',
        assignedIpv6PrefixSet: { item: '2001:db8:e1:1::/80' },
      },
    };
    expect(change('AssignIpv6Addresses', { Ipv6PrefixCount: 1 }, ipv6)).toEqual({
      interfaces: [eni('eni-1', { prefixes: ['2001:db8:e1:1::/80'] })],
    });
    const pascal = {
      UnassignPrivateIpAddressesRequest: {
        NetworkInterfaceId: 'eni-1',
        Ipv4Prefix: { tag: 1, content: '10.0.1.16/28' },
      },
    };
    expect(change('UnassignPrivateIpAddresses', pascal)).toEqual({
      interfaces: [eni('eni-1', { prefixes: ['10.0.1.16/28'] })],
    });
  });

  it('of one family are not taken for the other', () => {
    const request = { networkInterfaceId: 'eni-1', privateIpAddress: '2001:db8:e1::5', ipv6Address: '10.0.1.5' };
    expect(change('AssignPrivateIpAddresses', request)).toEqual({ interfaces: [eni('eni-1')] });
  });

  it('are put together where one of several interfaces is named twice', () => {
    const response = {
      natGatewayAddressSet: {
        item: [
          { networkInterfaceId: 'eni-1', privateIp: '10.0.1.5' },
          { networkInterfaceId: 'eni-2', privateIp: '10.0.2.5' },
          { networkInterfaceId: 'eni-1', privateIp: '10.0.1.6' },
        ],
      },
    };
    expect(change('AssignPrivateNatGatewayAddress', {}, response)).toEqual({
      interfaces: [eni('eni-1', { privateIps: ['10.0.1.5', '10.0.1.6'] }), eni('eni-2', { privateIps: ['10.0.2.5'] })],
    });
  });

  it('stay with their interface where several are named', () => {
    const response = {
      interfaces: [
        { networkInterfaceId: 'eni-1', privateIpAddress: '10.0.1.5' },
        { networkInterfaceId: 'eni-2', privateIpAddress: '10.0.1.6' },
      ],
    };
    expect(change('AssignPrivateIpAddresses', { vpcId: 'vpc-1' }, response)).toEqual({
      interfaces: [eni('eni-1', { privateIps: ['10.0.1.5'] }), eni('eni-2', { privateIps: ['10.0.1.6'] })],
      vpcId: 'vpc-1',
    });
  });
});

describe('NAT gateways', () => {
  const request = {
    CreateNatGatewayRequest: {
      ConnectivityType: 'public',
      AllocationId: 'eipalloc-1',
      SubnetId: 'subnet-1',
      TagSpecification: { ResourceType: 'natgateway', tag: 1, Tag: [{ Value: true, tag: 1, Key: 'prod' }] },
    },
  };
  const natGateway = { natGatewayId: 'nat-1', subnetId: 'subnet-1', vpcId: 'vpc-1', state: 'pending' };

  it('are created with one address, as a lone item', () => {
    const natGatewayAddressSet = { item: { isPrimary: true, allocationId: 'eipalloc-1', status: 'associating' } };
    const response = {
      CreateNatGatewayResponse: { xmlns: 'http://ec2', natGateway: { ...natGateway, natGatewayAddressSet } },
    };
    expect(change('CreateNatGateway', request, response)).toEqual({
      natGatewayId: 'nat-1',
      allocationIds: ['eipalloc-1'],
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
    });
  });

  it('are created with several, and what AWS says of each', () => {
    const natGatewayAddressSet = {
      item: [
        {
          allocationId: 'eipalloc-1',
          networkInterfaceId: 'eni-1',
          privateIp: '10.0.1.5',
          publicIp: '198.51.100.7',
          associationId: 'eipassoc-1',
        },
        {
          allocationId: 'eipalloc-2',
          networkInterfaceId: 'eni-1',
          privateIp: '10.0.1.6',
          publicIp: '198.51.100.8',
          associationId: 'eipassoc-2',
        },
      ],
    };
    const several = {
      CreateNatGatewayRequest: { AllocationId: 'eipalloc-1', SecondaryAllocationId: { tag: 1, content: 'eipalloc-2' } },
    };
    const response = { CreateNatGatewayResponse: { natGateway: { ...natGateway, natGatewayAddressSet } } };
    expect(change('CreateNatGateway', several, response)).toEqual({
      natGatewayId: 'nat-1',
      allocationIds: ['eipalloc-1', 'eipalloc-2'],
      associationIds: ['eipassoc-1', 'eipassoc-2'],
      publicIps: ['198.51.100.7', '198.51.100.8'],
      interfaces: [eni('eni-1', { vpcId: 'vpc-1', subnetId: 'subnet-1', privateIps: ['10.0.1.5', '10.0.1.6'] })],
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
    });
  });

  it('gain and lose addresses', () => {
    const associate = {
      AssociateNatGatewayAddressRequest: { NatGatewayId: 'nat-1', AllocationId: [{ tag: 1, content: 'eipalloc-2' }] },
    };
    expect(change('AssociateNatGatewayAddress', associate)).toEqual({
      natGatewayId: 'nat-1',
      allocationIds: ['eipalloc-2'],
    });
    const disassociate = {
      DisassociateNatGatewayAddressRequest: { NatGatewayId: 'nat-1', AssociationId: { tag: 1, content: 'eipassoc-2' } },
    };
    expect(change('DisassociateNatGatewayAddress', disassociate)).toEqual({
      natGatewayId: 'nat-1',
      associationIds: ['eipassoc-2'],
    });
  });

  it.each(['AssignPrivateNatGatewayAddress', 'UnassignPrivateNatGatewayAddress'])('of private kind: %s', (action) => {
    const response = {
      natGatewayId: 'nat-1',
      natGatewayAddressSet: { item: { networkInterfaceId: 'eni-1', privateIp: '10.0.1.9' } },
    };
    expect(
      change(action, { [`${action}Request`]: { NatGatewayId: 'nat-1' } }, { [`${action}Response`]: response }),
    ).toEqual({
      natGatewayId: 'nat-1',
      interfaces: [eni('eni-1', { privateIps: ['10.0.1.9'] })],
    });
  });

  it('are deleted', () => {
    const deleted = { DeleteNatGatewayRequest: { NatGatewayId: 'nat-1' } };
    expect(change('DeleteNatGateway', deleted, { DeleteNatGatewayResponse: { natGatewayId: 'nat-1' } })).toEqual({
      natGatewayId: 'nat-1',
    });
  });
});

describe('endpoints', () => {
  it('are created in a VPC; their own interfaces are nobody’s', () => {
    const request = {
      CreateVpcEndpointRequest: {
        VpcId: 'vpc-1',
        ServiceName: 'com.amazonaws.eu-west-1.s3',
        SubnetId: { tag: 1, content: 'subnet-1' },
      },
    };
    const vpcEndpoint = {
      vpcEndpointId: 'vpce-1',
      vpcId: 'vpc-1',
      ownerId: '111122223333',
      networkInterfaceIdSet: { item: ['eni-8', 'eni-9'] },
    };
    expect(change('CreateVpcEndpoint', request, { CreateVpcEndpointResponse: { vpcEndpoint } })).toEqual({
      endpointIds: ['vpce-1'],
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
    });
  });

  it('have no one subnet where they have several', () => {
    const SubnetId = [
      { tag: 1, content: 'subnet-1' },
      { tag: 2, content: 'subnet-2' },
    ];
    expect(change('ModifyVpcEndpoint', { ModifyVpcEndpointRequest: { VpcEndpointId: 'vpce-1', SubnetId } })).toEqual({
      endpointIds: ['vpce-1'],
    });
  });

  it.each([
    ['one', { tag: 1, content: 'vpce-1' }, ['vpce-1']],
    [
      'several',
      [
        { tag: 1, content: 'vpce-1' },
        { tag: 2, content: 'vpce-2' },
      ],
      ['vpce-1', 'vpce-2'],
    ],
  ])('are deleted, %s at once', (_, VpcEndpointId, endpointIds) => {
    const response = { DeleteVpcEndpointsResponse: { unsuccessful: '' } };
    expect(change('DeleteVpcEndpoints', { DeleteVpcEndpointsRequest: { VpcEndpointId } }, response)).toEqual({
      endpointIds,
    });
  });

  it('that could not be deleted are still there', () => {
    const unsuccessful = { item: { resourceId: 'vpce-2', error: { code: 'InvalidVpcEndpointId.NotFound' } } };
    const request = { DeleteVpcEndpointsRequest: { VpcEndpointId: ['vpce-1', 'vpce-2'] } };
    expect(change('DeleteVpcEndpoints', request, { DeleteVpcEndpointsResponse: { unsuccessful } })).toEqual({
      endpointIds: ['vpce-1'],
    });
  });
});

describe('routes', () => {
  it.each([
    [{ natGatewayId: 'nat-1' }, { natGatewayId: 'nat-1' }],
    [{ networkInterfaceId: 'eni-1' }, { interfaces: [eni('eni-1')] }],
    [{ instanceId: 'i-1' }, { instanceId: 'i-1' }],
    [{ vpcEndpointId: 'vpce-1' }, { endpointIds: ['vpce-1'] }],
  ])('through %j', (target, expected) => {
    const request = { routeTableId: 'rtb-1', destinationCidrBlock: '0.0.0.0/0', ...target };
    expect(change('CreateRoute', request, { _return: true })).toEqual(expected);
    expect(change('ReplaceRoute', request, { _return: true })).toEqual(expected);
  });

  it.each(['CreateRoute', 'ReplaceRoute', 'DeleteRoute'])(
    'to a part of the Internet are not read from %s',
    (action) => {
      const to = (destinationCidrBlock: string) => changes(action, { routeTableId: 'rtb-1', destinationCidrBlock });
      expect(to('198.51.100.0/24')).toEqual([]);
      expect(to('0.0.0.0/0')).toHaveLength(1);
      expect(to('128.0.0.0/1')).toHaveLength(1);
    },
  );

  it.each(['AssociateRouteTable', 'ReplaceRouteTableAssociation'])('of gateways are not read from %s', (action) => {
    expect(changes(action, { routeTableId: 'rtb-1', gatewayId: 'igw-1' })).toEqual([]);
    expect(changes(action, { routeTableId: 'rtb-1', subnetId: 'subnet-1' })).toHaveLength(1);
  });

  it('through an internet gateway change no address', () => {
    expect(
      changes('CreateRoute', { routeTableId: 'rtb-1', destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' }),
    ).toEqual([]);
  });

  it('and subnets: attributes of a subnet change no address', () => {
    expect(changes('ModifySubnetAttribute', { subnetId: 'subnet-1', mapPublicIpOnLaunch: { value: true } })).toEqual(
      [],
    );
  });
});

describe('instance profiles', () => {
  it('are associated in the XML form', () => {
    const request = { AssociateIamInstanceProfileRequest: { IamInstanceProfile: { Name: 'shop' }, InstanceId: 'i-1' } };
    const iamInstanceProfileAssociation = { instanceId: 'i-1', associationId: 'iip-assoc-1', state: 'associating' };
    const response = { AssociateIamInstanceProfileResponse: { iamInstanceProfileAssociation } };
    expect(change('AssociateIamInstanceProfile', request, response)).toEqual({
      instanceId: 'i-1',
      associationIds: ['iip-assoc-1'],
    });
  });

  it.each(['ReplaceIamInstanceProfileAssociation', 'DisassociateIamInstanceProfile'])(
    'name the instance in the answer to %s',
    (action) => {
      const iamInstanceProfileAssociation = { instanceId: 'i-1', associationId: 'iip-assoc-1' };
      const request = { [`${action}Request`]: { AssociationId: 'iip-assoc-1' } };
      expect(change(action, request, { [`${action}Response`]: { iamInstanceProfileAssociation } })).toEqual({
        instanceId: 'i-1',
        associationIds: ['iip-assoc-1'],
      });
    },
  );
});

describe('forwarding', () => {
  it.each([
    [{ sourceDestCheck: { value: false } }, false],
    [{ sourceDestCheck: false }, false],
    [{ sourceDestCheck: 'false' }, false],
    [{ sourceDestCheck: { value: 'False' } }, false],
    [{ attribute: 'sourceDestCheck', value: 'false' }, false],
    [{ ModifyInstanceAttributeRequest: { Attribute: 'sourceDestCheck', Value: 'false' } }, false],
    [{ attribute: 'sourceDestCheck', value: { value: false } }, false],
    [{ sourceDestCheck: { value: true } }, true],
    [{ attribute: 'sourceDestCheck', value: 'true' }, true],
  ])('of an instance: %j', (attribute, sourceDestCheck) => {
    expect(change('ModifyInstanceAttribute', { instanceId: 'i-1', ...attribute }, { _return: true })).toEqual({
      instanceId: 'i-1',
      sourceDestCheck,
    });
  });

  it('of an interface', () => {
    const request = {
      ModifyNetworkInterfaceAttributeRequest: { NetworkInterfaceId: 'eni-1', SourceDestCheck: { Value: false } },
    };
    expect(change('ModifyNetworkInterfaceAttribute', request)).toEqual({
      interfaces: [eni('eni-1')],
      sourceDestCheck: false,
    });
  });

  it.each([
    { instanceType: { value: 't3.micro' } },
    { attribute: 'disableApiTermination', value: 'false' },
    { disableApiTermination: { value: false } },
    { sourceDestCheck: {} },
    { sourceDestCheck: 'maybe' },
  ])('is not touched by %j', (attribute) => {
    expect(changes('ModifyInstanceAttribute', { instanceId: 'i-1', ...attribute })).toEqual([]);
  });

  it('is said by no other action', () => {
    expect(
      change(
        'CreateNetworkInterface',
        {},
        { networkInterface: { networkInterfaceId: 'eni-1', sourceDestCheck: false } },
      ),
    ).toEqual({
      interfaces: [eni('eni-1')],
    });
  });
});

const run = (items: unknown, request: unknown = {}) =>
  changes('RunInstances', request, { requestId: 'r', instancesSet: { items } });

describe('launches', () => {
  it('give one change an instance, each with its own interfaces', () => {
    const all = run([launched(1), launched(2), launched(3)]);
    expect(all.map((each) => each.id)).toEqual([1, 2, 3].map((n) => `111122223333/event-1/i-000000000000000${n}`));
    expect(all.map((each) => each.interfaces)).toEqual([[launchedEni(1)], [launchedEni(2)], [launchedEni(3)]]);
    expect(all[1]).toMatchObject({
      instanceId: 'i-0000000000000002',
      vpcId: 'vpc-1',
      subnetId: 'subnet-1',
      publicIps: [],
    });
    expect(all[1]).toMatchObject({ attachmentId: 'eni-attach-2', sourceDestCheck: null, eksNode: false });
  });

  it.each([
    ['a lone object', (items: readonly unknown[]) => ({ instancesSet: { item: items[0] } })],
    ['an array', (items: readonly unknown[]) => ({ instancesSet: items })],
    ['the XML form', (items: readonly unknown[]) => ({ RunInstancesResponse: { instancesSet: { item: items } } })],
  ])('are read from %s', (_, response) => {
    expect(changes('RunInstances', {}, response([launched(1)]))[0]).toMatchObject({
      instanceId: 'i-0000000000000001',
      interfaces: [launchedEni(1)],
    });
  });

  it('with several interfaces keep their addresses apart', () => {
    const networkInterfaceSet = {
      items: [
        {
          networkInterfaceId: 'eni-1',
          privateIpAddress: '10.0.1.1',
          ipv6AddressesSet: { item: [{ ipv6Address: '2001:db8:e1::1' }] },
        },
        { networkInterfaceId: 'eni-2', privateIpAddress: '10.0.2.1', attachment: { attachmentId: 'eni-attach-2' } },
      ],
    };
    expect(run([launched(1, { networkInterfaceSet })])[0]?.interfaces).toEqual([
      eni('eni-1', { privateIps: ['10.0.1.1'], ipv6: ['2001:db8:e1::1'] }),
      eni('eni-2', { privateIps: ['10.0.2.1'], attachmentId: 'eni-attach-2' }),
    ]);
  });

  it('are not confused by the instance that an attachment names', () => {
    const networkInterfaceSet = {
      items: [
        { networkInterfaceId: 'eni-1', attachment: { attachmentId: 'eni-attach-1', instanceId: 'i-0000000000000001' } },
      ],
    };
    expect(run([launched(1, { networkInterfaceSet })]).map((each) => each.instanceId)).toEqual(['i-0000000000000001']);
  });

  it('need the name of an instance', () => {
    expect(run([launched(1, { instanceId: 'unknown' }), launched(2, { instanceId: 'i-1/2' })])).toEqual([]);
  });
});

const set = (...items: unknown[]) => ({ instancesSet: { items } });

describe('starts, stops and terminations', () => {
  it.each([
    ['StartInstances', 'stopped', 'pending'],
    ['StopInstances', 'running', 'stopping'],
    ['TerminateInstances', 'running', 'shutting-down'],
  ])('%s gives one change an instance', (action, previous, current) => {
    const request = { ...set({ instanceId: 'i-1' }, { instanceId: 'i-2' }), force: false };
    const response = set(states('i-2', previous, current), states('i-1', previous, current));
    expect(changes(action, request, response).map(said)).toEqual([{ instanceId: 'i-2' }, { instanceId: 'i-1' }]);
    expect(changes(action, request).map(said)).toEqual([{ instanceId: 'i-1' }, { instanceId: 'i-2' }]);
    expect(changes(action, request, set(states('i-2', previous, current))).map(said)).toEqual([{ instanceId: 'i-2' }]);
  });

  it('starting an instance that runs changes nothing', () => {
    const request = set({ instanceId: 'i-1' }, { instanceId: 'i-2' });
    const response = set(states('i-1', 'running', 'running'), states('i-2', 'stopped', 'pending'));
    expect(changes('StartInstances', request, response).map(said)).toEqual([{ instanceId: 'i-2' }]);
    expect(changes('StartInstances', request, set(states('i-1', 'pending', 'running')))).toHaveLength(1);
  });

  it('stopping an instance that is stopped still says that it is', () => {
    expect(changes('StopInstances', {}, set(states('i-1', 'stopped', 'stopped')))).toHaveLength(1);
  });
});

describe('EKS nodes', () => {
  const EKS_KEYS = [
    'eks:cluster-name',
    'aws:eks:cluster-name',
    'alpha.eksctl.io/cluster-name',
    'kubernetes.io/cluster/shop',
  ];

  it.each(EKS_KEYS)('are tagged %s', (key) => {
    const request = {
      resourcesSet: { items: [{ resourceId: 'i-1' }, { resourceId: 'vol-1' }, { resourceId: 'i-2' }] },
      tagSet: { items: [{ key, value: 'shop' }] },
    };
    const all = changes('CreateTags', request, { _return: true });
    expect(all.map(said)).toEqual([
      { instanceId: 'i-1', eksNode: true },
      { instanceId: 'i-2', eksNode: true },
    ]);
    expect(all.map((each) => each.id)).toEqual(['111122223333/event-1/i-1', '111122223333/event-1/i-2']);
  });

  it.each([{ resourcesSet: { items: ['i-1'] } }, { resourcesSet: 'i-1' }, { resources: ['i-1', 'vol-1'] }])(
    'are named as texts: %j',
    (resources) => {
      const tagSet = { items: [{ key: 'eks:cluster-name' }] };
      expect(change('CreateTags', { ...resources, tagSet })).toEqual({ instanceId: 'i-1', eksNode: true });
    },
  );

  it('are tagged in the XML form', () => {
    const Tag = { tag: 1, Key: 'eks:cluster-name', Value: 'shop' };
    expect(change('CreateTags', { CreateTagsRequest: { ResourceId: { tag: 1, content: 'i-1' }, Tag } })).toEqual({
      instanceId: 'i-1',
      eksNode: true,
    });
  });

  it.each([
    [
      'another tag',
      {
        resourcesSet: { items: [{ resourceId: 'i-1' }] },
        tagSet: { items: [{ key: 'Name', value: 'eks:cluster-name' }] },
      },
    ],
    [
      'no instance',
      { resourcesSet: { items: [{ resourceId: 'subnet-1' }] }, tagSet: { items: [{ key: 'eks:cluster-name' }] } },
    ],
    [
      'a longer tag',
      {
        resourcesSet: { items: [{ resourceId: 'i-1' }] },
        tagSet: { items: [{ key: 'eks:cluster-names' }, { key: 'my kubernetes.io/cluster/x' }] },
      },
    ],
  ])('are not made by %s', (_, request) => {
    expect(changes('CreateTags', request)).toEqual([]);
  });

  it('are launched with their tags, each its own', () => {
    const tagSet = { items: [{ key: 'Name' }, { key: 'eks:cluster-name', value: 'shop' }] };
    const all = changes('RunInstances', {}, { instancesSet: { items: [launched(1, { tagSet }), launched(2)] } });
    expect(all.map((each) => each.eksNode)).toEqual([true, false]);
  });

  it.each([
    ['instance', true],
    ['volume', false],
  ])('are launched with tags asked for the %s: %p', (resourceType, eksNode) => {
    const tagSpecificationSet = {
      items: [{ resourceType, tags: [{ key: 'kubernetes.io/cluster/shop', value: 'owned' }] }],
    };
    const all = changes(
      'RunInstances',
      { tagSpecificationSet },
      { instancesSet: { items: [launched(1), launched(2)] } },
    );
    expect(all.map((each) => each.eksNode)).toEqual([eksNode, eksNode]);
  });
});

describe('any JSON', () => {
  const names = fc.constantFrom(
    'instanceId',
    'InstanceId',
    'networkInterfaceId',
    'privateIpAddress',
    'ipv6Addresses',
    'ipv4PrefixSet',
    'item',
    'items',
    'content',
    'instancesSet',
    'key',
    'value',
    'resourceId',
    'resourceType',
    'sourceDestCheck',
    'attribute',
    'cidr',
    'transferAccountId',
    '__proto__',
  );
  const { parameters } = fc.letrec((tie) => ({
    parameters: fc.oneof(
      { depthSize: 'medium' },
      fc.jsonValue(),
      fc.constantFrom<unknown>(
        'i-1',
        'eni-1',
        '10.0.1.5',
        '2001:db8::1',
        '10.0.1.16/28',
        'eks:cluster-name',
        'false',
        'sourceDestCheck',
        'instance',
      ),
      fc.array(tie('parameters'), { maxLength: 3 }),
      fc.dictionary(names, tie('parameters')),
    ),
  }));
  const actions = fc.constantFrom(
    'AllocateAddress',
    'CreateRoute',
    'ModifyInstanceAttribute',
    'CreateTags',
    'RunInstances',
    'StartInstances',
    'StopInstances',
    'EnableAddressTransfer',
  );

  it('gives changes with ids of their own, and never throws', () => {
    fc.assert(
      fc.property(actions, parameters, parameters, (action, request, response) => {
        const ids = readChanges({ ...recordOf(action, null, null), request, response }, null).map((each) => each.id);
        return new Set(ids).size === ids.length;
      }),
    );
  });

  it.each([
    ['lists', (inside: unknown) => [inside]],
    ['wrappers', (inside: unknown) => ({ item: inside })],
    ['values', (inside: unknown) => ({ value: inside })],
    ['objects', (inside: unknown) => ({ networkInterface: inside })],
  ])('is read no deeper than EC2 writes, so that nested %s cannot break it', (_, nest) => {
    let request: unknown = { allocationId: 'eipalloc-1', networkInterfaceId: 'eni-1' };
    for (let depth = 0; depth < 20_000; depth += 1) request = nest(request);
    expect(readChanges({ ...recordOf('AllocateAddress', null, null), request }, null).map(said)).toEqual([{}]);
  });
});
